import type { Call } from "./calls";
import type { Cloud } from "./cloud";
import { CloudError } from "./errors";
import { maskedFields } from "./fieldMask";
import { type KeyVersion, KeyVersions } from "./keyVersions";
import { requireValid, requireValidLabels } from "./limits";
import type { Operation, Typed } from "./operations";
import { seal, unseal } from "./sealing";
import type { Table } from "./store";

interface Seconds {
  readonly seconds?: number | string;
}

interface KeyRow {
  readonly id: string;
  readonly folderId: string;
  readonly createdAt: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: "ACTIVE" | "INACTIVE";
  readonly defaultAlgorithm: string;
  readonly rotationPeriod?: Seconds;
  readonly rotatedAt?: string;
  readonly deletionProtection: boolean;
  readonly primaryVersion: { readonly id: string };
  /** What still holds until a time, after a change that takes effect late. */
  readonly lag?: {
    readonly status: "ACTIVE" | "INACTIVE";
    readonly versionId: string;
    readonly until: string;
  };
}

/** A key as the vendor's message. */
export type SymmetricKey = Omit<KeyRow, "lag"> & {
  readonly primaryVersion: KeyVersion & { readonly primary: boolean };
};

type Settings = Pick<
  KeyRow,
  "name" | "description" | "labels" | "status" | "defaultAlgorithm" | "rotationPeriod" | "deletionProtection"
>;

export type CreateKey = Partial<Settings> & { readonly folderId: string };
export type UpdateKey = Partial<Settings> & { readonly keyId: string };

/** What was encrypted, and by which version of the key. */
export interface Sealed {
  readonly ciphertext: string;
  readonly versionId: string;
}

const type = "kms.symmetricKey";
const unspecified = "SYMMETRIC_ALGORITHM_UNSPECIFIED";
const hour = 3_600_000;
/** https://yandex.cloud/en/docs/kms/api-ref/SymmetricKey/delete */
const hoursAfterDeletion = 72;
/** https://yandex.cloud/en/docs/kms/api-ref/SymmetricKey/scheduleVersionDestruction */
const defaultPendingSeconds = 7 * 24 * 3600;
/** https://yandex.cloud/en/docs/kms/concepts/consistency */
const hoursOfLag = 3;

/** KMS: keys, their rotation, and encryption with them. */
export class SymmetricKeys {
  private readonly keys: Table<KeyRow>;
  private readonly versions: KeyVersions;

  constructor(private readonly cloud: Cloud) {
    this.keys = cloud.store.table("symmetricKeys");
    this.versions = new KeyVersions(cloud.store, cloud.clock, cloud.ids);
    // Keys from before there were versions.
    for (const { id, primaryVersion, defaultAlgorithm, createdAt } of this.keys.values())
      if (this.versions.of(id).length === 0)
        this.versions.adopt(primaryVersion.id, id, defaultAlgorithm, createdAt);
    cloud.clock.onTick(() => this.rotateDue());
  }

  all(): SymmetricKey[] {
    return this.keys.values().map((row) => this.message(row));
  }

  get(call: Call, id: string): SymmetricKey {
    const key = this.require(id);
    this.cloud.access.require(call.subject, "kms.keys.get", id);
    return this.message(key);
  }

  /** The newest first. */
  listVersions(call: Call, id: string): (KeyVersion & { readonly primary: boolean })[] {
    const { primaryVersion } = this.get(call, id);
    return this.versions.of(id).map((version) => ({ ...version, primary: version.id === primaryVersion.id }));
  }

  create(call: Call, request: CreateKey): Operation {
    const folder = this.cloud.tree.require("resource-manager.folder", request.folderId);
    const change = {
      event: "kms.CreateSymmetricKey",
      permission: "kms.keys.create",
      on: folder.id,
      parameters: request,
    };
    return this.cloud.changes.make(call, change, () => {
      const { name = "", description = "", labels = {}, defaultAlgorithm = unspecified } = request;
      const id = this.cloud.ids.make("abj", folder.id, name);
      const algorithm = defaultAlgorithm === unspecified ? "AES_128" : defaultAlgorithm;
      const version = this.versions.create(id, algorithm);
      this.put({
        id,
        folderId: folder.id,
        createdAt: this.cloud.clock.now().toISOString(),
        name,
        description,
        labels,
        status: "ACTIVE",
        defaultAlgorithm: algorithm,
        rotationPeriod: request.rotationPeriod,
        deletionProtection: request.deletionProtection ?? false,
        primaryVersion: { id: version.id },
      });
      const metadata = { keyId: id, primaryVersionId: version.id };
      return {
        resource: id,
        details: { symmetric_key_id: id },
        result: this.operation(call, "Create", metadata, id),
      };
    });
  }

