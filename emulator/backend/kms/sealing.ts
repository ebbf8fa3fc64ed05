import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const ivBytes = 12;
const tagBytes = 16;
const noContext = Buffer.alloc(0);

/**
 * Encrypts with AES-256-GCM, and returns nonce, tag and ciphertext as base64.
 *
 * @param context Bytes that are needed again to decrypt.
 */
export function seal(key: Buffer, plaintext: Buffer, context: Buffer = noContext): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(context);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString("base64");
}

/** Decrypts the result of {@link seal}. @throws {Error} if it was changed, or if key or context differ. */
export function unseal(key: Buffer, sealed: string, context: Buffer = noContext): Buffer {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes)).setAAD(context);
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
}
