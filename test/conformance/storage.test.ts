import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  ACL_Grant_GrantType,
  ACL_Grant_Permission,
  Bucket,
  CorsRule_Method,
  HTTPSConfig,
  HTTPSConfig_SourceType,
  ObjectLock_DefaultRetention_Mode,
  ObjectLock_ObjectLockStatus,
  Versioning,
  WebsiteSettings_Protocol,
} from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import {
  BucketServiceClient,
  CreateBucketMetadata,
  CreateBucketRequest,
  type DeepPartial,
  DeleteBucketHTTPSConfigMetadata,
  DeleteBucketMetadata,
  GetBucketRequest_View,
  SetBucketHTTPSConfigMetadata,
  SetBucketHTTPSConfigRequest,
  UpdateBucketMetadata,
  UpdateBucketRequest,
} from "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service";
import { empty, useTarget } from "./support/target";

const message = (name: string) => `yandex.cloud.storage.v1.${name}`;
const bucketType = [message("Bucket"), Bucket] as const;

const target = useTarget();
let s3: S3Client;
beforeAll(async () => {
  s3 = await target().s3(await target().serviceAccount("s3", "storage.admin"));
});

const buckets = () => target().client(BucketServiceClient);
const get = (name: string) => buckets().get({ name, view: GetBucketRequest_View.VIEW_FULL });

async function create(fields: DeepPartial<CreateBucketRequest> = {}): Promise<Bucket> {
  const name = target().name("conformance");
  const request = CreateBucketRequest.fromPartial({ folderId: target().folderId, name, ...fields });
  const { metadata, response } = await target().finished(
    await buckets().create(request),
    [message("CreateBucketMetadata"), CreateBucketMetadata],
    bucketType,
  );
  expect(metadata).toEqual({ name: response.name });
  target().atEnd(async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: name }),
    );
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket: name, Delete: { Objects } }));
    await buckets().delete({ name });
  });
  return response;
}

async function update(name: string, fields: DeepPartial<UpdateBucketRequest>, ...paths: string[]) {
  const { metadata, response } = await target().finished(
    await buckets().update(UpdateBucketRequest.fromPartial({ name, ...fields, updateMask: { paths } })),
    [message("UpdateBucketMetadata"), UpdateBucketMetadata],
    bucketType,
  );
  expect(metadata).toEqual({ name });
  return response;
}

/** https://yandex.cloud/en/docs/storage/api-ref/Bucket/create */
test("a bucket has what it was created with", async () => {
  const fields = {
    defaultStorageClass: "STANDARD_IA",
    maxSize: 1 << 20,
    anonymousAccessFlags: { read: false, list: false, configRead: false },
    tags: [{ key: "team", value: "security" }],
    versioning: Versioning.VERSIONING_ENABLED,
  };
  const created = await create(fields);
  expect(created).toMatchObject({ ...fields, id: created.name, folderId: target().folderId });
  expect(await get(created.name)).toEqual(created);
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: created.name }));
  expect(Status).toBe("Enabled");
});

test("taken names and invalid names are refused", async () => {
  const { name } = await create();
  await expect(create({ name })).rejects.toThrow("ALREADY_EXISTS");
  for (const bad of ["ab", "Upper-case", "-dash", "a..b", "192.168.0.1"])
    await expect(create({ name: bad })).rejects.toThrow("INVALID_ARGUMENT");
});

/** https://yandex.cloud/en/docs/storage/api-ref/Bucket/get */
test("views show more and more of a bucket, and lists the least", async () => {
  const { name } = await create({ tags: [{ key: "team", value: "security" }] });
  const grants = [
    { grantType: ACL_Grant_GrantType.GRANT_TYPE_ALL_USERS, permission: ACL_Grant_Permission.PERMISSION_READ },
  ];
  await update(name, { acl: { grants } }, "acl");
  const seen = async (view: GetBucketRequest_View) => {
    const { acl, tags } = await buckets().get({ name, view });
    return { grants: acl?.grants.length ?? 0, tags: tags.length };
  };
  expect(await seen(GetBucketRequest_View.VIEW_BASIC)).toEqual({ grants: 0, tags: 0 });
  expect(await seen(GetBucketRequest_View.VIEW_ACL)).toEqual({ grants: 1, tags: 0 });
  expect(await seen(GetBucketRequest_View.VIEW_FULL)).toEqual({ grants: 1, tags: 1 });
  const page = { folderId: target().folderId, pageSize: 1000, pageToken: "" };
  const listed = (await buckets().list(page)).buckets.find((bucket) => bucket.name === name);
  expect({ acl: listed?.acl, tags: listed?.tags }).toEqual({ acl: undefined, tags: [] });
});

