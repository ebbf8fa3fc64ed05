import { createHash } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { bucketPolicyOf } from "../../../components/bucket/policy";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import { Api } from "../../support/api";
import { byDeployer } from "../../support/localStack";
import { codeOf, s3Client } from "../../support/s3Client";

const Bucket = "logs";

async function withBucket(options: EmulatorOptions = {}): Promise<{ emulator: Emulator; s3: S3Client }> {
  const emulator = await startEmulator(options);
  const s3 = await s3Client(emulator);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { emulator, s3 };
}

const enableVersions = (s3: S3Client) =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
const lock = (s3: S3Client, DefaultRetention?: { Mode: "GOVERNANCE" | "COMPLIANCE"; Days: number }) =>
  s3.send(
    new PutObjectLockConfigurationCommand({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        Rule: DefaultRetention && { DefaultRetention },
      },
    }),
  );
const put = (s3: S3Client, Key: string, others: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", ...others }));
const md5OfX = createHash("md5").update("x").digest("base64");

/** https://yandex.cloud/en/docs/storage/concepts/object-lock */
describe("object lock", () => {
  test("needs versioning, is shown as it was put, and keeps versioning on", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    expect(await codeOf(lock(s3, { Mode: "GOVERNANCE", Days: 3 }))).toBe("InvalidBucketState");
    await enableVersions(s3);
    await lock(s3, { Mode: "GOVERNANCE", Days: 3 });
    const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    expect(ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 3 } },
    });
    const suspend = { Bucket, VersioningConfiguration: { Status: "Suspended" } } as const;
    expect(await codeOf(s3.send(new PutBucketVersioningCommand(suspend)))).toBe("InvalidBucketState");
    expect(() =>
      emulator.cloud.buckets.update(byDeployer(emulator), Bucket, { versioning: "VERSIONING_SUSPENDED" }),
    ).toThrow("Object lock needs versioning");
    using api = new Api(emulator);
    const { objectLock } = await api.call("buckets", "get", { name: Bucket, view: 3 });
    expect(objectLock).toMatchObject({ status: 2, defaultRetention: { mode: 1, days: 3 } });
  });

  test.each([
    ["GOVERNANCE", true],
    ["COMPLIANCE", false],
  ] as const)(
    "%s holds a version until its time; an administrator's bypass opens it: %s",
    async (Mode, opens) => {
      const { emulator, s3 } = await withBucket();
      await using _emulator = emulator;
      await enableVersions(s3);
      await lock(s3, { Mode, Days: 3 });
      const { VersionId } = await put(s3, "a", { ContentMD5: md5OfX });
      const { ObjectLockMode, ObjectLockRetainUntilDate } = await s3.send(
        new HeadObjectCommand({ Bucket, Key: "a" }),
      );
      expect(ObjectLockMode).toBe(Mode);
      expect(Number(ObjectLockRetainUntilDate) - Date.now()).toBeGreaterThan(2.9 * 86_400_000);
      const remove = (BypassGovernanceRetention?: boolean) =>
        s3.send(new DeleteObjectCommand({ Bucket, Key: "a", VersionId, BypassGovernanceRetention }));
      expect(await codeOf(remove())).toBe("AccessDenied");
      const uploader = await s3Client(emulator, ["storage.editor"], "editor");
      const byEditor = new DeleteObjectCommand({
        Bucket,
        Key: "a",
        VersionId,
        BypassGovernanceRetention: true,
      });
      expect(await codeOf(uploader.send(byEditor))).toBe("AccessDenied");
      if (opens) await remove(true);
      else expect(await codeOf(remove(true))).toBe("AccessDenied");
      // A deletion without a version only hides it.
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
      if (opens) return;
      expect(
        await (
          await s3.send(new GetObjectCommand({ Bucket, Key: "a", VersionId }))
        ).Body?.transformToString(),
      ).toBe("x");
      const until = new Date(Date.now() + 86_400_000);
      const shorten = new PutObjectRetentionCommand({
        Bucket,
        Key: "a",
        VersionId,
        Retention: { Mode, RetainUntilDate: until },
        BypassGovernanceRetention: true,
      });
      expect(await codeOf(s3.send(shorten))).toBe("AccessDenied");
      const longer = new Date(Date.now() + 9 * 86_400_000);
      await s3.send(
        new PutObjectRetentionCommand({
          Bucket,
          Key: "a",
          VersionId,
          Retention: { Mode, RetainUntilDate: longer },
        }),
      );
      const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key: "a", VersionId }));
      expect(Retention?.RetainUntilDate?.getTime()).toBe(longer.getTime());
    },
  );

  test("a legal hold has no end and no bypass, and an uploader may remove it", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    await enableVersions(s3);
    await lock(s3);
    const { VersionId } = await put(s3, "a", { ObjectLockLegalHoldStatus: "ON" });
    emulator.cloud.clock.advance({ minutes: 14 });
    const remove = () =>
      s3.send(new DeleteObjectCommand({ Bucket, Key: "a", VersionId, BypassGovernanceRetention: true }));
    expect(await codeOf(remove())).toBe("AccessDenied");
    const uploader = await s3Client(emulator, ["storage.uploader"], "uploader");
    await uploader.send(
      new PutObjectLegalHoldCommand({ Bucket, Key: "a", VersionId, LegalHold: { Status: "OFF" } }),
    );
    await remove();
  });

  test.each([
    ["need-content-md5", "InvalidArgument"],
    ["accepted", undefined],
  ] as const)("uploads without Content-MD5 under default retention: %s", async (lockedUploads, refusal) => {
    const { emulator, s3 } = await withBucket({ switches: { lockedUploads } });
    await using _emulator = emulator;
    await enableVersions(s3);
    await lock(s3, { Mode: "GOVERNANCE", Days: 3 });
    if (refusal) expect(await codeOf(put(s3, "a"))).toBe(refusal);
    else await put(s3, "a");
    await put(s3, "b", { ContentMD5: md5OfX });
  });
});

