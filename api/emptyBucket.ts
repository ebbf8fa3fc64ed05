import type {
  ListMultipartUploadsOutput,
  ObjectIdentifier,
  ObjectVersion,
  S3Client,
} from "@aws-sdk/client-s3";
import type { CloudApi } from "./connection";
import { each } from "./each";
import { CloudFailure } from "./failures";
import { objectStorage } from "./objectStorage";
import { pages, versionPages } from "./versionPages";

/** Version that a lock protects from deletion. */
interface LockedVersion {
  readonly key: string;
  /** End of its retention; absent if it has a legal hold. */
  readonly until?: Date;
}

/** Number and size of the versions in a bucket, and the locked ones among them. */
export interface BucketContents {
  readonly versions: number;
  readonly bytes: number;
  /** Number of locked versions. */
  readonly locked: number;
  /** First locked version, in the order of keys. */
  readonly firstLocked?: LockedVersion;
}

/**
 * Deletes everything in a bucket: objects, old versions, delete markers, unfinished uploads. If any version is locked,
 * nothing is deleted: all versions are checked before the first deletion. No request asks to bypass a lock.
 *
 * @throws {Error} if a request fails; the function stops at the first deletion that the service refuses.
 */
export async function emptyBucket(bucket: string, cloud: CloudApi): Promise<BucketContents> {
  const client = await objectStorage(cloud);
  try {
    const contents = await survey(client, bucket);
    if (contents.locked === 0) {
      await abortUploads(client, bucket);
      await deleteVersions(client, bucket);
    }
    return contents;
  } finally {
    client.destroy();
  }
}

async function survey(client: S3Client, bucket: string): Promise<BucketContents> {
  const canLock = await mayHoldLocks(client, bucket);
  let versions = 0;
  let bytes = 0;
  let locked = 0;
  let firstLocked: LockedVersion | undefined;
  for await (const { Versions = [] } of versionPages(client, bucket)) {
    versions += Versions.length;
    bytes += Versions.reduce((sum, { Size = 0 }) => sum + Size, 0);
    const found = canLock ? await lockedAmong(client, bucket, Versions) : [];
    locked += found.length;
    firstLocked ??= found[0];
  }
  return { versions, bytes, locked, firstLocked };
}

/**
 * Checks whether a bucket may hold locked versions. Only a bucket that never had versioning needs no check of its
 * versions: locks remain when object lock is switched off or versioning is suspended.
 */
async function mayHoldLocks(client: S3Client, Bucket: string): Promise<boolean> {
  const { GetBucketVersioningCommand } = await import("@aws-sdk/client-s3");
  return client.send(new GetBucketVersioningCommand({ Bucket })).then(
    ({ Status }) => Status !== undefined,
    () => true,
  );
}

async function lockedAmong(
  client: S3Client,
  Bucket: string,
  versions: readonly ObjectVersion[],
): Promise<LockedVersion[]> {
  const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
  const locked: (LockedVersion | undefined)[] = [];
  await each([...versions.entries()], async ([position, { Key, VersionId }]) => {
    const head = await client.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
    const until = head.ObjectLockRetainUntilDate;
    if (head.ObjectLockLegalHoldStatus === "ON") locked[position] = { key: String(Key) };
    else if (until && until > new Date()) locked[position] = { key: String(Key), until };
  });
  return locked.filter((version) => version !== undefined);
}

async function abortUploads(client: S3Client, Bucket: string): Promise<void> {
  const { AbortMultipartUploadCommand, ListMultipartUploadsCommand } = await import("@aws-sdk/client-s3");
  const list = ({ NextKeyMarker, NextUploadIdMarker }: ListMultipartUploadsOutput) =>
    client.send(
      new ListMultipartUploadsCommand({
        Bucket,
        KeyMarker: NextKeyMarker,
        UploadIdMarker: NextUploadIdMarker,
      }),
    );
  for await (const { Uploads = [] } of pages<ListMultipartUploadsOutput>(list))
    await each(Uploads, ({ Key, UploadId }) =>
      client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })),
    );
}

/** Deletes all versions of a bucket. A page of the listing and a request to delete both hold at most 1,000 versions. */
async function deleteVersions(client: S3Client, Bucket: string): Promise<void> {
  const { DeleteObjectsCommand } = await import("@aws-sdk/client-s3");
  for await (const { Versions = [], DeleteMarkers = [] } of versionPages(client, Bucket)) {
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) continue;
    const command = new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: Objects as ObjectIdentifier[], Quiet: true },
    });
    const [refused, ...others] = (await client.send(command)).Errors ?? [];
    if (refused)
      throw new CloudFailure(
        `${refused.Code} for version ${refused.VersionId} of ${refused.Key} in bucket ${Bucket}, and for ` +
          `${others.length} others: ${refused.Message}`,
      );
  }
}
