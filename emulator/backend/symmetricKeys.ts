import { randomBytes } from "node:crypto";
import type { Call } from "./calls";
import type { Cloud } from "./cloud";
import { CloudError } from "./errors";
import { maskedFields } from "./fieldMask";
import { requireValid, requireValidLabels } from "./limits";
import type { Operation } from "./operations";
import { seal, unseal } from "./sealing";
import type { Table } from "./store";

export interface SymmetricKey {
  readonly id: string;
  readonly folderId: string;
  readonly createdAt: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: "ACTIVE" | "INACTIVE";
  readonly defaultAlgorithm: string;
  readonly rotationPeriod?: object;
  readonly deletionProtection: boolean;
  readonly primaryVersion: { readonly id: string; readonly keyId: string; readonly status: "ACTIVE" };
}

type Settings = Pick<
  SymmetricKey,
  "name" | "description" | "labels" | "status" | "defaultAlgorithm" | "rotationPeriod" | "deletionProtection"
>;

export type CreateKey = Partial<Settings> & { readonly folderId: string };
export type UpdateKey = Partial<Settings> & { readonly keyId: string };

const type = "kms.symmetricKey";
const unspecified = "SYMMETRIC_ALGORITHM_UNSPECIFIED";

/** KMS: keys, and encryption with them. */
export class SymmetricKeys {
  private readonly keys: Table<SymmetricKey>;
  /** Key material by version id; it outlives the key, as it does in KMS for 72 hours. */
  private readonly material: Table<string>;

  constructor(private readonly cloud: Cloud) {
    this.keys = cloud.store.table("symmetricKeys");
    this.material = cloud.store.table("keyMaterial");
  }

  all(): SymmetricKey[] {
    return this.keys.values();
  }

  get(call: Call, id: string): SymmetricKey {
    const key = this.require(id);
    this.cloud.access.require(call.subject, "kms.keys.get", id);
    return key;
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
      const versionId = this.cloud.ids.make("abj", id, "version");
      const key: SymmetricKey = {
        id,
        folderId: folder.id,
        createdAt: this.cloud.clock.now().toISOString(),
        name,
        description,
        labels,
        status: "ACTIVE",
        defaultAlgorithm: defaultAlgorithm === unspecified ? "AES_128" : defaultAlgorithm,
        rotationPeriod: request.rotationPeriod,
        deletionProtection: request.deletionProtection ?? false,
        primaryVersion: { id: versionId, keyId: id, status: "ACTIVE" },
      };
      this.put(key);
      this.material.put(versionId, randomBytes(32).toString("base64"));
      const metadata = { keyId: id, primaryVersionId: versionId };
      return {
        resource: id,
        details: { symmetric_key_id: id },
        result: this.operation(call, "Create", metadata, key),
      };
    });
  }

  update(call: Call, request: UpdateKey, mask: readonly string[] | undefined): Operation {
    const key = this.require(request.keyId);
    const change = {
      event: "kms.UpdateSymmetricKey",
      permission: "kms.keys.update",
      on: key.id,
      parameters: request,
    };
    return this.cloud.changes.make(call, change, () => {
      const { keyId: _, ...settings } = request;
      const updated = { ...key, ...maskedFields<Settings>(settings, mask) };
      this.put(updated);
      return {
        details: { symmetric_key_id: key.id },
        result: this.operation(call, "Update", { keyId: key.id }, updated),
      };
    });
  }

  delete(call: Call, id: string): Operation {
    const key = this.require(id);
    const change = {
      event: "kms.DeleteSymmetricKey",
      permission: "kms.keys.delete",
      on: id,
      parameters: { keyId: id },
    };
    return this.cloud.changes.make(call, change, () => {
      if (key.deletionProtection)
        throw new CloudError("FAILED_PRECONDITION", "The key is protected from deletion");
      this.keys.delete(id);
      this.cloud.access.forget(id);
      this.cloud.tree.delete(id);
      return {
        details: { symmetric_key_id: id },
        result: this.operation(call, "Delete", { keyId: id }, key),
      };
    });
  }

  isActive(id: string): boolean {
    return this.keys.get(id)?.status === "ACTIVE";
  }

  /**
   * Encrypts with the key's primary version, AES-256-GCM. Access is the caller's business.
   *
   * @throws {CloudError} NOT_FOUND without the key, FAILED_PRECONDITION if it is not ACTIVE.
   */
  encrypt(keyId: string, plaintext: Buffer): { ciphertext: string; versionId: string } {
    const { primaryVersion } = this.requireActive(keyId);
    return { versionId: primaryVersion.id, ciphertext: seal(this.materialOf(primaryVersion.id), plaintext) };
  }

  /** Decrypts what {@link encrypt} gave, also after rotations. @throws {CloudError} like {@link encrypt}. */
  decrypt(keyId: string, versionId: string, ciphertext: string): Buffer {
    this.requireActive(keyId);
    return unseal(this.materialOf(versionId), ciphertext);
  }

  private require(id: string): SymmetricKey {
    const key = this.keys.get(id);
    if (!key) throw new CloudError("NOT_FOUND", `Symmetric key ${id} not found`);
    return key;
  }

  private requireActive(id: string): SymmetricKey {
    const key = this.require(id);
    if (key.status !== "ACTIVE")
      throw new CloudError("FAILED_PRECONDITION", `Symmetric key ${id} is not active`);
    return key;
  }

  private materialOf(versionId: string): Buffer {
    return Buffer.from(this.material.get(versionId) ?? "", "base64");
  }

  private put(key: SymmetricKey): void {
    requireValid("name", "keyName", key.name);
    requireValid("description", "description", key.description);
    requireValidLabels(key.labels);
    this.keys.put(key.id, key);
    this.cloud.tree.put({ type, id: key.id, name: key.name, parentId: key.folderId });
  }

  private operation(call: Call, verb: string, metadata: object, key: SymmetricKey): Operation {
    return this.cloud.operations.finished(
      call,
      "abj",
      `${verb} symmetric key`,
      { type: `yandex.cloud.kms.v1.${verb}SymmetricKeyMetadata`, value: metadata },
      { type: "yandex.cloud.kms.v1.SymmetricKey", value: key },
    );
  }
}
