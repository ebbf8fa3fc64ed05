import { openCloud } from "../../../api/connection";
import { partsOf, readTrail, type TrailParts } from "../../../api/trails";
import { describeFault } from "../../../components/engine/faultSentences";
import { findTrailFaults, type TrailFault } from "../../../components/engine/trailFaults";
import { type Emulator, startEmulator } from "../../../emulator";
import { Api, setUpTrail } from "../../support/api";
import { byDeployer } from "../../support/localStack";

afterEach(() => {
  delete process.env.SSL_CERT_FILE;
});

type World = Awaited<ReturnType<typeof start>>;

/** A local cloud in which all is in order for a trail. */
async function start() {
  const emulator = await startEmulator();
  process.env.SSL_CERT_FILE = emulator.caFile;
  using api = new Api(emulator);
  const made = await setUpTrail(emulator, api);
  const { organizationId: id, folderId } = emulator.cloud;
  const parts: TrailParts = {
    serviceAccountId: made.accountId,
    scopes: [{ id, type: "organization-manager.organization" }],
    bucketName: made.bucket,
  };
  const subject = { type: "serviceAccount", id: made.accountId };
  return {
    emulator,
    ...made,
    parts,
    folderId,
    grant: (on: string, roleId: string) => emulator.cloud.access.add(on, { roleId, subject }),
    takeBack: (on: string, roleId: string) => emulator.cloud.access.remove(on, { roleId, subject }),
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

const cloudOf = (emulator: Emulator, token = emulator.issueToken()) =>
  openCloud({ endpoint: emulator.endpoint, token });

const faultsOf = async ({ emulator, parts }: World, changed: Partial<TrailParts> = {}) =>
  findTrailFaults({ ...parts, ...changed }, await cloudOf(emulator));

/** A fault, the finding, and its message. */
const cases: {
  what: string;
  breaks?: (world: World) => void;
  /** Parts that replace the sound ones of the trail. */
  has?: (world: World) => Partial<TrailParts>;
  found: (world: World) => TrailFault[];
  reported: RegExp;
}[] = [
  {
    what: "the role on a scope is missing",
    breaks: ({ emulator, takeBack }) => takeBack(emulator.cloud.organizationId, "audit-trails.viewer"),
    found: ({ parts }) => [{ kind: "missingRole", role: "audit-trails.viewer", on: parts.scopes }],
    reported:
      /^The account \S+ has no role audit-trails.viewer on organization \S+\. Grant it: yc organization-manager organization add-access-binding --id \S+ --role audit-trails.viewer --subject serviceAccount:\S+$/,
  },
  {
    what: "the role on one of several scopes is missing, which is named twice",
    has: ({ parts, folderId }) => {
      const folder = { id: folderId, type: "resource-manager.folder" };
      return { scopes: [...parts.scopes, folder, folder] };
    },
    found: ({ folderId }) => [
      {
        kind: "missingRole",
        role: "audit-trails.viewer",
        on: [{ id: folderId, type: "resource-manager.folder" }],
      },
    ],
    reported: /audit-trails.viewer on folder/,
  },
  {
    what: "the role to upload is missing",
    breaks: ({ folderId, takeBack }) => takeBack(folderId, "storage.uploader"),
    found: ({ emulator, folderId }) => [
      {
        kind: "missingRole",
        role: "storage.uploader",
        on: [
          { type: "resource-manager.folder", id: folderId },
          { type: "storage.bucket", id: emulator.cloud.buckets.find("audit-logs")?.resourceId ?? "" },
        ],
      },
    ],
    reported:
      /storage.uploader on folder \S+ or bucket audit-logs\. Grant it: yc resource-manager folder .*$/,
  },
  {
    what: "the role to upload is on the bucket alone",
    breaks: ({ folderId, takeBack, grant }) => {
      takeBack(folderId, "storage.uploader");
      grant("audit-logs", "storage.uploader");
    },
    found: () => [],
    reported: /^$/,
  },
  {
    what: "there is no such bucket",
    has: () => ({ bucketName: "no-such-bucket" }),
    found: () => [{ kind: "missingBucket" }],
    reported: /^Bucket audit-logs does not exist\.$/,
  },
  {
    what: "the bucket has a policy and a limit",
    breaks: ({ emulator }) => {
      const policy = { Version: "2012-10-17", Statement: [] };
      const { buckets } = emulator.cloud;
      buckets.put({ ...buckets.require("audit-logs"), maxSize: 100, policy });
    },
    found: () => [{ kind: "policy" }, { kind: "limit", maxSize: 100 }],
    reported: /has a policy, which must allow the account to put objects\.\n.* has a size limit of 100 bytes/,
  },
  {
    what: "the role on the bucket's key is missing",
    breaks: ({ keyId, takeBack }) => takeBack(keyId, "kms.keys.encrypterDecrypter"),
    found: ({ keyId }) => [
      {
        kind: "missingRole",
        role: "kms.keys.encrypterDecrypter",
        on: [{ type: "kms.symmetricKey", id: keyId }],
      },
    ],
    reported: /kms.keys.encrypterDecrypter on key/,
  },
  {
    what: "the bucket's key is inactive",
    breaks: ({ emulator, keyId }) => {
      emulator.cloud.keys.update(byDeployer(emulator), { keyId, status: "INACTIVE" }, ["status"]);
    },
    found: ({ keyId }) => [{ kind: "unusableKey", keyId, status: "INACTIVE" }],
    reported: /is INACTIVE, not ACTIVE\.$/,
  },
];

test.each(cases)(
  "$what: found from the planned parts of a trail",
  async ({ breaks, has, found, reported }) => {
    await using world = await start();
    breaks?.(world);
    const faults = await faultsOf(world, has?.(world));
    expect(faults).toEqual(found(world));
    expect(faults.map((fault) => describeFault(fault, world.parts)).join("\n")).toMatch(reported);
  },
);

test("a sound set-up has no findings, and the parts of an existing trail are read from it", async () => {
  await using world = await start();
  const cloud = await cloudOf(world.emulator);
  const parts = partsOf(await readTrail(world.trailId, cloud));
  expect(parts).toEqual(world.parts);
  expect(await findTrailFaults(parts, cloud)).toEqual([]);
});

test("a role is found on every page of the bindings", async () => {
  await using world = await start();
  const { access, folderId } = world.emulator.cloud;
  world.takeBack(folderId, "storage.uploader");
  for (let i = 0; i < 1100; i += 1)
    access.add(folderId, { roleId: "viewer", subject: { type: "userAccount", id: `user${i}` } });
  world.grant(folderId, "storage.uploader");
  expect(await faultsOf(world)).toEqual([]);
});

test("a role of a user whose id is the account's is not the account's", async () => {
  await using world = await start();
  const { access, folderId } = world.emulator.cloud;
  world.takeBack(folderId, "storage.uploader");
  access.add(folderId, { roleId: "storage.uploader", subject: { type: "userAccount", id: world.accountId } });
  expect(await faultsOf(world)).toMatchObject([{ kind: "missingRole", role: "storage.uploader" }]);
});

test("resources that may not be read are left out, and not reported as faulty", async () => {
  await using world = await start();
  const nobody = world.emulator.issueToken({ type: "userAccount", id: "nobody" });
  expect(await findTrailFaults(world.parts, await cloudOf(world.emulator, nobody))).toEqual([]);
});
