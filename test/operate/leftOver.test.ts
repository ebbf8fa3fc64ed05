import {
  DeleteBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { type CloudApi, openCloud } from "../../api/connection";
import { startEmulator } from "../../emulator";
import { type Finding, search } from "../../operate/recover/search";
import { surplusOf } from "../../operate/recover/surplus";
import { Updates } from "../../operate/recover/updates";
import type { Resource } from "../../operate/stack/engineJson";
import { type Kind, resourceTypes } from "../../operate/stack/kinds";
import { Api, bucketRequest, keyRequest, trailRequest } from "../support/api";
import { connectionTo, reach } from "../support/connection";
import { encryptBucket, s3Client } from "../support/s3Client";

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

const marks = { "pulumi-project": "platform", "pulumi-stack": "prod" };
const others = { "pulumi-project": "platform", "pulumi-stack": "staging" };
const hour = 3_600_000;
const updatesSince = (hoursAgo: number) => Updates.read("[]", new Date(Date.now() - hoursAgo * hour));

/** A local cloud, what reads it as commands do, and what makes things with marks in it. */
async function start() {
  const emulator = await startEmulator();
  reach(emulator);
  const { folderId } = emulator.cloud;
  const make = async (service: Parameters<Api["call"]>[0], request: object) => {
    using api = new Api(emulator);
    await api.call(service, "create", request);
  };
  return { emulator, folderId, cloud: await openCloud(connectionTo(emulator)), make };
}
type World = Awaited<ReturnType<typeof start>>;

const describedBy = (given: Readonly<Record<string, string>> = {}) =>
  given["pulumi-stack"] ? `Pulumi project ${given["pulumi-project"]}, stack ${given["pulumi-stack"]}.` : "";

type Makes = (world: World, given?: Readonly<Record<string, string>>) => Promise<unknown>;

/** Makes a trail, with a bucket for it. */
async function makeTrail({ emulator, folderId, make }: World, accountId: string, request: object = {}) {
  using api = new Api(emulator);
  await api.bind("organizations", emulator.cloud.organizationId, "audit-trails.viewer", accountId);
  await api.bind("folders", folderId, "storage.uploader", accountId);
  await make("buckets", bucketRequest(folderId, "of-the-trail"));
  await make("trails", { ...trailRequest(emulator, "of-the-trail", accountId), ...request });
}

/** Makes one of each kind: name "one" for each. */
const makes: Readonly<Record<Kind, Makes>> = {
  trail: async (world, labels = {}) => {
    using api = new Api(world.emulator);
    const accountId = await api.createServiceAccount("collector");
    await makeTrail(world, accountId, { name: "one", labels });
  },
  account: ({ folderId, make }, given = {}) =>
    make("serviceAccounts", { folderId, name: "one", description: describedBy(given), labels: {} }),
  bucket: ({ folderId, make }, given = {}) => {
    const tags = Object.entries(given).map(([key, value]) => ({ key, value }));
    return make("buckets", { ...bucketRequest(folderId, "one"), tags });
  },
  key: ({ folderId, make }, labels = {}) => make("keys", { ...keyRequest(folderId, "one"), labels }),
};

/** The resource of a kind, as the program registers it. */
const resourceOf = (kind: Kind, folderId: string): Resource => ({
  urn: `urn:pulumi:prod::platform::${resourceTypes[kind]}::logs-${kind}`,
  type: resourceTypes[kind],
  inputs: {
    folderId,
    ...(kind === "bucket" ? { bucket: "one", tags: marks } : { name: "one" }),
    ...(kind === "account" ? { description: describedBy(marks) } : { labels: marks }),
  },
  ...{ outputs: {}, protect: false, retainOnDelete: false, hooks: [], inputSources: {} },
});

const kinds = Object.keys(makes) as Kind[];

const surplusIn = ({ cloud, folderId }: World, updates = updatesSince(1)) =>
  surplusOf((kind) => [resourceOf(kind, folderId)], new Set(), updates, cloud);

/** One of each kind is wanted that the state does not have. */
const searchIn = (
  kind: Kind,
  { cloud, folderId }: { readonly cloud: CloudApi; readonly folderId: string },
  { isBegun = true, updates = updatesSince(1), isRecreated = false } = {},
): Promise<Finding> =>
  search(
    { kind, resource: resourceOf(kind, folderId), isBegun, isReplacement: false },
    { ids: new Set(), updates, isRecreated, keysInUse: async () => new Set(), given: new Set() },
    cloud,
  );

describe.each(kinds)("%s", (kind) => {
  test("with the marks of the stack that is missing in the state is a leftover that may be taken in", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    await makes[kind](world, marks);
    const surplus = await surplusIn(world);
    expect(surplus).toMatchObject([{ kind, name: "one", folderId: world.folderId }]);
    expect(surplus[0]?.doubt).toBeUndefined();
    expect(await searchIn(kind, world)).toEqual({ outcome: "ours", id: surplus[0]?.id });
  });

  test("with the marks of another stack belongs to that stack", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    await makes[kind](world, others);
    expect(await surplusIn(world)).toEqual([]);
    expect(await searchIn(kind, world)).toEqual(
      kind === "key"
        ? { outcome: "none" }
        : expect.objectContaining({
            outcome: "unproven",
            why: "it belongs to stack staging of project platform",
          }),
    );
  });

  test("of a completed update is no leftover: it is taken in only if its creation was interrupted or the state was lost", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    await makes[kind](world, marks);
    const updates = updatesSince(-1);
    expect(await surplusIn(world, updates)).toEqual([]);
    expect(await searchIn(kind, world, { updates, isBegun: false })).toMatchObject({
      outcome: "unproven",
      why: expect.stringContaining("it may have been removed from the stack before"),
    });
    for (const known of [{ isBegun: true }, { isBegun: false, isRecreated: true }])
      expect(await searchIn(kind, world, { updates, ...known })).toMatchObject({ outcome: "ours" });
  });
});