  update(call: Call, request: UpdateKey, mask: readonly string[] | undefined): Operation {
    return this.change(call, "Update", request.keyId, "kms.keys.update", request, (key) => {
      const { keyId: _, ...settings } = request;
      const fields = maskedFields<Settings>(settings, mask);
      const isKnown = fields.status === "ACTIVE" || fields.status === "INACTIVE";
      const status = isKnown && fields.status ? fields.status : key.status;
      // Activating is consistent at once, deactivating is not: https://yandex.cloud/en/docs/kms/concepts/consistency
      const isEnding = key.status === "ACTIVE" && status === "INACTIVE";
      this.put({
        ...key,
        ...fields,
        status,
        lag: isEnding ? this.lagOf(key) : status === "ACTIVE" ? undefined : key.lag,
      });
      return {};
    });
  }

  delete(call: Call, id: string): Operation {
    const gone = this.message(this.require(id));
    return this.change(
      call,
      "Delete",
      id,
      "kms.keys.delete",
      { keyId: id },
      (key) => {
        if (key.deletionProtection)
          throw new CloudError("FAILED_PRECONDITION", "The key is protected from deletion");
        this.remove(id);
        return {};
      },
      gone,
    );
  }

  /** Takes a key away, as a deletion does: its material goes 72 hours later. */
  remove(id: string): void {
    this.keys.delete(id);
    this.versions.abandon(id, this.inMilliseconds(hoursAfterDeletion * hour));
    this.cloud.access.forget(id);
    this.cloud.tree.delete(id);
  }

  /** Makes a new version and lets it be the primary one. */
  rotate(call: Call, id: string): Operation {
    return this.change(call, "Rotate", id, "kms.keys.update", { keyId: id }, (key) => ({
      newPrimaryVersionId: this.rotated(key).primaryVersion.id,
    }));
  }

  /** @throws {CloudError} FAILED_PRECONDITION for a version that is not ACTIVE. */
  setPrimaryVersion(call: Call, id: string, versionId: string): Operation {
    const parameters = { keyId: id, versionId };
    return this.change(call, "SetPrimary", id, "kms.keys.setPrimaryVersion", parameters, (key) => {
      if (this.versions.require(id, versionId).status !== "ACTIVE")
        throw new CloudError("FAILED_PRECONDITION", `Version ${versionId} is not active`);
      this.put({ ...key, primaryVersion: { id: versionId }, lag: this.lagOf(key) });
      return { versionId };
    });
  }

  /** @throws {CloudError} FAILED_PRECONDITION for the primary version, and for one that is not ACTIVE. */
  scheduleVersionDestruction(call: Call, id: string, versionId: string, pending: Seconds = {}): Operation {
    const parameters = { keyId: id, versionId, pendingPeriod: pending };
    return this.changeVersion(call, "Schedule", parameters, (key, version) => {
      if (key.primaryVersion.id === versionId)
        throw new CloudError("FAILED_PRECONDITION", "The primary version cannot be destroyed");
      if (version.status !== "ACTIVE")
        throw new CloudError("FAILED_PRECONDITION", `Version ${versionId} is not active`);
      const seconds = Number(pending.seconds ?? 0) || defaultPendingSeconds;
      const until = this.isLagging ? this.inMilliseconds(hoursOfLag * hour) : undefined;
      return this.versions.schedule(version, this.inMilliseconds(seconds * 1000), until);
    });
  }

  /** @throws {CloudError} FAILED_PRECONDITION unless destruction is scheduled. */
  cancelVersionDestruction(call: Call, id: string, versionId: string): Operation {
    return this.changeVersion(call, "Cancel", { keyId: id, versionId }, (_, version) => {
      if (version.status !== "SCHEDULED_FOR_DESTRUCTION")
        throw new CloudError("FAILED_PRECONDITION", `Version ${versionId} is not scheduled for destruction`);
      return this.versions.cancel(version);
    });
  }

  isActive(id: string): boolean {
    const key = this.keys.get(id);
    return key !== undefined && this.effective(key).status === "ACTIVE";
  }

  /**
   * Encrypts with a version of the key, by default the primary one, AES-256-GCM whatever the key's algorithm. Access is
   * the caller's business.
   *
   * @throws {CloudError} NOT_FOUND without the key, FAILED_PRECONDITION if it or the version is not ACTIVE.
   */
  encrypt(keyId: string, plaintext: Buffer, context?: Buffer, versionId?: string): Sealed {
    const { versionId: primaryId } = this.requireActive(keyId);
    const { id } = this.versions.require(keyId, versionId || primaryId);
    return { versionId: id, ciphertext: seal(this.versions.materialOf(id), plaintext, context) };
  }

  /**
   * Decrypts what {@link encrypt} gave, also after rotations.
   *
   * @throws {CloudError} like {@link encrypt}, and INVALID_ARGUMENT for what is no ciphertext of this key and context.
   */
  decrypt(keyId: string, { versionId, ciphertext }: Sealed, context?: Buffer): Buffer {
    this.requireActive(keyId);
    const material = this.versions.materialOf(this.versions.require(keyId, versionId).id);
    try {
      return unseal(material, ciphertext, context);
    } catch {
      throw new CloudError(
        "INVALID_ARGUMENT",
        "The ciphertext cannot be decrypted with this key and context",
      );
    }
  }

