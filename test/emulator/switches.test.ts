import { readFileSync } from "node:fs";
import { status } from "@grpc/grpc-js";
import { startEmulator } from "../../emulator";
import { switches } from "../../emulator/backend/switches";
import { Api, bucketRequest, s3, setUpTrail } from "../support/api";
import { byDeployer } from "../support/localStack";

test("the README's table has every switch, with its positions, the default first", () => {
  const readme = readFileSync("emulator/README.md", "utf8");
  const rows = Object.entries(switches).map(([name, { values, default: usual, text }]) => {
    const others = values.filter((position) => position !== usual);
    return `| \`${name}\` | ${[usual, ...others].map((one) => `\`${one}\``).join(", ")} | ${text} |`;
  });
  expect(readme.split("\n").filter((line) => /^\| `\w+` \| `/.test(line))).toEqual(rows);
});

test.each([
  ["permission-denied", "PERMISSION_DENIED"],
  ["not-found", "NOT_FOUND"],
] as const)("a user who may not read a resource gets %s (unreadable)", async (position, code) => {
  await using emulator = await startEmulator({ switches: { unreadable: position } });
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  using stranger = new Api(emulator, emulator.issueToken({ type: "userAccount", id: "stranger" }));
  const bindings = { resourceId: keyId, pageSize: 0, pageToken: "" };
  expect(await stranger.codeOf("keys", "get", { keyId })).toBe(code);
  expect(await stranger.codeOf("keys", "listAccessBindings", bindings)).toBe(code);
  // Who may read a resource, and not its bindings, knows that it is there.
  const resourceId = await api.createServiceAccount("account");
  const reader = { type: "userAccount", id: "reader" };
  emulator.cloud.access.add(resourceId, { roleId: "iam.viewer", subject: reader });
  using user = new Api(emulator, emulator.issueToken(reader));
  const ofAccount = { ...bindings, resourceId };
  expect(await user.codeOf("serviceAccounts", "listAccessBindings", ofAccount)).toBe("PERMISSION_DENIED");
  // Changing is refused in any case.
  expect(await stranger.codeOf("keys", "delete", { keyId })).toBe("PERMISSION_DENIED");
});

test.each([
  ["described", "Symmetric key none not found"],
  ["code-only", "NOT_FOUND"],
] as const)("errors are %s (errorTexts)", async (position, text) => {
  await using emulator = await startEmulator({ switches: { errorTexts: position } });
  using api = new Api(emulator);
  await expect(api.call("keys", "get", { keyId: "none" })).rejects.toMatchObject({ details: text });
});

test.each([
  ["lowercase", /^abj[0-9a-v]{17}$/],
  ["mixed", /^abj[0-9a-zA-Z_-]{29}$/],
] as const)("ids are %s (ids)", async (position, form) => {
  await using emulator = await startEmulator({ switches: { ids: position } });
  using api = new Api(emulator);
  expect(await api.createKey("key")).toMatch(form);
});

test.each([
  ["reason-and-text", "BUCKET_QUOTA_EXCEEDED: Bucket audit-logs is full"],
  ["text-only", "Bucket audit-logs is full"],
  ["reason-only", "BUCKET_QUOTA_EXCEEDED"],
] as const)("a trail in ERROR says %s (statusErrorMessage)", async (position, message) => {
  await using emulator = await startEmulator({ switches: { statusErrorMessage: position } });
  using api = new Api(emulator);
  const { bucket, trailId } = await setUpTrail(emulator, api);
  emulator.cloud.clock.advance({ minutes: 5 });
  emulator.cloud.buckets.update(byDeployer(emulator), bucket, { maxSize: 1 });
  emulator.cloud.clock.advance({ minutes: 5 });
  expect(await api.call("trails", "get", { trailId })).toMatchObject({
    status: 2,
    statusErrorMessage: message,
  });
});

