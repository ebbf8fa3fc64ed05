import { randomBytes } from "node:crypto";
import type { Subject } from "./access";
import type { Call } from "./calls";
import type { Cloud } from "./cloud";
import { CloudError } from "./errors";
import { requireValid } from "./limits";
import type { Table } from "./store";

/** A static access key of a service account, which signs requests to Object Storage. */
export interface AccessKey {
  readonly id: string;
  readonly serviceAccountId: string;
  readonly createdAt: string;
  readonly description: string;
  /** What clients call the access key id. */
  readonly keyId: string;
}

interface StoredKey extends AccessKey {
  readonly secret: string;
}

/** IAM's static access keys: https://yandex.cloud/en/docs/iam/concepts/authorization/access-key. */
export class AccessKeys {
  private readonly keys: Table<StoredKey>;

  constructor(private readonly cloud: Cloud) {
    this.keys = cloud.store.table("accessKeys");
  }

  /** @returns the key with its secret, which is not told again. */
  create(
    call: Call,
    serviceAccountId: string,
    description: string,
  ): { accessKey: AccessKey; secret: string } {
    this.cloud.serviceAccounts.require(serviceAccountId);
    const change = this.changeOf("iam.CreateAccessKey", serviceAccountId);
    return this.cloud.changes.make(call, change, () => {
      requireValid("description", "shortDescription", description);
      const id = this.cloud.ids.make("aje", serviceAccountId, "access-key");
      const accessKey = {
        id,
        serviceAccountId,
        createdAt: this.cloud.clock.now().toISOString(),
        description,
        keyId: this.cloud.ids.fixed("YCA", id),
      };
      const secret = `YC${randomBytes(28).toString("base64url").slice(0, 38)}`;
      this.keys.put(id, { ...accessKey, secret });
      return { details: { access_key_id: id }, result: { accessKey, secret } };
    });
  }

  get(call: Call, id: string): AccessKey {
    const { secret: _, ...key } = this.require(id);
    this.cloud.access.require(call.subject, "iam.serviceAccounts.get", key.serviceAccountId);
    return key;
  }

  list(call: Call, serviceAccountId: string): AccessKey[] {
    this.cloud.serviceAccounts.require(serviceAccountId);
    this.cloud.access.require(call.subject, "iam.serviceAccounts.get", serviceAccountId);
    return this.keys
      .values()
      .filter((key) => key.serviceAccountId === serviceAccountId)
      .map(({ secret: _, ...key }) => key);
  }

  delete(call: Call, id: string): void {
    const key = this.require(id);
    const change = this.changeOf("iam.DeleteAccessKey", key.serviceAccountId);
    this.cloud.changes.make(call, change, () => {
      this.keys.delete(id);
      return { details: { access_key_id: id }, result: undefined };
    });
  }

  /** Who signs with a key id, and with what; nothing for a key that is not there, or whose account is gone. */
  find(keyId: string): { subject: Subject; secret: string } | undefined {
    const key = this.keys.values().find((one) => one.keyId === keyId);
    if (!key || !this.cloud.tree.get(key.serviceAccountId)) return undefined;
    return { subject: { type: "serviceAccount", id: key.serviceAccountId }, secret: key.secret };
  }

  private require(id: string): StoredKey {
    const key = this.keys.get(id);
    if (!key) throw new CloudError("NOT_FOUND", `Access key ${id} not found`);
    return key;
  }

  private changeOf(event: string, serviceAccountId: string) {
    const parameters = { serviceAccountId };
    return { event, permission: "iam.accessKeys.manage", on: serviceAccountId, parameters };
  }
}
