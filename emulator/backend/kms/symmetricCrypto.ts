import { randomBytes } from "node:crypto";
import type { DataAccess, DataEvents } from "../auditTrails/dataEvents";
import type { Call } from "../calls";
import { CloudError } from "../errors";
import type { Access } from "../iam/access";
import type { ResourceTree } from "../resourceManager/resourceTree";
import type { KeyCipher, Sealed } from "./keyCipher";

/** Key, version and context of a call. Bytes are base64. */
interface KeyUse {
  readonly keyId: string;
  /** @default the primary version */
  readonly versionId?: string;
  readonly aadContext?: string;
}

/** Longest plaintext in bytes: the vendor's yandex.cloud.kms.v1.SymmetricCryptoService. */
const mostPlaintext = 32 * 1024;
const mostContext = 8 * 1024;

/** Sizes of data keys in bytes. */
const dataKeyBytes: Readonly<Record<string, number>> = {
  AES_128: 16,
  AES_192: 24,
  AES_256: 32,
  AES_256_HSM: 32,
};

/** Services of the cloud that this one uses. */
interface Needs {
  readonly tree: ResourceTree;
  readonly access: Access;
  readonly keyCipher: KeyCipher;
  readonly dataEvents: DataEvents;
}

/** Encryption by KMS for its clients. A ciphertext contains the id of its key version. */
export class SymmetricCrypto {
  constructor(private readonly cloud: Needs) {}

  encrypt(call: Call, request: KeyUse & { readonly plaintext?: string }) {
    const plaintext = bytesOf("plaintext", request.plaintext, mostPlaintext);
    return this.observe(call, "Encrypt", request, "kms.keys.encrypt", () => this.seal(request, plaintext));
  }

  decrypt(call: Call, request: KeyUse & { readonly ciphertext?: string }) {
    return this.observe(call, "Decrypt", request, "kms.keys.decrypt", () => {
      const { versionId, plaintext } = this.open(request, request.ciphertext);
      return { keyId: request.keyId, versionId, plaintext: plaintext.toString("base64") };
    });
  }

  /** Decrypts with one key, and encrypts with another or the same. */
  reEncrypt(
    call: Call,
    request: KeyUse & {
      readonly sourceKeyId: string;
      readonly sourceAadContext?: string;
      readonly ciphertext?: string;
    },
  ) {
    const { sourceKeyId, sourceAadContext, ciphertext } = request;
    return this.observe(call, "ReEncrypt", request, "kms.keys.encrypt", () => {
      this.cloud.access.require(call.subject, "kms.keys.decrypt", sourceKeyId);
      const source = this.open({ keyId: sourceKeyId, aadContext: sourceAadContext }, ciphertext);
      return { ...this.seal(request, source.plaintext), sourceKeyId, sourceVersionId: source.versionId };
    });
  }

  generateDataKey(
    call: Call,
    request: KeyUse & { readonly dataKeySpec?: string; readonly skipPlaintext?: boolean },
  ) {
    const size = dataKeyBytes[request.dataKeySpec ?? ""];
    if (!size) throw new CloudError("INVALID_ARGUMENT", "data_key_spec must name an AES algorithm");
    return this.observe(call, "GenerateDataKey", request, "kms.keys.encrypt", () => {
      const dataKey = randomBytes(size);
      const { ciphertext, ...used } = this.seal(request, dataKey);
      const plain = request.skipPlaintext ? "" : dataKey.toString("base64");
      return { ...used, dataKeyPlaintext: plain, dataKeyCiphertext: ciphertext };
    });
  }

  /** Does the work, and records it. Records show neither plaintexts nor ciphertexts. */
  private observe<T extends { readonly versionId: string }>(
    call: Call,
    verb: string,
    { keyId, versionId }: KeyUse,
    permission: string,
    work: () => T,
  ): T {
    const { name: keyName } = this.cloud.tree.require("kms.symmetricKey", keyId);
    const access: DataAccess<T> = {
      event: `kms.${verb}`,
      on: keyId,
      parameters: { keyId, versionId: versionId || undefined },
      details: { keyId, keyName },
      after: (used) => ({
        details: { versionId: used.versionId },
        response: { keyId, versionId: used.versionId },
      }),
    };
    return this.cloud.dataEvents.observe({ ...call.subject, call }, access, () => {
      this.cloud.access.require(call.subject, permission, keyId);
      return work();
    });
  }

  private seal({ keyId, versionId, aadContext }: KeyUse, plaintext: Buffer) {
    const context = bytesOf("aad_context", aadContext, mostContext);
    const sealed = this.cloud.keyCipher.encrypt(keyId, plaintext, context, versionId);
    return { keyId, versionId: sealed.versionId, ciphertext: join(sealed) };
  }

  private open({ keyId, aadContext }: KeyUse, ciphertext = "") {
    const context = bytesOf("aad_context", aadContext, mostContext);
    const sealed = split(ciphertext);
    return { versionId: sealed.versionId, plaintext: this.cloud.keyCipher.decrypt(keyId, sealed, context) };
  }
}

function bytesOf(field: string, base64 = "", most = 0): Buffer {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length > most)
    throw new CloudError("INVALID_ARGUMENT", `${field} must have at most ${most} bytes`);
  return bytes;
}

/** Returns a ciphertext for clients: one byte with the length of the version's id, the id, and the sealed data. */
function join({ versionId, ciphertext }: Sealed): string {
  const head = Buffer.from([versionId.length]);
  return Buffer.concat([head, Buffer.from(versionId), Buffer.from(ciphertext, "base64")]).toString("base64");
}

function split(text: string): Sealed {
  const bytes = Buffer.from(text, "base64");
  const end = 1 + (bytes[0] ?? 0);
  return {
    versionId: bytes.subarray(1, end).toString(),
    ciphertext: bytes.subarray(end).toString("base64"),
  };
}