/** https://yandex.cloud/en/docs/storage/concepts/lifecycles */
describe("lifecycle", () => {
  const configure = (s3: S3Client, ...Rules: LifecycleRule[]) =>
    s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  /** Signatures are too old after that, so tokens read on. */
  const keysLeft = (emulator: Emulator) =>
    emulator.cloud.objects
      .listVersions(emulator.cloud.deployer, Bucket)
      .map(({ key, isDeleteMarker, isLatest }) => {
        return `${key}${isDeleteMarker ? " marker" : isLatest ? "" : " old"}`;
      });
  const rule = (others: Partial<LifecycleRule>): LifecycleRule => ({
    ID: "rule",
    Status: "Enabled",
    Filter: {},
    ...others,
  });

  test("rules are shown as they were put, by S3 and gRPC alike, and ids may not repeat", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    const rules = [
      rule({ ID: "a", Filter: { Prefix: "p/" }, Expiration: { Days: 30 } }),
      rule({ ID: "b", Transitions: [{ Days: 9, StorageClass: "COLD" as never }] }),
      rule({
        ID: "c",
        Filter: { And: { Prefix: "q", Tags: [{ Key: "k", Value: "v" }] } },
        Expiration: { Days: 1 },
      }),
      rule({
        ID: "d",
        NoncurrentVersionExpiration: { NoncurrentDays: 2, NewerNoncurrentVersions: 3 },
        NoncurrentVersionTransitions: [
          { NoncurrentDays: 1, NewerNoncurrentVersions: 1, StorageClass: "COLD" as never },
        ],
      }),
      rule({ ID: "e", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }),
    ];
    await configure(s3, ...rules);
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toEqual(rules);
    using api = new Api(emulator);
    const { lifecycleRules } = await api.call("buckets", "get", { name: Bucket, view: 3 });
    expect(lifecycleRules).toMatchObject([
      { id: "a", enabled: true, filter: { prefix: "p/" }, expiration: { days: 30 } },
      { id: "b", transitions: [{ days: 9, storageClass: "COLD" }] },
      { id: "c", filter: { andOperator: { prefix: "q", tag: [{ key: "k", value: "v" }] } } },
      { id: "d", noncurrentExpiration: { noncurrentDays: 2 } },
      { id: "e", abortIncompleteMultipartUpload: { daysAfterExpiration: 7 } },
    ]);
    expect(await codeOf(configure(s3, rule({}), rule({})))).toBe("MalformedXML");
  });

  test("expiry, cold storage and prefixes are applied at the beginning of a day", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    await configure(
      s3,
      rule({ ID: "a", Filter: { Prefix: "old/" }, Expiration: { Days: 2 } }),
      rule({ ID: "b", Transitions: [{ Days: 1, StorageClass: "COLD" as never }] }),
      rule({ ID: "c", Status: "Disabled", Expiration: { Days: 1 } }),
    );
    await put(s3, "old/a");
    await put(s3, "new/a");
    emulator.cloud.clock.advance({ hours: 49 });
    expect(keysLeft(emulator)).toEqual(["new/a"]);
    const [object] = emulator.cloud.objects.list(emulator.cloud.deployer, Bucket);
    expect(object?.storageClass).toBe("COLD");
  });

  test("a number of old versions can be kept at any age", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    await enableVersions(s3);
    for (const _ of Array(4)) await put(s3, "a");
    const NoncurrentVersionExpiration = { NoncurrentDays: 1, NewerNoncurrentVersions: 2 };
    await configure(s3, rule({ NoncurrentVersionExpiration }));
    emulator.cloud.clock.advance({ hours: 49 });
    expect(emulator.cloud.objects.versionsOf(Bucket, "a")).toHaveLength(3);
  });

  test("in a versioned bucket expiry hides objects, other rules delete old versions and lone markers, and locks hold", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    await enableVersions(s3);
    await lock(s3);
    const until = new Date(Date.now() + 30 * 86_400_000);
    await put(s3, "locked", { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: until });
    await put(s3, "free");
    await configure(
      s3,
      rule({ ID: "a", Expiration: { Days: 1 } }),
      rule({
        ID: "b",
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        Expiration: { ExpiredObjectDeleteMarker: true },
      }),
    );
    emulator.cloud.clock.advance({ hours: 25 });
    expect(keysLeft(emulator)).toEqual(["free marker", "free old", "locked marker", "locked old"]);
    emulator.cloud.clock.advance({ hours: 25 });
    expect(keysLeft(emulator)).toEqual(["free marker", "locked marker", "locked old"]);
    emulator.cloud.clock.advance({ hours: 24 });
    expect(keysLeft(emulator)).toEqual(["locked marker", "locked old"]);
    emulator.cloud.clock.advance({ hours: 30 * 24 });
    expect(keysLeft(emulator)).toEqual(["locked marker"]);
  });
});

