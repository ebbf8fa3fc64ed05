import { XMLParser } from "fast-xml-parser";
import type { LocalCloud } from "../../emulator";
import type { AuditEvent } from "../../emulator/backend/auditTrails/auditLog";

const listings = new XMLParser({ isArray: (name) => name === "Contents" });

/** A log object, read back through Object Storage's API. */
export interface LogObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** The KMS key under which it is stored; null for one that is not encrypted. */
  readonly encryptedWith: string | null;
  readonly events: readonly AuditEvent[];
}

/**
 * Reads the newest log object under a prefix, as the deployer: Object Storage decrypts it for who may use the key.
 *
 * @throws {Error} if there is none, or Object Storage refuses.
 */
export async function readNewestLog(
  emulator: LocalCloud,
  bucket: string,
  prefix: string,
): Promise<LogObject> {
  const headers = { "X-YaCloud-SubjectToken": emulator.issueToken() };
  const get = async (path: string) => {
    const response = await fetch(`${emulator.storageProxy}/${bucket}${path}`, { headers });
    if (!response.ok) throw new Error(`Reading ${bucket}${path} failed: ${await response.text()}`);
    return response;
  };

  const answer = await get(`?list-type=2&prefix=${encodeURIComponent(prefix)}`);
  const objects = listings.parse(await answer.text()).ListBucketResult.Contents as
    | { Key: string }[]
    | undefined;
  const key = (objects ?? [])
    .map(({ Key }) => Key)
    .sort()
    .at(-1);
  if (!key) throw new Error(`There is no log object under ${bucket}/${prefix}`);

  const response = await get(`/${encodeURI(key)}`);
  const text = await response.text();
  return {
    key,
    size: Buffer.byteLength(text),
    encryptedWith: response.headers.get("x-amz-server-side-encryption-aws-kms-key-id"),
    events: JSON.parse(text),
  };
}
