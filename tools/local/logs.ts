import { XMLParser } from "fast-xml-parser";
import type { LocalCloud } from "../../emulator";
import type { AuditEvent } from "../../emulator/backend/auditTrails/auditLog";

const listings = new XMLParser({ isArray: (name) => name === "Contents" });

/** Log object as Object Storage returns it. */
export interface LogObject {
  readonly key: string;
  /** Size in bytes. */
  readonly size: number;
  /** Id of the KMS key that encrypts it; null if there is none. */
  readonly encryptedWith: string | null;
  readonly events: readonly AuditEvent[];
}

/**
 * Reads the newest log object under a prefix as the deployer. Object Storage decrypts it for accounts that may use the
 * key.
 *
 * @throws {Error} if there is none, or Object Storage refuses the request.
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
