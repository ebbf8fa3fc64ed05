import {
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { type Emulator, startEmulator } from "../../../emulator";
import { codeOf, s3Client } from "../../support/s3Client";

const Bucket = "logs";
const Key = "a";

let emulator: Emulator;
let admin: S3Client;
let stranger: S3Client;
beforeEach(async () => {
  emulator = await startEmulator();
  admin = await s3Client(emulator);
  stranger = await s3Client(emulator, [], "stranger");
  await admin.send(new CreateBucketCommand({ Bucket }));
  await admin.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
});
afterEach(() => emulator.close());

const strangersId = () => emulator.cloud.tree.all().find(({ name }) => name === "stranger")?.id ?? "";
const anonymously = async (path: string) => (await fetch(`${emulator.storageProxy}${path}`)).status;
const resultOf = (request: Promise<unknown>) =>
  request.then(
    () => "OK",
    (error: Error) => error.name,
  );

/** Returns the actions that somebody can do on the bucket. */
async function rightsOf(client: S3Client) {
  return {
    read: await resultOf(client.send(new GetObjectCommand({ Bucket, Key }))),
    list: await resultOf(client.send(new ListObjectsV2Command({ Bucket }))),
    write: await resultOf(client.send(new PutObjectCommand({ Bucket, Key: "b", Body: "x" }))),
  };
}
const nothing = { read: "AccessDenied", list: "AccessDenied", write: "AccessDenied" };
const reading = { read: "OK", list: "OK", write: "AccessDenied" };

/** https://yandex.cloud/en/docs/storage/concepts/acl#predefined-acls */
test.each([
  ["private", nothing, 403],
  ["bucket-owner-full-control", nothing, 403],
  ["authenticated-read", reading, 403],
  ["public-read", reading, 200],
  ["public-read-write", { read: "OK", list: "OK", write: "OK" }, 200],
])(
  "the bucket's ACL %s gives an account without roles %j, and nobody in particular %d",
  async (name, rights, status) => {
    await admin.send(new PutBucketAclCommand({ Bucket, ACL: name as "private" }));
    expect(await rightsOf(stranger)).toEqual(rights);
    expect(await anonymously(`/${Bucket}/${Key}`)).toBe(status);
  },
);

test("a grant to one account holds for that account only, and covers the bucket's lifecycle rules", async () => {
  const other = await s3Client(emulator, [], "other");
  const Rules = [{ ID: "x", Status: "Enabled" as const, Filter: { Prefix: "" }, Expiration: { Days: 1 } }];
  await admin.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  const Grantee = { Type: "CanonicalUser" as const, ID: strangersId() };
  const AccessControlPolicy = { Owner: {}, Grants: [{ Grantee, Permission: "READ" as const }] };
  await admin.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy }));
  expect(await rightsOf(stranger)).toEqual(reading);
  expect(await rightsOf(other)).toEqual(nothing);
  const lifecycle = new GetBucketLifecycleConfigurationCommand({ Bucket });
  expect((await stranger.send(lifecycle)).Rules).toHaveLength(1);
  expect(await codeOf(other.send(lifecycle))).toBe("AccessDenied");
});

/** https://yandex.cloud/en/docs/storage/concepts/acl#permissions-types */
test("WRITE is not granted without READ", async () => {
  const Grantee = { Type: "CanonicalUser" as const, ID: strangersId() };
  const AccessControlPolicy = { Owner: {}, Grants: [{ Grantee, Permission: "WRITE" as const }] };
  expect(await codeOf(admin.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy })))).toBe(
    "NotImplemented",
  );
});

test("an ACL has at most 100 rules", async () => {
  const Grants = Array.from({ length: 101 }, (_, i) => ({
    Grantee: { Type: "CanonicalUser" as const, ID: `account-${i}` },
    Permission: "READ" as const,
  }));
  const put = (count: number) =>
    admin.send(
      new PutBucketAclCommand({
        Bucket,
        AccessControlPolicy: { Owner: {}, Grants: Grants.slice(0, count) },
      }),
    );
  expect(await codeOf(put(101))).toBe("MalformedACLError");
  await put(100);
});

test("an object's ACL opens it, and nothing else of its bucket", async () => {
  await admin.send(new PutObjectCommand({ Bucket, Key: "other", Body: "x" }));
  await admin.send(new PutObjectAclCommand({ Bucket, Key, ACL: "public-read" }));
  expect(await rightsOf(stranger)).toEqual({ ...nothing, read: "OK" });
  expect(await anonymously(`/${Bucket}/${Key}`)).toBe(200);
  expect(await anonymously(`/${Bucket}/other`)).toBe(403);
  const { Grants } = await admin.send(new GetObjectAclCommand({ Bucket, Key }));
  expect(Grants).toEqual([
    { Grantee: expect.objectContaining({ URI: expect.stringContaining("AllUsers") }), Permission: "READ" },
  ]);
  expect(await codeOf(stranger.send(new PutObjectAclCommand({ Bucket, Key, ACL: "private" })))).toBe(
    "AccessDenied",
  );
});

test("an object can come with its ACL", async () => {
  await admin.send(new PutObjectCommand({ Bucket, Key: "open", Body: "x", ACL: "public-read" }));
  expect(await anonymously(`/${Bucket}/open`)).toBe(200);
});