  private require(id: string): KeyRow {
    const key = this.keys.get(id);
    if (!key) throw new CloudError("NOT_FOUND", `Symmetric key ${id} not found`);
    return key;
  }

  private requireActive(id: string): { versionId: string } {
    const { status, versionId } = this.effective(this.require(id));
    if (status !== "ACTIVE") throw new CloudError("FAILED_PRECONDITION", `Symmetric key ${id} is not active`);
    return { versionId };
  }

  /** What holds now for encryption. */
  private effective({ status, primaryVersion, lag }: KeyRow): { status: string; versionId: string } {
    if (lag && lag.until > this.cloud.clock.now().toISOString()) return lag;
    return { status, versionId: primaryVersion.id };
  }

  private get isLagging(): boolean {
    return this.cloud.switches.keyChanges === "after-3-hours";
  }

  private lagOf({ status, primaryVersion }: KeyRow): KeyRow["lag"] {
    const until = this.inMilliseconds(hoursOfLag * hour).toISOString();
    return this.isLagging ? { status, versionId: primaryVersion.id, until } : undefined;
  }

  private rotated(key: KeyRow): KeyRow {
    const { id } = this.versions.create(key.id, key.defaultAlgorithm);
    const rotatedAt = this.cloud.clock.now().toISOString();
    const rotated = { ...key, primaryVersion: { id }, rotatedAt, lag: this.lagOf(key) };
    this.keys.put(key.id, rotated);
    return rotated;
  }

  private rotateDue(): void {
    const now = this.cloud.clock.now().getTime();
    for (const key of this.keys.values()) {
      const period = Number(key.rotationPeriod?.seconds ?? 0) * 1000;
      const since = Date.parse(key.rotatedAt ?? key.createdAt);
      if (period > 0 && key.status === "ACTIVE" && since + period <= now) this.rotated(key);
    }
  }

  private put(key: KeyRow): void {
    requireValid("name", "keyName", key.name);
    requireValid("description", "description", key.description);
    requireValidLabels(key.labels);
    this.keys.put(key.id, key);
    this.cloud.tree.put({ type, id: key.id, name: key.name, parentId: key.folderId });
  }

  private change(
    call: Call,
    verb: "Update" | "Delete" | "Rotate" | "SetPrimary",
    id: string,
    permission: string,
    parameters: object,
    work: (key: KeyRow) => object,
    response?: SymmetricKey,
  ): Operation {
    const key = this.require(id);
    const event = `kms.${verb}SymmetricKey${verb === "SetPrimary" ? "Version" : ""}`;
    return this.cloud.changes.make(call, { event, permission, on: id, parameters }, () => {
      const metadata = { keyId: id, ...work(key) };
      return {
        details: { symmetric_key_id: id },
        result: this.operation(call, verb, metadata, id, response),
      };
    });
  }

  private changeVersion(
    call: Call,
    verb: "Schedule" | "Cancel",
    parameters: { readonly keyId: string; readonly versionId: string },
    work: (key: KeyRow, version: KeyVersion) => KeyVersion,
  ): Operation {
    const { keyId, versionId } = parameters;
    const key = this.require(keyId);
    const event = `kms.${verb}SymmetricKeyVersionDestruction`;
    const change = { event, permission: "kms.keys.delete", on: keyId, parameters };
    return this.cloud.changes.make(call, change, () => {
      const version = work(key, this.versions.require(keyId, versionId));
      const { destroyAt } = version;
      const metadata = { keyId, versionId, ...(destroyAt && { destroyAt }) };
      const result = this.cloud.operations.finished(
        call,
        "abj",
        `${verb} version destruction`,
        { type: `yandex.cloud.kms.v1.${verb}SymmetricKeyVersionDestructionMetadata`, value: metadata },
        { type: "yandex.cloud.kms.v1.SymmetricKeyVersion", value: version },
      );
      return { details: { symmetric_key_id: keyId, version_id: versionId }, result };
    });
  }

  private message({ lag: _, ...row }: KeyRow): SymmetricKey {
    const version = this.versions.require(row.id, row.primaryVersion.id);
    return { ...row, primaryVersion: { ...version, primary: true } };
  }

  private inMilliseconds(milliseconds: number): Date {
    return new Date(this.cloud.clock.now().getTime() + milliseconds);
  }

  private operation(
    call: Call,
    verb: string,
    metadata: object,
    id: string,
    response?: SymmetricKey,
  ): Operation {
    const kind = `SymmetricKey${verb === "SetPrimary" ? "Version" : ""}`;
    const of: Typed = { type: `yandex.cloud.kms.v1.${verb}${kind}Metadata`, value: metadata };
    const value = response ?? this.message(this.require(id));
    return this.cloud.operations.finished(call, "abj", `${verb} symmetric key`, of, {
      type: "yandex.cloud.kms.v1.SymmetricKey",
      value,
    });
  }
}