/** https://yandex.cloud/en/docs/audit-trails/operations/error */
test.each([
  ["at-delivery", [1, 2]],
  ["at-once", [2, 2]],
] as const)("the status follows %s (trailReview)", async (position, statuses) => {
  await using emulator = await startEmulator({ switches: { trailReview: position } });
  using api = new Api(emulator);
  const { accountId, trailId } = await setUpTrail(emulator, api);
  const { organizationId } = emulator.cloud;
  const statusOf = async () => (await api.call("trails", "get", { trailId })).status;
  await api.bind("organizations", organizationId, "audit-trails.viewer", accountId, 2);
  const seen = [await statusOf()];
  emulator.cloud.clock.advance({ minutes: 5 });
  seen.push(await statusOf());
  expect(seen).toEqual(statuses);
});

test.each([
  [{}, String.raw`\d{4}/\d\d/\d\d/\d\d-\d\d-\d\d-log[0-9a-v]{17}`],
  [{ deliveryFolders: "month" }, String.raw`\d{4}/\d\d/\d\d-\d\d-\d\d-log[0-9a-v]{17}`],
  [{ deliveryFileName: "id" }, String.raw`\d{4}/\d\d/\d\d/log[0-9a-v]{17}`],
] as const)("with %j log objects have keys like %s", async (switches, form) => {
  await using emulator = await startEmulator({ switches });
  using api = new Api(emulator);
  const { bucket, trailId } = await setUpTrail(emulator, api);
  emulator.cloud.clock.advance({ minutes: 5 });
  const [key] = emulator.cloud.objects.keys(bucket, "");
  expect(key).toMatch(new RegExp(`^${trailId}/${form}\\.json$`));
});

test.each([
  ["unlimited", false],
  ["64-kib", true],
] as const)(
  "an event of 100 KiB is delivered where events are %s (largestEvent)",
  async (position, isCut) => {
    await using emulator = await startEmulator({ switches: { largestEvent: position } });
    using api = new Api(emulator);
    const { bucket } = await setUpTrail(emulator, api);
    // Refused, and recorded with what was asked for.
    await api.codeOf("keys", "update", {
      keyId: await api.createKey("key"),
      name: "n".repeat(100 * 1024),
      description: "",
      labels: {},
      status: 0,
      defaultAlgorithm: 0,
      deletionProtection: false,
    });
    emulator.cloud.clock.advance({ minutes: 5 });
    const { cloud } = emulator;
    const [key = ""] = cloud.objects.keys(bucket, "");
    const events = JSON.parse(cloud.objects.get(cloud.deployer, bucket, key).body.toString());
    const { request_parameters: parameters = {}, error } = events.at(-1);
    expect(error).toMatchObject({ code: 3 });
    expect(Object.keys(parameters).length === 0).toBe(isCut);
  },
);

test("a cloud whose storage is used up sends trails to ERROR, and takes no more objects", async () => {
  await using emulator = await startEmulator({ quotas: { storageBytes: 20_000 } });
  using api = new Api(emulator);
  const { bucket, trailId } = await setUpTrail(emulator, api);
  const { cloud } = emulator;
  cloud.objects.put(cloud.deployer, bucket, "large", Buffer.alloc(20_000), "text/plain");
  cloud.clock.advance({ minutes: 5 });
  const trail = await api.call("trails", "get", { trailId });
  expect(trail).toMatchObject({
    status: 2,
    statusErrorMessage: expect.stringMatching(/^BUCKET_CLOUD_QUOTA_EXCEEDED/),
  });
  expect(() => cloud.objects.put(cloud.deployer, bucket, "more", Buffer.alloc(1), "text/plain")).toThrow(
    "used up",
  );
  cloud.objectDeletions.delete(cloud.deployer, bucket, "large");
  cloud.clock.advance({ minutes: 5 });
  expect(await api.call("trails", "get", { trailId })).toMatchObject({ status: 1, statusErrorMessage: "" });
});

