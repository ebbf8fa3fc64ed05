import { randomBytes } from "node:crypto";
import type { Clock } from "../clock";
import { CloudError } from "../errors";
import type { Ids } from "../ids";
import type { Store, Table } from "../store";

/** A version of a symmetric key: https://yandex.cloud/en/docs/kms/concepts/version. */
export interface KeyVersion {
  readonly id: string;
  readonly keyId: string;
  readonly status: "ACTIVE" | "SCHEDULED_FOR_DESTRUCTION" | "DESTROYED";
  readonly algorithm: string;
  readonly createdAt: string;
  /** Only while it is scheduled for destruction. */
  readonly destroyAt?: string;
  readonly hostedByHsm: boolean;
}

interface VersionRow extends KeyVersion {
  /** Time until which it can be used although it is to be destroyed. */
  readonly usableUntil?: string;
  /** Whether its key is gone. */
  readonly isOrphan?: boolean;
}

/** The versions of all symmetric keys, and their material. */
export class KeyVersions {
  private readonly versions: Table<VersionRow>;
  private readonly versionsOf: (keyId: string) => VersionRow[];
  /** Base64, by version; it outlives the key by 72 hours. */
  private readonly material: Table<string>;

  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    this.versions = store.table("keyVersions");
    this.versionsOf = this.versions.groupedBy(({ keyId }) => keyId);
    this.material = store.table("keyMaterial");
    clock.onTick(() => this.destroyDue());
  }

  /** Makes a version, with new material. */
  create(keyId: string, algorithm: string): KeyVersion {
    const id = this.ids.make("abj", keyId, "version");
    this.material.put(id, randomBytes(32).toString("base64"));
    return this.adopt(id, keyId, algorithm, this.clock.now().toISOString());
  }

  /** Takes a version whose material is there already. */
  adopt(id: string, keyId: string, algorithm: string, createdAt: string): KeyVersion {
    const hostedByHsm = algorithm === "AES_256_HSM";
    const version: KeyVersion = { id, keyId, status: "ACTIVE", algorithm, createdAt, hostedByHsm };
    this.versions.put(id, version);
    return version;
  }

  /** Versions of a key, the newest first. */
  of(keyId: string): KeyVersion[] {
    return this.versionsOf(keyId).map(shown).reverse();
  }

  /** @throws {CloudError} NOT_FOUND if the key has no such version. */
  require(keyId: string, id: string): KeyVersion {
    const version = this.versions.get(id);
    if (version?.keyId !== keyId) throw new CloudError("NOT_FOUND", `Version ${id} not found`);
    return shown(version);
  }

  /** @param usableUntil Time until which it can still be used, if that is not over at once. */
  schedule({ id, keyId }: KeyVersion, destroyAt: string, usableUntil?: string): KeyVersion {
    this.versions.put(id, {
      ...this.require(keyId, id),
      status: "SCHEDULED_FOR_DESTRUCTION",
      destroyAt,
      ...(usableUntil && { usableUntil }),
    });
    return this.require(keyId, id);
  }

  cancel({ destroyAt: _, ...version }: KeyVersion): KeyVersion {
    this.versions.put(version.id, { ...version, status: "ACTIVE" });
    return this.require(version.keyId, version.id);
  }

  /** What becomes of the versions of a deleted key: their material goes at a time. */
  abandon(keyId: string, destroyAt: string): void {
    for (const version of this.versionsOf(keyId))
      this.versions.put(version.id, { ...version, destroyAt, isOrphan: true });
  }

  /** @throws {CloudError} FAILED_PRECONDITION unless the version can be used. */
  materialOf(id: string): Buffer {
    const version = this.versions.get(id);
    const isUsable =
      version?.status === "ACTIVE" || (version?.usableUntil ?? "") > this.clock.now().toISOString();
    const material = isUsable ? this.material.get(id) : undefined;
    if (!material) throw new CloudError("FAILED_PRECONDITION", `Version ${id} is not active`);
    return Buffer.from(material, "base64");
  }

  private destroyDue(): void {
    const now = this.clock.now().toISOString();
    for (const { destroyAt, usableUntil: _, ...version } of this.versions.values()) {
      if (!destroyAt || destroyAt > now) continue;
      this.material.delete(version.id);
      if (version.isOrphan) this.versions.delete(version.id);
      else this.versions.put(version.id, { ...version, status: "DESTROYED" });
    }
  }
}

const shown = ({ usableUntil: _, isOrphan: __, ...version }: VersionRow): KeyVersion => version;
