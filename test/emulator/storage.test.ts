import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { Api, bucketRequest, s3, setUpTrail } from "../support/api";

/** Sends a request through the proxy, as the provider does. @returns status and body. */
async function throughProxy(emulator: Emulator, url: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(emulator.storageProxy);
  const headers = { "X-YaCloud-SubjectToken": emulator.issueToken() };
  const sent = request({ hostname, port, path: url, headers }).end();
  const [response] = await once(sent, "response");
  let body = "";
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body };
}

test("the proxy serves buckets by their host name, and no other host", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "logs"));
  const bucketUrl = emulator.storageEndpoint.replace("://", "://logs.");
  expect(await throughProxy(emulator, `${bucketUrl}/?versioning=`)).toMatchObject({ status: 200 });

  const foreign = await throughProxy(emulator, "http://storage.example.com/logs");
  expect(foreign.status).toBe(403);
  expect(foreign.body).toContain("serves storage.localcloud.test only, not storage.example.com");

  const socket = connect(Number(new URL(emulator.storageProxy).port), "127.0.0.1");
  socket.write("CONNECT storage.example.com:443 HTTP/1.1\r\nHost: storage.example.com:443\r\n\r\n");
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1.1 403 /);
});

/** Errors that the official provider accepts as "none". Any other error fails its refresh. */
test.each([
  ["policy", 404, "NoSuchBucketPolicy"],
  ["cors", 404, "NoSuchCORSConfiguration"],
  ["website", 404, "NoSuchWebsiteConfiguration"],
  ["object-lock", 404, "ObjectLockConfigurationNotFoundError"],
  ["lifecycle", 404, "NoSuchLifecycleConfiguration"],
  ["encryption", 404, "ServerSideEncryptionConfigurationNotFoundError"],
  ["versioning", 200, "VersioningConfiguration"],
  ["logging", 200, "BucketLoggingStatus"],
  ["tagging", 200, "TagSet"],
  ["acl", 200, "<Permission>FULL_CONTROL</Permission>"],
])("a new bucket's ?%s answers %d %s", async (subResource, status, text) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "logs"));
  const response = await s3(emulator, "GET", `/logs?${subResource}=`);
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(text);
});

test("objects of an encrypted bucket are stored as ciphertext, and nothing readable reaches the state file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-test-"));
  const stateFile = join(folder, "cloud.jsonl");
  {
    await using emulator = await startEmulator({ stateFile });
    using api = new Api(emulator);
    const { bucket, keyId } = await setUpTrail(emulator, api);
    const body = "the quick brown fox";
    expect((await s3(emulator, "PUT", `/${bucket}/secret.txt`, { body })).status).toBe(200);
    const response = await s3(emulator, "GET", `/${bucket}/secret.txt`);
    expect(await response.text()).toBe(body);
    expect(response.headers.get("x-amz-server-side-encryption-aws-kms-key-id")).toBe(keyId);

    const state = readFileSync(stateFile, "utf8");
    expect(state).toContain("secret.txt");
    expect(state).not.toContain(body);
    expect(state).not.toContain(Buffer.from(body).toString("base64"));
  }
  rmSync(folder, { recursive: true });
});

test("a user who may read the bucket but not use the key gets 403 and no part of the object", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { bucket, keyId } = await setUpTrail(emulator, api);
  await s3(emulator, "PUT", `/${bucket}/object`, { body: "contents" });
  const reader = await api.createServiceAccount("reader");
  await api.bind("folders", emulator.cloud.folderId, "storage.viewer", reader);
  const token = emulator.issueToken({ type: "serviceAccount", id: reader });

  const refused = await s3(emulator, "GET", `/${bucket}/object`, { token });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain("<Code>AccessDenied</Code>");
  await api.bind("keys", keyId, "kms.keys.decrypter", reader);
  expect(await (await s3(emulator, "GET", `/${bucket}/object`, { token })).text()).toBe("contents");
});

