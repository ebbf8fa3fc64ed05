import { randomBytes } from "node:crypto";
import type { Clock } from "../clock";
import { CloudError } from "../errors";
import type { Ids } from "../ids";
import type { Store } from "../store";
import type { Table } from "../table";

/** A version of a symmetric key: https://yandex.cloud/en/docs/kms/concepts/version. */
export interface KeyVersion {
  readonly id: string;
  readonly keyId: string;
  readonly status: "ACTIVE" | "SCHEDULED_FOR_DESTRUCTION" | "DESTROYED";
  readonly algorithm: string;
  readonly createdAt: string;
  /** Time of the version's destruction; absent unless destruction is scheduled. */
  readonly destroyAt?: string;
  readonly hostedByHsm: boolean;
}

interface VersionRow extends KeyVersion {
  /** Time until which it can be used although its destruction is scheduled. */
  readonly usableUntil?: string;
  /** True if its key is deleted. */
  readonly isOrphan?: boolean;
}

/** Versions of all symmetric keys, and their material. */
export class KeyVersions {
  private readonly versions: Table<VersionRow>;
  private readonly versionsOf: (keyId: string) => VersionRow[];
  /** Material as base64, by version. It is kept for 72 hours after the deletion of the key. */
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

  /** Creates a version with new material. */
  create(keyId: string, algorithm: string): KeyVersion {
    const id = this.ids.make("abj", keyId, "version");
    this.material.put(id, randomBytes(32).toString("base64"));
    return this.adopt(id, keyId, algorithm, this.clock.now().toISOString());
  }

  /** Adds a version whose material exists already. */
  adopt(id: string, keyId: string, algorithm: string, createdAt: string): KeyVersion {
    const hostedByHsm = algorithm === "AES_256_HSM";
    const version: KeyVersion = { id, keyId, status: "ACTIVE", algorithm, createdAt, hostedByHsm };
    this.versions.put(id, version);
    return version;
  }

  /** Returns the versions of a key, newest first. */
  of(keyId: string): KeyVersion[] {
    return this.versionsOf(keyId).map(shown).reverse();
  }

  /** Returns a version. @throws {CloudError} NOT_FOUND if the key has no such version. */
  require(keyId: string, id: string): KeyVersion {
    const version = this.versions.get(id);
    if (version?.keyId !== keyId) throw new CloudError("NOT_FOUND", `Version ${id} not found`);
    return shown(version);
  }

  /** Schedules a destruction. @param usableUntil Time until which the version can be used; absent if it becomes unusable at once. */
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

  /** Schedules the deletion of the material of a deleted key's versions. */
  abandon(keyId: string, destroyAt: string): void {
    for (const version of this.versionsOf(keyId))
      this.versions.put(version.id, { ...version, destroyAt, isOrphan: true });
  }

  /** Returns the material of a version. @throws {CloudError} FAILED_PRECONDITION unless the version can be used. */
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