describe("what gRPC sets, S3 shows", () => {
  const rule = { id: "expire", enabled: true, expiration: { days: 30 }, filter: { prefix: "logs/" } };
  const cors = {
    id: "console",
    allowedMethods: [CorsRule_Method.METHOD_GET],
    allowedOrigins: ["https://console.example"],
    allowedHeaders: ["*"],
    exposeHeaders: ["ETag"],
    maxAgeSeconds: 60,
  };

  test("lifecycle rules, CORS rules and a website", async () => {
    const { name: Bucket } = await create();
    await update(
      Bucket,
      { lifecycleRules: [rule], cors: [cors], websiteSettings: { index: "index.html", error: "error.html" } },
      "lifecycle_rules",
      "cors",
      "website_settings",
    );
    expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toEqual([
      { ID: "expire", Status: "Enabled", Filter: { Prefix: "logs/" }, Expiration: { Days: 30 } },
    ]);
    expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([
      {
        ID: "console",
        AllowedMethods: ["GET"],
        AllowedOrigins: ["https://console.example"],
        AllowedHeaders: ["*"],
        ExposeHeaders: ["ETag"],
        MaxAgeSeconds: 60,
      },
    ]);
    expect(await s3.send(new GetBucketWebsiteCommand({ Bucket }))).toMatchObject({
      IndexDocument: { Suffix: "index.html" },
      ErrorDocument: { Key: "error.html" },
    });
  });

  test("object lock", async () => {
    const { name: Bucket } = await create({ versioning: Versioning.VERSIONING_ENABLED });
    const defaultRetention = { mode: ObjectLock_DefaultRetention_Mode.MODE_GOVERNANCE, days: 1 };
    const objectLock = { status: ObjectLock_ObjectLockStatus.OBJECT_LOCK_STATUS_ENABLED, defaultRetention };
    await update(Bucket, { objectLock }, "object_lock");
    const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } },
    });
  });

  test("no encryption in a bucket without it", async () => {
    const { name: Bucket } = await create();
    await expect(s3.send(new GetBucketEncryptionCommand({ Bucket }))).rejects.toThrow(
      "ServerSideEncryptionConfigurationNotFoundError",
    );
  });
});

describe("what S3 sets, gRPC shows", () => {
  test("CORS rules, a website, an ACL", async () => {
    const { name: Bucket } = await create();
    const CORSRules = [{ AllowedMethods: ["PUT", "POST"], AllowedOrigins: ["*"] }];
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
    const RoutingRules = [
      {
        Condition: { KeyPrefixEquals: "old/" },
        Redirect: { ReplaceKeyPrefixWith: "new/", Protocol: "https" as const },
      },
    ];
    const WebsiteConfiguration = { IndexDocument: { Suffix: "index.html" }, RoutingRules };
    await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: "authenticated-read" }));
    expect(await get(Bucket)).toMatchObject({
      cors: [
        {
          allowedMethods: [CorsRule_Method.METHOD_PUT, CorsRule_Method.METHOD_POST],
          allowedOrigins: ["*"],
        },
      ],
      websiteSettings: {
        index: "index.html",
        routingRules: [
          {
            condition: { keyPrefixEquals: "old/" },
            redirect: { replaceKeyPrefixWith: "new/", protocol: WebsiteSettings_Protocol.PROTOCOL_HTTPS },
          },
        ],
      },
      acl: {
        grants: [
          {
            permission: ACL_Grant_Permission.PERMISSION_READ,
            grantType: ACL_Grant_GrantType.GRANT_TYPE_ALL_AUTHENTICATED_USERS,
          },
        ],
      },
    });
  });
});

/** https://yandex.cloud/en/docs/storage/concepts/versioning */
test("a versioned bucket keeps overwritten and deleted objects", async () => {
  const { name: Bucket } = await create({ versioning: Versioning.VERSIONING_ENABLED });
  const Key = "logs/a.json";
  const first = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "one" }));
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "two" }));
  const { DeleteMarker } = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  expect(DeleteMarker).toBe(true);
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: "NotFound" });
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect([Versions?.length, DeleteMarkers?.length]).toEqual([2, 1]);
  const old = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId: first.VersionId }));
  expect(await old.Body?.transformToString()).toBe("one");
  await expect(buckets().delete({ name: Bucket })).rejects.toThrow("FAILED_PRECONDITION");
});

/** https://yandex.cloud/en/docs/storage/api-ref/Bucket/getStats */
test("statistics count objects and unfinished uploads", async () => {
  const { name } = await create();
  await s3.send(new PutObjectCommand({ Bucket: name, Key: "a", Body: "12345" }));
  await s3.send(new CreateMultipartUploadCommand({ Bucket: name, Key: "b" }));
  expect(await buckets().getStats({ name })).toMatchObject({
    name,
    usedSize: 5,
    storageClassUsedSizes: [{ storageClass: "STANDARD", classSize: 5 }],
    storageClassCounters: [
      { counters: { simpleObjectCount: 1, simpleObjectSize: 5, activeMultipartCount: 1 } },
    ],
  });
});

/** https://yandex.cloud/en/docs/storage/api-ref/Bucket/setHTTPSConfig */
test("a bucket takes a certificate of Certificate Manager, and gives it up", async () => {
  const { name } = await create();
  await expect(buckets().getHTTPSConfig({ name })).rejects.toThrow("NOT_FOUND");
  const certificateManager = { certificateId: "fpq00000000000000001" };
  const { metadata, response } = await target().finished(
    await buckets().setHTTPSConfig(SetBucketHTTPSConfigRequest.fromPartial({ name, certificateManager })),
    [message("SetBucketHTTPSConfigMetadata"), SetBucketHTTPSConfigMetadata],
    [message("HTTPSConfig"), HTTPSConfig],
  );
  expect(metadata).toEqual({ name });
  const sourceType = HTTPSConfig_SourceType.SOURCE_TYPE_MANAGED_BY_CERTIFICATE_MANAGER;
  expect(response).toMatchObject({ name, sourceType, ...certificateManager });
  expect(await buckets().getHTTPSConfig({ name })).toEqual(response);
  await target().finished(
    await buckets().deleteHTTPSConfig({ name }),
    [message("DeleteBucketHTTPSConfigMetadata"), DeleteBucketHTTPSConfigMetadata],
    empty,
  );
  await expect(buckets().getHTTPSConfig({ name })).rejects.toThrow("NOT_FOUND");
});

test("an empty bucket is deleted", async () => {
  const { name } = await create();
  const { metadata } = await target().finished(
    await buckets().delete({ name }),
    [message("DeleteBucketMetadata"), DeleteBucketMetadata],
    empty,
  );
  expect(metadata).toEqual({ name });
  await expect(get(name)).rejects.toThrow("NOT_FOUND");
});