/** https://yandex.cloud/en/docs/storage/security/overview: roles first, then the policy, in which a denial wins. */
describe("bucket policy", () => {
  const setPolicy = (s3: S3Client, policy: string) =>
    s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy }));

  test("of a log bucket: uploaders upload, readers read, administrators configure, nobody deletes, others are out", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    const clients = {
      uploader: await s3Client(emulator, ["storage.uploader"], "uploader"),
      reader: await s3Client(emulator, ["storage.viewer"], "reader"),
      stranger: await s3Client(emulator, ["storage.admin"], "stranger"),
    };
    const idOf = (name: string) =>
      emulator.cloud.tree.all().find((resource) => resource.name === name)?.id ?? "";
    await put(s3, "a");
    await setPolicy(
      s3,
      bucketPolicyOf(Bucket, [idOf("uploader")], {
        administrators: [idOf("s3-user")],
        readers: [idOf("reader")],
      }),
    );
    const outcomes = await Promise.all(
      Object.entries({ admin: s3, ...clients }).map(async ([name, client]) => {
        const tried = await Promise.all(
          [
            new PutObjectCommand({ Bucket, Key: "b", Body: "x" }),
            new GetObjectCommand({ Bucket, Key: "a" }),
            new ListObjectsV2Command({ Bucket }),
            new ListObjectVersionsCommand({ Bucket }),
            new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
            new DeleteObjectCommand({ Bucket, Key: "a" }),
          ].map((command) =>
            client.send(command as never).then(
              () => "+",
              () => "-",
            ),
          ),
        );
        return [name, tried.join("")];
      }),
    );
    expect(Object.fromEntries(outcomes)).toEqual({
      admin: "+++++-",
      uploader: "+-----",
      reader: "-+++--",
      stranger: "------",
    });
  });

  test("a policy on TLS follows the switch that says how plain HTTP counts", async () => {
    const { emulator, s3 } = await withBucket({ switches: { plainHttp: "is-plain" } });
    await using _emulator = emulator;
    const id = emulator.cloud.tree.all().find(({ name }) => name === "s3-user")?.id ?? "";
    await setPolicy(s3, bucketPolicyOf(Bucket, ["other"], { administrators: [id] }));
    expect(await codeOf(put(s3, "a"))).toBe("AccessDenied");
  });

  test("an invalid policy is refused, and the one before stays", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    expect(await codeOf(setPolicy(s3, "{"))).toBe("MalformedPolicy");
    const long = JSON.stringify({ Statement: [{ Effect: "Allow", Sid: "x".repeat(21_000) }] });
    expect(await codeOf(setPolicy(s3, long))).toBe("InvalidArgument");
    await put(s3, "a");
  });
});

