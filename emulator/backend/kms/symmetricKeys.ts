import type { Call } from "../calls";
import { CloudError } from "../errors";
import { maskedFields } from "../fieldMask";
import type { Permission } from "../iam/roles";
import { requireValid, requireValidLabels } from "../limits";
import type { Operation } from "../operations";
import { ResourceChanges } from "../resourceChanges";
import type { ResourceNeeds } from "../resourceNeeds";
import type { Switches } from "../switches";
import type { Table } from "../table";
import { type KeyLag, lagOf } from "./keyLag";
import type { KeyVersion, KeyVersions } from "./keyVersions";

/** A length of time in the vendor's messages. */
export interface Seconds {
  readonly seconds?: number | string;
}

/** A key in the state. */
export interface KeyRow {
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
  readonly lag?: KeyLag;
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

/** Returns the details of records: https://yandex.cloud/en/docs/audit-trails/audit/kms/events-ref/CreateSymmetricKey */
const detailsOf = ({ primaryVersion: primary, ...key }: SymmetricKey): object => ({
  keyId: key.id,
  keyName: key.name,
  primaryVersionId: primary.id,
  defaultAlgorithm: key.defaultAlgorithm,
  rotationPeriod: key.rotationPeriod,
  keyStatus: key.status,
  deletionProtection: key.deletionProtection,
  primaryVersionStatus: primary.status,
  primaryVersionAlgorithm: primary.algorithm,
  primaryVersionHostedByHsm: primary.hostedByHsm,
  description: key.description,
  labels: key.labels,
  createdAt: key.createdAt,
  rotatedAt: key.rotatedAt,
  primaryVersionCreatedAt: primary.createdAt,
});

/** Returns the name of a change. One of the changes concerns a version. */
const changeOf = (verb: string): string => `${verb}SymmetricKey${verb === "SetPrimary" ? "Version" : ""}`;

const type = "kms.symmetricKey";
const unspecified = "SYMMETRIC_ALGORITHM_UNSPECIFIED";
/** Hours from the deletion of a key to that of its material: https://yandex.cloud/en/docs/kms/api-ref/SymmetricKey/delete */
const hoursAfterDeletion = 72;

interface Needs extends ResourceNeeds {
  readonly switches: Switches;
}

/** KMS's symmetric keys. */
export class SymmetricKeys {
  private readonly keys: Table<KeyRow>;
  private readonly changes: ResourceChanges<KeyRow>;

  constructor(
    private readonly cloud: Needs,
    private readonly versions: KeyVersions,
  ) {
    this.keys = cloud.store.table("symmetricKeys");
    this.changes = new ResourceChanges(cloud, {
      prefix: "abj",
      noun: "symmetric key",
      event: (verb) => `kms.${changeOf(verb)}`,
      permissions: "kms.keys",
      message: "yandex.cloud.kms.v1.SymmetricKey",
      metadata: (verb) => `yandex.cloud.kms.v1.${changeOf(verb)}Metadata`,
      idField: "keyId",
      idOf: ({ id }) => id,
      messageOf: (key) => this.message(key),
      detailsOf: (key) => detailsOf(this.message(key)),
      deletionReturnsMessage: true,
    });
    // Keys from older states, which have no versions.
    for (const { id, primaryVersion, defaultAlgorithm, createdAt } of this.keys.values())
      if (this.versions.of(id).length === 0)
        this.versions.adopt(primaryVersion.id, id, defaultAlgorithm, createdAt);
  }

  all(): SymmetricKey[] {
    return this.keys.values().map((row) => this.message(row));
  }

  get(call: Call, id: string): SymmetricKey {
    const key = this.require(id);
    this.cloud.access.require(call.subject, "kms.keys.get", id);
    return this.message(key);
  }

  create(call: Call, request: CreateKey): Operation {
    return this.changes.create(call, { folderId: request.folderId, parameters: request }, (folderId) => {
      const { name = "", description = "", labels = {}, defaultAlgorithm = unspecified } = request;
      const id = this.cloud.ids.make("abj", folderId, name);
      const algorithm = defaultAlgorithm === unspecified ? "AES_128" : defaultAlgorithm;
      const version = this.versions.create(id, algorithm);
      this.put({
        id,
        folderId,
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
      return { row: this.require(id), metadata: { primaryVersionId: version.id } };
    });
  }

  update(call: Call, request: UpdateKey, mask: readonly string[] | undefined): Operation {
    return this.change(call, "Update", request.keyId, { parameters: request }, (key) => {
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
        lag: isEnding
          ? lagOf(this.cloud, key)
          : status === "ACTIVE" && key.lag
            ? { ...key.lag, status }
            : key.lag,
      });
      return {};
    });
  }

  delete(call: Call, id: string): Operation {
    const key = this.require(id);
    return this.changes.delete(call, key, () => {
      if (key.deletionProtection)
        throw new CloudError("FAILED_PRECONDITION", "The key is protected from deletion");
      this.remove(id);
    });
  }

  /** Deletes a key. Its material is deleted 72 hours later. */
  remove(id: string): void {
    this.keys.delete(id);
    this.versions.abandon(id, this.cloud.clock.in({ hours: hoursAfterDeletion }));
    this.cloud.access.forget(id);
  }

  rows(): KeyRow[] {
    return this.keys.values();
  }

  find(id: string): KeyRow | undefined {
    return this.keys.get(id);
  }

  /** Returns a key. @throws {CloudError} NOT_FOUND if there is no such key. */
  require(id: string): KeyRow {
    const key = this.keys.get(id);
    if (!key) throw new CloudError("NOT_FOUND", `Symmetric key ${id} not found`);
    return key;
  }

  put(key: KeyRow): void {
    requireValid("name", "keyName", key.name);
    requireValid("description", "description", key.description);
    requireValidLabels(key.labels);
    this.keys.put(key.id, key);
    this.cloud.tree.put({ type, id: key.id, name: key.name, parentId: key.folderId });
  }

  /**
   * Changes a key.
   *
   * @param work Returns fields of the operation's metadata, in addition to the id.
   */
  change(
    call: Call,
    verb: "Update" | "Rotate" | "SetPrimary",
    id: string,
    request: { readonly parameters: object; readonly permission?: Permission },
    work: (key: KeyRow) => object,
  ): Operation {
    const key = this.require(id);
    const changed = () => ({ metadata: work(key), row: this.require(id) });
    return this.changes.update(call, key, request, changed, verb);
  }

  /** Returns the details of a key in audit records. */
  details(id: string): object {
    return detailsOf(this.message(this.require(id)));
  }

  private message({ lag: _, ...row }: KeyRow): SymmetricKey {
    const version = this.versions.require(row.id, row.primaryVersion.id);
    return { ...row, primaryVersion: { ...version, primary: true } };
  }
}