test("a role on the bucket's folder is needed for every kind of request", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { bucket } = await setUpTrail(emulator, api);
  const token = emulator.issueToken({ type: "userAccount", id: "stranger" });
  for (const [method, path] of [
    ["HEAD", ""],
    ["GET", "?list-type=2"],
    ["GET", "?encryption="],
    ["DELETE", "?encryption="],
    ["PUT", "/object"],
    ["GET", "/object"],
    ["DELETE", "/object"],
    ["DELETE", ""],
  ] as const)
    expect([method, path, (await s3(emulator, method, `/${bucket}${path}`, { token })).status]).toEqual([
      method,
      path,
      403,
    ]);
});

test("a bucket with objects cannot be deleted, an empty one can", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "logs"));
  await s3(emulator, "PUT", "/logs/object", { body: "contents" });
  const refused = await s3(emulator, "DELETE", "/logs");
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining("BucketNotEmpty")]);
  await s3(emulator, "DELETE", "/logs/object");
  expect((await s3(emulator, "DELETE", "/logs")).status).toBe(204);
  expect((await s3(emulator, "HEAD", "/logs")).status).toBe(404);
});

test("a bucket that S3 creates is the same one that gRPC shows, and its name is taken for both", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  expect((await s3(emulator, "PUT", "/logs")).status).toBe(200);
  expect((await s3(emulator, "PUT", "/logs")).status).toBe(409);
  const bucket = await api.call("buckets", "get", { name: "logs", view: 0 });
  expect(bucket).toMatchObject({
    id: "logs",
    folderId: emulator.cloud.folderId,
    defaultStorageClass: "STANDARD",
  });
  expect(await api.codeOf("buckets", "create", bucketRequest(emulator.cloud.folderId, "logs"))).toBe(
    "ALREADY_EXISTS",
  );
});

test("what S3 configures, gRPC shows", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { bucket, keyId } = await setUpTrail(emulator, api);
  const tags = "<Tagging><TagSet><Tag><Key>team</Key><Value>security</Value></Tag></TagSet></Tagging>";
  await s3(emulator, "PUT", `/${bucket}?tagging=`, { body: tags });
  await s3(emulator, "PUT", `/${bucket}?versioning=`, {
    body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
  });
  expect(await api.call("buckets", "get", { name: bucket, view: 3 })).toMatchObject({
    encryption: { rules: [{ kmsMasterKeyId: keyId, sseAlgorithm: "aws:kms" }] },
    tags: [{ key: "team", value: "security" }],
    versioning: 2,
  });
  await s3(emulator, "DELETE", `/${bucket}?encryption=`);
  const { encryption } = await api.call("buckets", "get", { name: bucket, view: 0 });
  expect(encryption?.rules ?? []).toEqual([]);
});

test("a field in gRPC's mask without a value is reset: encryption is off", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { bucket } = await setUpTrail(emulator, api);
  const update = (paths: string[]) =>
    api.call("buckets", "update", {
      ...bucketRequest("", bucket),
      cors: [],
      lifecycleRules: [],
      updateMask: { paths },
    });
  await update(["max_size"]);
  expect(emulator.cloud.buckets.find(bucket)?.kmsMasterKeyId).toBeDefined();
  await update(["encryption"]);
  expect(emulator.cloud.buckets.find(bucket)?.kmsMasterKeyId).toBeUndefined();
});

test("lists come in pages", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "logs"));
  for (const key of ["b/2", "a/1", "b/1"]) await s3(emulator, "PUT", `/logs/${key}`, { body: key });
  const first = await (await s3(emulator, "GET", "/logs?list-type=2&max-keys=2")).text();
  expect(first).toMatch(/<Key>a\/1<\/Key>.*<Key>b\/1<\/Key>/);
  expect(first).toContain("<NextContinuationToken>b/1</NextContinuationToken>");
  const second = await (await s3(emulator, "GET", "/logs?list-type=2&continuation-token=b/1")).text();
  expect(second).toContain("<Key>b/2</Key>");
  expect(second).toContain("<IsTruncated>false</IsTruncated>");
});

