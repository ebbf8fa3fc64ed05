import type { Call } from "../calls";
import { CloudError } from "../errors";
import { maskedFields } from "../fieldMask";
import { requireValid, requireValidLabels } from "../limits";
import type { Operation, Typed } from "../operations";
import type { ResourceNeeds } from "../resourceNeeds";
import type { Table } from "../store";
import type { Switches } from "../switches";
import { type KeyLag, lagOf } from "./keyLag";
import type { KeyVersion, KeyVersions } from "./keyVersions";

/** A length of time as the vendor's messages have it. */
export interface Seconds {
  readonly seconds?: number | string;
}

/** A key as it is kept. */
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

/** https://yandex.cloud/en/docs/audit-trails/audit/kms/events-ref/CreateSymmetricKey */
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

const type = "kms.symmetricKey";
const unspecified = "SYMMETRIC_ALGORITHM_UNSPECIFIED";
/** https://yandex.cloud/en/docs/kms/api-ref/SymmetricKey/delete */
const hoursAfterDeletion = 72;
interface Needs extends ResourceNeeds {
  readonly switches: Switches;
}

/** KMS's symmetric keys. */
export class SymmetricKeys {
  private readonly keys: Table<KeyRow>;

  constructor(
    private readonly cloud: Needs,
    private readonly versions: KeyVersions,
  ) {
    this.keys = cloud.store.table("symmetricKeys");
    // Keys from before there were versions.
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
      const created = this.message(this.require(id));
      return {
        resource: id,
        details: detailsOf(created),
        response: created,
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
    this.versions.abandon(id, this.cloud.clock.in({ hours: hoursAfterDeletion }));
    this.cloud.access.forget(id);
  }

  rows(): KeyRow[] {
    return this.keys.values();
  }

  find(id: string): KeyRow | undefined {
    return this.keys.get(id);
  }

  /** @throws {CloudError} NOT_FOUND if there is no such key. */
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

  /** Does the work on a key, and tells of it as the vendor does. */
  change(
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
    const change = { event, permission, on: id, parameters, details: this.details(id) };
    return this.cloud.changes.make(call, change, () => {
      const metadata = { keyId: id, ...work(key) };
      const changed = response ?? this.message(this.require(id));
      const result = this.operation(call, verb, metadata, id, response);
      return { details: detailsOf(changed), response: changed, result };
    });
  }

  /** What records tell of a key. */
  details(id: string): object {
    return detailsOf(this.message(this.require(id)));
  }

  private message({ lag: _, ...row }: KeyRow): SymmetricKey {
    const version = this.versions.require(row.id, row.primaryVersion.id);
    return { ...row, primaryVersion: { ...version, primary: true } };
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