test("a public bucket shows only its objects to everybody", async () => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  await put(s3, "a");
  const status = async (path: string, method = "GET") =>
    (await fetch(`${emulator.storageProxy}/${Bucket}${path}`, { method })).status;
  expect([await status("/a"), await status("?list-type=2")]).toEqual([403, 403]);
  const { cloud } = emulator;
  cloud.buckets.update(byDeployer(emulator), Bucket, {
    anonymousAccessFlags: { read: true, list: false, configRead: false },
  });
  expect([await status("/a"), await status("?list-type=2"), await status("/a", "DELETE")]).toEqual([
    200, 403, 403,
  ]);
});

/** https://yandex.cloud/en/docs/storage/s3/api-ref/policy/conditions */
test.each([
  ["IpAddress", "127.0.0.0/8", "AccessDenied"],
  ["IpAddress", "10.0.0.0/8", "OK"],
  ["IpAddress", "127.0.0.1", "AccessDenied"],
  ["NotIpAddress", "127.0.0.0/8", "OK"],
  ["NotIpAddress", "10.0.0.0/8", "AccessDenied"],
])("a policy that denies by %s %s has its effect: %s", async (operator, network, expected) => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  const all = { Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::*" };
  const Condition = { [operator]: { "aws:SourceIp": network } };
  const Statement = [
    { Effect: "Allow", ...all },
    { Effect: "Deny", ...all, Action: "s3:ListBucket", Condition },
  ];
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Statement }) }));
  const listed = s3.send(new ListObjectsV2Command({ Bucket }));
  expect(
    await listed.then(
      () => "OK",
      ({ name }) => name,
    ),
  ).toBe(expected);
});

test("a policy without statements, or with an invalid network, is refused", async () => {
  await using emulator = await startEmulator();
  const call = byDeployer(emulator);
  emulator.cloud.buckets.create(call, { name: Bucket, folderId: emulator.cloud.folderId });
  const Condition = { IpAddress: { "aws:SourceIp": "300.0.0.0/8" } };
  for (const policy of [
    {},
    { Statement: ["x"] },
    { Statement: { Effect: "Deny", Principal: "*", Condition } },
  ])
    expect(() => emulator.cloud.buckets.update(call, Bucket, { policy })).toThrow(/statements|not a network/);
});
