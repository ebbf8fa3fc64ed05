import { Agent } from "node:http";
import type { ObjectVersion, S3Client } from "@aws-sdk/client-s3";
import { type Connection, isNotFound, openCloud, sessionOf } from "./connection";

const publicStorage = "storage.yandexcloud.net";
/** Requests at a time. */
const concurrency = 16;

/** @throws {Error} if the service does not say, for want of a role for example. */
export async function bucketExists(name: string, connection: Connection): Promise<boolean> {
  const { BucketServiceClient, GetBucketRequest } = await import(
    "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service"
  );
  const { session, addressOf } = await openCloud(connection);
  const client = session.client(BucketServiceClient, addressOf("storage-api"));
  return client.get(GetBucketRequest.fromPartial({ name })).then(
    () => true,
    (error: Error) => {
      if (isNotFound(error)) return false;
      throw error;
    },
  );
}

/**
 * Deletes everything in a bucket: objects, old versions, delete markers, unfinished uploads. Whatever is under a lock keeps
 * all of it: that is looked into before the first deletion, and no request asks to bypass a lock.
 *
 * @param tell Is told what is going on.
 * @throws {Error} if something is locked, and at the first deletion that fails.
 */
export async function emptyBucket(
  bucket: string,
  connection: Connection,
  tell: (text: string) => Promise<void>,
): Promise<void> {
  const s3 = await import("@aws-sdk/client-s3");
  const client = await storageClient(connection);
  const versions: ObjectVersion[] = [];
  const markers: { Key?: string; VersionId?: string }[] = [];
  for await (const page of paginate((position) =>
    client.send(new s3.ListObjectVersionsCommand({ Bucket: bucket, ...position })),
  )) {
    versions.push(...(page.Versions ?? []));
    markers.push(...(page.DeleteMarkers ?? []));
  }
  const size = versions.reduce((sum, { Size = 0 }) => sum + Size, 0);
  await tell(
    `Bucket "${bucket}" holds ${versions.length} versions of logs, ${size} bytes. Looking for locks.`,
  );

  const locked: string[] = [];
  await each(versions, async ({ Key, VersionId }) => {
    const head = await client.send(new s3.HeadObjectCommand({ Bucket: bucket, Key, VersionId }));
    const until = head.ObjectLockRetainUntilDate;
    if (head.ObjectLockLegalHoldStatus === "ON") locked.push(`${Key} (legal hold)`);
    else if (until && until > new Date()) locked.push(`${Key} (until ${until.toISOString()})`);
  });
  if (locked.length > 0)
    throw new Error(
      `Nothing was deleted: ${locked.length} of ${versions.length} versions in bucket "${bucket}" are locked, ` +
        `such as ${locked.sort()[0]}. Keep the bucket, or try again when the locks have ended.`,
    );

  const uploads = (await client.send(new s3.ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
  await each(uploads, ({ Key, UploadId }) =>
    client.send(new s3.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })),
  );
  await each([...versions, ...markers], ({ Key, VersionId }) =>
    client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key, VersionId })),
  );
  await tell(
    `Deleted ${versions.length} versions of logs from bucket "${bucket}", as onRemoval: deleteWithLogs asks for.`,
  );
}

interface Position {
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string;
}

interface Page {
  readonly IsTruncated?: boolean;
  readonly NextKeyMarker?: string;
  readonly NextVersionIdMarker?: string;
}

async function* paginate<P extends Page>(list: (position: Position) => Promise<P>): AsyncGenerator<P> {
  let position: Position = {};
  for (;;) {
    const page = await list(position);
    yield page;
    if (!page.IsTruncated) return;
    position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/** Works on all items, some at a time; ends at the first failure. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const iterator = items.values();
  let failed = false;
  const worker = async () => {
    for (const item of iterator) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** A client that shows the token instead of a signature: https://yandex.cloud/en/docs/storage/api-ref/authentication */
async function storageClient(connection: Connection): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  // The vendor's SDK exchanges keys for tokens, but keeps the way to ask for one to itself.
  // biome-ignore lint/complexity/useLiteralKeys: the literal is what reaches it
  const token = await (await sessionOf(connection))["tokenCreator"]();
  const { storageEndpoint = publicStorage } = connection;
  const client = new S3Client({
    endpoint: storageEndpoint.includes("://") ? storageEndpoint : `https://${storageEndpoint}`,
    region: "ru-central1",
    forcePathStyle: true,
    credentials: { accessKeyId: "unused", secretAccessKey: "unused" },
    requestHandler: { httpAgent: new Agent({ proxyEnv: process.env }) },
  });
  const showToken: Middleware = (next) => (args) => {
    const { headers } = args.request as { headers: Record<string, string> };
    delete headers.authorization;
    headers["X-YaCloud-SubjectToken"] = token;
    return next(args);
  };
  client.middlewareStack.addRelativeTo(showToken as never, {
    name: "subjectToken",
    relation: "after",
    toMiddleware: "httpSigningMiddleware",
  });
  return client;
}

/** The part of the client's middleware that is used here: its own types are kept in a package that it does not export. */
type Middleware = (next: (args: Sent) => Promise<unknown>) => (args: Sent) => Promise<unknown>;

interface Sent {
  readonly request: unknown;
}