/** Reported of the real one as the second: https://github.com/yandex-cloud/terraform-provider-yandex/issues/356 */
test.each([
  ["disabled", "VERSIONING_DISABLED", "<VersioningConfiguration xmlns="],
  ["suspended", "VERSIONING_SUSPENDED", "<Status>Suspended</Status>"],
] as const)(
  "a bucket that was never versioned is %s when versioning is suspended (versioningOff)",
  async (position, versioning, xml) => {
    await using emulator = await startEmulator({ switches: { versioningOff: position } });
    using api = new Api(emulator);
    const { folderId } = emulator.cloud;
    const suspend = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    await api.call("buckets", "create", bucketRequest(folderId, "by-s3"));
    await s3(emulator, "PUT", "/by-s3?versioning", { body: suspend });
    await api.call("buckets", "create", bucketRequest(folderId, "by-grpc"));
    await api.callNewest("yandex.cloud.storage.v1.BucketService.Update", {
      name: "by-grpc",
      updateMask: { paths: ["versioning"] },
      versioning: "VERSIONING_SUSPENDED",
    });
    for (const name of ["by-s3", "by-grpc"]) {
      expect(emulator.cloud.buckets.find(name)?.versioning).toBe(versioning);
      expect(await (await s3(emulator, "GET", `/${name}?versioning`)).text()).toContain(xml);
    }
  },
);

test.each([
  ["refuse", "FAILED_PRECONDITION"],
  ["delete", "OK"],
] as const)("the deletion of an account that a trail uses: %s (accountInUse)", async (position, code) => {
  await using emulator = await startEmulator({ switches: { accountInUse: position } });
  using api = new Api(emulator);
  const { accountId } = await setUpTrail(emulator, api);
  expect(await api.codeOf("serviceAccounts", "delete", { serviceAccountId: accountId })).toBe(code);
});

test.each([
  ["accept", "OK"],
  ["not-found", "NOT_FOUND"],
] as const)("the removal of a binding that is not there: %s (missingBinding)", async (position, code) => {
  await using emulator = await startEmulator({ switches: { missingBinding: position } });
  using api = new Api(emulator);
  const id = await api.createServiceAccount("account");
  const removal = api.bind("folders", emulator.cloud.folderId, "storage.viewer", id, 2);
  expect(
    await removal.then(
      () => "OK",
      ({ code }) => status[code],
    ),
  ).toBe(code);
});

test.each([
  ["encrypter", "ACTIVE"],
  ["encrypter-decrypter", "ERROR"],
] as const)(
  "a trail's account that may only encrypt, where %s is needed (trailKeyRole)",
  async (position, state) => {
    await using emulator = await startEmulator({ switches: { trailKeyRole: position } });
    using api = new Api(emulator);
    const { keyId, accountId, trailId } = await setUpTrail(emulator, api);
    await api.bind("keys", keyId, "kms.keys.encrypter", accountId);
    await api.bind("keys", keyId, "kms.keys.encrypterDecrypter", accountId, 2);
    expect(emulator.cloud.trails.review(trailId).status).toBe(state);
  },
);

test.each([
  ["folder-or-bucket", "ACTIVE"],
  ["folder", "ERROR"],
] as const)(
  "a trail's account that may upload to the bucket alone, where it needs the role on %s (trailUploaderPlace)",
  async (position, state) => {
    await using emulator = await startEmulator({ switches: { trailUploaderPlace: position } });
    using api = new Api(emulator);
    const { bucket, accountId, trailId } = await setUpTrail(emulator, api);
    const { cloud } = emulator;
    await api.bind("buckets", bucket, "storage.uploader", accountId);
    await api.bind("folders", cloud.folderId, "storage.uploader", accountId, 2);
    expect(cloud.trails.review(trailId).status).toBe(state);

    // The role on the bucket holds for requests by S3 too, and in no other bucket of the folder.
    await api.call("buckets", "create", bucketRequest(cloud.folderId, "beside"));
    const token = emulator.issueToken({ type: "serviceAccount", id: accountId });
    const put = async (name: string) =>
      (await s3(emulator, "PUT", `/${name}/log`, { token, body: "{}" })).status;
    expect([await put(bucket), await put("beside")]).toEqual([200, 403]);
  },
);
