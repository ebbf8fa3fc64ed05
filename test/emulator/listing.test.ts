import { startEmulator } from "../../emulator";
import { Api, bucketRequest, keyRequest, setUpTrail } from "../support/api";

const page = (others: object = {}) => ({ pageSize: 0, pageToken: "", filter: "", orderBy: "", ...others });

test("pages of a folder's resources have each resource once", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { folderId } = emulator.cloud;
  for (let i = 0; i < 5; i += 1) await api.call("keys", "create", keyRequest(folderId, `key-${i}`));
  const names: string[] = [];
  let pageToken = "";
  do {
    const answer = await api.call("keys", "list", page({ folderId, pageSize: 2, pageToken }));
    expect(answer.keys.length).toBeLessThanOrEqual(2);
    names.push(...answer.keys.map(({ name }: { name: string }) => name));
    pageToken = answer.nextPageToken;
  } while (pageToken);
  expect(names).toEqual([0, 1, 2, 3, 4].map((i) => `key-${i}`));
});

test.each([
  ['name = "key-1"', ["key-1"]],
  ['name != "key-1"', ["key-0", "key-2"]],
  ['name IN ("key-0", "key-2")', ["key-0", "key-2"]],
  ["name NOT IN ('key-0')", ["key-1", "key-2"]],
  ['name="none"', []],
])("filter %s", async (filter, names) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { folderId } = emulator.cloud;
  for (let i = 0; i < 3; i += 1) await api.createServiceAccount(`key-${i}`);
  const { serviceAccounts } = await api.call("serviceAccounts", "list", page({ folderId, filter }));
  expect(serviceAccounts.map(({ name }: { name: string }) => name)).toEqual(names);
});

test.each([
  [{ pageSize: 1001 }],
  [{ pageSize: -1 }],
  [{ pageToken: "garbage" }],
  [{ filter: "name" }],
  [{ filter: 'color = "red"' }],
])("%j cannot be", async (others) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { folderId } = emulator.cloud;
  expect(await api.codeOf("trails", "list", page({ folderId, ...others }))).toBe("INVALID_ARGUMENT");
});

test("every service lists the resources of a folder to users who may see them", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { folderId, cloudId, organizationId } = emulator.cloud;
  const { bucket, keyId, accountId, trailId } = await setUpTrail(emulator, api);
  const first = async (service: "trails" | "keys" | "serviceAccounts" | "buckets", field: string) =>
    (await api.call(service, "list", page({ folderId })))[field][0].id;
  expect(await first("trails", "trails")).toBe(trailId);
  expect(await first("keys", "keys")).toBe(keyId);
  expect(await first("serviceAccounts", "serviceAccounts")).toBe(accountId);
  expect(await first("buckets", "buckets")).toBe(bucket);
  expect((await api.call("folders", "list", page({ cloudId }))).folders).toMatchObject([
    { id: folderId, cloudId },
  ]);
  expect((await api.call("organizations", "list", page())).organizations).toMatchObject([
    { id: organizationId },
  ]);
  using stranger = new Api(emulator, emulator.issueToken({ type: "userAccount", id: "stranger" }));
  for (const service of ["trails", "keys", "serviceAccounts", "buckets"] as const)
    expect(await stranger.codeOf(service, "list", page({ folderId }))).toBe("PERMISSION_DENIED");
  expect((await stranger.call("folders", "list", page({ cloudId }))).folders).toEqual([]);
});

test("a list of buckets never shows their policies and tags", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { folderId } = emulator.cloud;
  const tags = [{ key: "team", value: "security" }];
  await api.call("buckets", "create", { ...bucketRequest(folderId, "logs"), tags });
  expect((await api.call("buckets", "get", { name: "logs", view: 3 })).tags).toEqual(tags);
  expect((await api.call("buckets", "list", page({ folderId }))).buckets).toMatchObject([
    { name: "logs", tags: [] },
  ]);
});

test("operations on a resource are listed, the newest first, and those on others are not", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { keyId, trailId } = await setUpTrail(emulator, api);
  await api.call("keys", "update", {
    ...keyRequest("", ""),
    keyId,
    status: 0,
    description: "new",
    updateMask: { paths: ["description"] },
  });
  const ofKey = await api.call("keys", "listOperations", page({ keyId }));
  expect(ofKey.operations.map(({ description }: { description: string }) => description)).toEqual([
    "Update symmetric key",
    "Update access bindings",
    "Create symmetric key",
  ]);
  const ofTrail = await api.call("trails", "listOperations", page({ trailId }));
  expect(ofTrail.operations).toHaveLength(1);
});
