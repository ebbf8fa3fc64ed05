import { randomBytes } from "node:crypto";
import type { DataEvents } from "../auditTrails/dataEvents";
import type { Access } from "../iam/access";
import type { KeyCipher, Sealed } from "../kms/keyCipher";
import { seal, unseal } from "../kms/sealing";
import type { ResourceTree } from "../resourceManager/resourceTree";
import type { Switches } from "../switches";
import type { Requester } from "./bucketAccess";
import type { ObjectVersion } from "./objectVersions";

/** Stored contents. */
type Kept = Pick<ObjectVersion, "bytes" | "kmsKeyId" | "dataKey">;

/** Services of the cloud that encryption uses. */
export interface EncryptionNeeds {
  readonly switches: Switches;
  readonly tree: ResourceTree;
  readonly access: Access;
  readonly keyCipher: KeyCipher;
  readonly dataEvents: DataEvents;
}

/** Encryption of objects: each has a data key of its own, which the bucket's KMS key wraps. */
export class ObjectEncryption {
  constructor(private readonly cloud: EncryptionNeeds) {}

  /** Encrypts contents. @throws {CloudError} PERMISSION_DENIED without a role on the key, FAILED_PRECONDITION if it cannot be used. */
  seal(by: Requester, kmsKeyId: string | undefined, contents: Buffer): Kept {
    if (!kmsKeyId) return { bytes: contents.toString("base64") };
    const plain = randomBytes(32);
    const work = () => this.cloud.keyCipher.encrypt(kmsKeyId, plain);
    const dataKey = this.use(by, "Encrypt", kmsKeyId, work, (sealed) => sealed.versionId);
    return { kmsKeyId, dataKey, bytes: seal(plain, contents) };
  }

  /** Decrypts contents. @throws {CloudError} as {@link seal}. */
  open(by: Requester, { bytes, kmsKeyId, dataKey }: Kept): Buffer {
    if (!kmsKeyId || !dataKey) return Buffer.from(bytes, "base64");
    return unseal(this.openDataKey(by, kmsKeyId, dataKey), bytes);
  }

  private openDataKey(by: Requester, kmsKeyId: string, dataKey: Sealed): Buffer {
    const work = () => this.cloud.keyCipher.decrypt(kmsKeyId, dataKey);
    return this.use(by, "Decrypt", kmsKeyId, work, () => dataKey.versionId);
  }

  private use<T>(
    by: Requester,
    verb: "Encrypt" | "Decrypt",
    keyId: string,
    work: () => T,
    versionOf: (result: T) => string,
  ): T {
    const use = () => {
      this.cloud.access.require(by, `kms.keys.${verb.toLowerCase()}`, keyId);
      return work();
    };
    if (this.cloud.switches.keyUseByStorage === "not-recorded") return use();
    const details = { keyId, keyName: this.cloud.tree.get(keyId)?.name };
    const after = (result: T) => ({ details: { versionId: versionOf(result) } });
    return this.cloud.dataEvents.observe(by, { event: `kms.${verb}`, on: keyId, details, after }, use);
  }
}
