import { randomBytes } from "node:crypto";
import type { Call } from "../calls";
import { requireValid } from "../limits";
import type { Table } from "../table";
import type { Subject } from "./access";
import { type AccountKeyNeeds, AccountKeys } from "./accountKeys";

/** A static access key of a service account, which signs requests to Object Storage. */
export interface AccessKey {
  readonly id: string;
  readonly serviceAccountId: string;
  readonly createdAt: string;
  readonly description: string;
  readonly lastUsedAt?: string;
  /** Access key id of clients. */
  readonly keyId: string;
}

/** IAM's static access keys: https://yandex.cloud/en/docs/iam/concepts/authorization/access-key. */
export class AccessKeys extends AccountKeys<AccessKey> {
  private readonly secrets: Table<string>;
  private readonly byKeyId: (keyId: string) => AccessKey[];

  constructor(cloud: AccountKeyNeeds) {
    super(cloud, {
      table: "accessKeys",
      noun: "AccessKey",
      package: "yandex.cloud.iam.v1.awscompatibility",
      idField: "accessKeyId",
      permission: "iam.accessKeys.manage",
    });
    this.secrets = cloud.store.table("accessKeySecrets");
    this.byKeyId = this.keys.groupedBy(({ keyId }) => keyId);
  }

  /** Creates a key. @returns the key with its secret, which is never returned again. */
  create(
    call: Call,
    serviceAccountId: string,
    description: string,
  ): { accessKey: AccessKey; secret: string } {
    this.cloud.serviceAccounts.require(serviceAccountId);
    const parameters = { serviceAccountId, description };
    return this.change(call, "Create", serviceAccountId, parameters, () => {
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
      this.keys.put(id, accessKey);
      this.secrets.put(id, secret);
      return { key: accessKey, response: { accessKey }, result: { accessKey, secret } };
    });
  }

  protected override detailsOf({ keyId, description, createdAt }: AccessKey): object {
    return { keyId, description, createdAt };
  }

  protected override remove(id: string): void {
    super.remove(id);
    this.secrets.delete(id);
  }

  /** Returns the owner and the secret of a key; undefined for an unknown key. */
  find(keyId: string): { subject: Subject; secret: string } | undefined {
    const [key] = this.byKeyId(keyId);
    const secret = key && this.secrets.get(key.id);
    if (!secret) return undefined;
    this.noteUse(key);
    return { subject: { type: "serviceAccount", id: key.serviceAccountId }, secret };
  }
}