test("invalid XML, addresses and tokens get an error, and the server continues", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "logs"));
  expect((await s3(emulator, "PUT", "/logs?encryption=", { body: "<Server" })).status).toBe(400);
  expect((await s3(emulator, "PUT", "/logs?versioning=", { body: "no xml" })).status).toBe(400);
  expect((await s3(emulator, "GET", "/logs/%E0%A4%A")).status).toBe(400);
  expect((await s3(emulator, "GET", "/logs", { token: "nonsense" })).status).toBe(403);
  expect((await s3(emulator, "HEAD", "/logs")).status).toBe(200);
});

/** Roles by property: https://yandex.cloud/en/docs/storage/security/#service-roles. Both fronts decide alike. */
describe("properties of a bucket that a role can change", () => {
  const bucket = "logs";
  const empty = { name: bucket, defaultStorageClass: "", maxSize: 0, versioning: 0, tags: [] };
  const lists = { cors: [], lifecycleRules: [], disabledStatickeyAuth: false };
  const changes: Record<string, [path: string, fields: object]> = {
    size: ["max_size", { maxSize: 1000 }],
    versioning: ["versioning", { versioning: 2 }],
    publicAccess: ["anonymous_access_flags", { anonymousAccessFlags: { read: true } }],
    acl: ["acl", { acl: { grants: [] } }],
    policy: ["policy", { policy: { Statement: [] } }],
    lifecycle: ["lifecycle_rules", { lifecycleRules: [] }],
    cors: ["cors", { cors: [] }],
    website: ["website_settings", { websiteSettings: undefined }],
  };
  const documents: Record<string, string> = {
    versioning: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    policy: '{"Statement":[]}',
    cors: "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>",
    website: "<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument></WebsiteConfiguration>",
  };

  test.each([
    ["storage.configurer", ["cors", "lifecycle", "policy", "website"]],
    ["storage.editor", ["cors", "lifecycle", "policy", "size", "website"]],
    ["storage.admin", Object.keys(changes).sort()],
  ])("%s: %j", async (role, expected) => {
    await using emulator = await startEmulator();
    const { cloud } = emulator;
    using api = new Api(emulator);
    await api.call("buckets", "create", bucketRequest(cloud.folderId, bucket));
    const user = { type: "userAccount", id: "user" };
    cloud.access.add(bucket, { roleId: role, subject: user });
    const token = emulator.issueToken(user);
    using users = new Api(emulator, token);
    const allowed: string[] = [];
    for (const [name, [path, fields]] of Object.entries(changes)) {
      const request = { ...empty, ...lists, ...fields, updateMask: { paths: [path] } };
      if ((await users.codeOf("buckets", "update", request)) === "OK") allowed.push(name);
    }
    expect(allowed.sort()).toEqual(expected);
    const byS3: string[] = [];
    // The policy last: one without an allowing statement would forbid the rest.
    for (const [name, body] of Object.entries(documents)) {
      cloud.buckets.put({ ...cloud.buckets.require(bucket), policy: undefined });
      if ((await s3(emulator, "PUT", `/${bucket}?${name}`, { token, body })).status === 200) byS3.push(name);
    }
    expect(byS3.sort()).toEqual(expected.filter((name) => documents[name]));
  });

  test("a bucket that is public or versioned from the start takes an administrator", async () => {
    await using emulator = await startEmulator();
    const { cloud } = emulator;
    const user = { type: "userAccount", id: "user" };
    cloud.access.add(cloud.folderId, { roleId: "storage.editor", subject: user });
    using users = new Api(emulator, emulator.issueToken(user));
    const plain = bucketRequest(cloud.folderId, bucket);
    const flags = { anonymousAccessFlags: { read: true, list: false, configRead: false } };
    expect(await users.codeOf("buckets", "create", { ...plain, ...flags })).toBe("PERMISSION_DENIED");
    expect(await users.codeOf("buckets", "create", { ...plain, versioning: 2 })).toBe("PERMISSION_DENIED");
    expect(await users.codeOf("buckets", "create", { ...plain, acl: { grants: [] } })).toBe("OK");
  });
});
