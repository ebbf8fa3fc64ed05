import type { CloudApi } from "./connection";
import { each } from "./each";
import { objectStorage } from "./objectStorage";
import { versionPages } from "./versionPages";

/** Maximum number of versions whose key is read. */
const mostAsked = 1000;
/** Maximum number of pages of versions that are listed: 100,000 versions. */
const mostPages = 100;

/** Result of the search for objects that a KMS key encrypts. */
export interface Encrypted {
  /** Key of the first object or old version that the KMS key encrypts; absent if none was found. */
  readonly object?: string;
  /** False if the search stopped at one of the limits above. */
  readonly isWhole: boolean;
}

/**
 * Searches for an object that a KMS key encrypts, among the versions that were put since a given time.
 *
 * @throws {Error} the client's error if a request fails.
 */
export async function encryptedSince(
  bucketName: string,
  keyId: string,
  since: Date,
  cloud: CloudApi,
): Promise<Encrypted> {
  const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
  const client = await objectStorage(cloud);
  let object: string | undefined;
  let asked = 0;
  let pages = 0;
  try {
    for await (const { Versions = [] } of versionPages(client, bucketName)) {
      const put = Versions.filter(({ LastModified }) => !LastModified || LastModified >= since);
      asked += put.length;
      pages += 1;
      if (asked > mostAsked || pages > mostPages) return { object, isWhole: false };
      await each(put, async ({ Key, VersionId, IsLatest }) => {
        const version = IsLatest ? undefined : VersionId;
        const head = new HeadObjectCommand({ Bucket: bucketName, Key, VersionId: version });
        if ((await client.send(head)).SSEKMSKeyId === keyId) object = Key;
      });
      if (object !== undefined) break;
    }
    return { object, isWhole: true };
  } finally {
    client.destroy();
  }
}
