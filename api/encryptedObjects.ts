import type { CloudApi } from "./connection";
import { each } from "./each";
import { objectStorage } from "./objectStorage";
import { versionPages } from "./versionPages";

/** Most versions of a bucket that are asked for their key. */
const mostAsked = 1000;
/** Most pages of a bucket's versions that are listed: a hundred thousand versions. */
const mostPages = 100;

/** What is known of the objects of a bucket that a KMS key may encrypt. */
export interface Encrypted {
  /** Key of an object, or of an old version of one, that it encrypts. */
  readonly object?: string;
  /** Whether all were looked at. */
  readonly isWhole: boolean;
}

/**
 * Looks for an object that a KMS key encrypts, among those and the old versions that were put since a time.
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