test("a folder that is still to be made holds nothing", async () => {
  const { emulator, cloud } = await start();
  await using _emulator = emulator;
  const { folderId: _unknown, ...inputs } = resourceOf("trail", "").inputs;
  const wanted = { ...resourceOf("trail", ""), inputs };
  expect(
    await search(
      { kind: "trail", resource: wanted, isBegun: false, isReplacement: false },
      {
        ids: new Set(),
        updates: updatesSince(1),
        isRecreated: false,
        keysInUse: async () => new Set(),
        given: new Set(),
      },
      cloud,
    ),
  ).toEqual({ outcome: "none" });
});

test.each(["trail", "account"] as const)(
  "%s of that name without marks is not changed, even if its creation was interrupted",
  async (kind) => {
    const world = await start();
    await using _emulator = world.emulator;
    await makes[kind](world);
    expect(await surplusIn(world)).toEqual([]);
    expect(await searchIn(kind, world)).toMatchObject({
      outcome: "unproven",
      why: "it has no mark of this stack, and no interrupted update was creating it",
    });
  },
);

describe("a bucket of that name that has no tags yet", () => {
  const put = async ({ emulator }: World) =>
    (await s3Client(emulator)).send(new PutObjectCommand({ Bucket: "one", Key: "precious", Body: "x" }));

  test.each<
    [when: string, known: Parameters<typeof searchIn>[2], after: (world: World) => unknown, finding: object]
  >([
    ["that was being made, and is empty", {}, () => {}, { outcome: "ours", id: "one" }],
    [
      "that nobody was making",
      { isBegun: false },
      () => {},
      { outcome: "unproven", why: expect.stringContaining("no interrupted update was creating it") },
    ],
    [
      "that is older than the last update",
      { updates: updatesSince(-1) },
      () => {},
      { outcome: "unproven", why: expect.stringContaining("may be older than the interrupted update") },
    ],
    [
      "that holds objects",
      {},
      put,
      { outcome: "unproven", why: expect.stringContaining("contains objects") },
    ],
  ])("%s", async (_when, known, after, finding) => {
    const world = await start();
    await using _emulator = world.emulator;
    await makes.bucket(world);
    await after(world);
    expect(await searchIn("bucket", world, known)).toMatchObject(finding);
  });
});

/** Another bucket, which is encrypted with the key. */
async function encryptedBucket({ emulator, folderId, make }: World, bucket = "other") {
  await make("buckets", bucketRequest(folderId, bucket));
  const s3 = await s3Client(emulator, ["storage.admin", "kms.admin"]);
  await encryptBucket(s3, bucket, emulator.cloud.keys.all()[0]?.id ?? "");
  return s3;
}

const grant = ({ emulator: { cloud } }: World, roleId: string, on: string) =>
  cloud.access.add(on, { roleId, subject: { type: "userAccount", id: "ajeuser0000000000000" } });

const keyIdIn = ({ emulator }: World) => emulator.cloud.keys.all()[0]?.id ?? "";

test.each<[kind: Kind, why: string, after: (world: World) => unknown, doubt: RegExp]>([
  [
    "key",
    "a role on it",
    (world) => grant(world, "viewer", keyIdIn(world)),
    /^somebody has a role on the key$/,
  ],
  [
    "key",
    "a role to encrypt on its folder",
    (world) => grant(world, "kms.keys.encrypter", world.folderId),
    /^somebody has the role kms\.keys\.encrypter on the key's folder/,
  ],
  [
    "key",
    "a bucket that it encrypts",
    (world) => encryptedBucket(world),
    /^bucket other is encrypted with the key$/,
  ],
  [
    "key",
    "an old version of an object that it encrypts",
    async (world) => {
      const Bucket = "other";
      const s3 = await encryptedBucket(world, Bucket);
      const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: "precious", Body }));
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      await put("old");
      await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
      await put("new");
    },
    /^object precious of bucket other is encrypted with the key$/,
  ],
  [
    "key",
    "more objects than it checks",
    async ({ emulator, folderId, make }) => {
      await make("buckets", bucketRequest(folderId, "other"));
      const { objects, deployer } = emulator.cloud;
      for (let i = 0; i <= 1000; i += 1)
        objects.put(deployer, "other", String(i), Buffer.from("x"), "text/plain");
    },
    /^bucket other holds too many objects to check each$/,
  ],
  [
    "key",
    "a bucket whose objects it may not read",
    async ({ emulator, folderId, make }) => {
      await make("buckets", bucketRequest(folderId, "other"));
      emulator.cloud.faults.fail({ method: "s3/GET" }, "PERMISSION_DENIED", { times: 99 });
    },
    /^the encryption of the objects in bucket other cannot be read: /,
  ],
  [
    "account",
    "a trail that works with it",
    async (world) => {
      const accounts = world.emulator.cloud.serviceAccounts.all();
      await makeTrail(world, accounts.find(({ name }) => name === "one")?.id ?? "");
    },
    /^trail \S+ uses the account$/,
  ],
  [
    "bucket",
    "an object in it",
    async ({ emulator }) =>
      (await s3Client(emulator)).send(new PutObjectCommand({ Bucket: "one", Key: "precious", Body: "x" })),
    /^the bucket holds objects$/,
  ],
])("%s left over: doubtful for %s", async (kind, _why, after, doubt) => {
  const world = await start();
  await using _emulator = world.emulator;
  await makes[kind](world, marks);
  await after(world);
  expect((await surplusIn(world)).find((one) => one.kind === kind)?.doubt).toMatch(doubt);
});

test("an empty bucket without marks is taken in only if a failed update made it", async () => {
  const world = await start();
  await using _emulator = world.emulator;
  await makes.bucket(world);
  const failedAt = (minutes: number) => {
    const at = (offset: number) => new Date(Date.now() + (minutes + offset) * 60_000).toISOString();
    const update = { kind: "update", result: "failed", startTime: at(-1), endTime: at(1) };
    return Updates.read(JSON.stringify([update]), undefined);
  };
  const found = (updates: Updates) => searchIn("bucket", world, { isBegun: false, updates });
  expect(await found(failedAt(0))).toEqual({ outcome: "ours", id: "one" });
  expect(await found(failedAt(-30))).toMatchObject({ outcome: "unproven" });
});
