import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudApi, type Connection, openCloud } from "../../api/connection";
import { readTrail } from "../../api/trails";
import { type Emulator, startEmulator } from "../../emulator";
import { Api, setUpTrail } from "../support/api";
import { createKey } from "../support/authorizedKey";
import { metadataOf, startMetadata } from "../support/metadata";

const tokenMethod = "yandex.cloud.iam.v1.IamTokenService/Create";
const folder = mkdtempSync(join(tmpdir(), "credentials-"));

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  delete process.env.SSL_CERT_FILE;
});

/** A local cloud with a trail, which this process trusts. */
async function start() {
  const emulator = await startEmulator();
  process.env.SSL_CERT_FILE = emulator.caFile;
  using api = new Api(emulator);
  return { emulator, ...(await setUpTrail(emulator, api)) };
}

/** The authorized key of an account that may read trails, as the service hands it out. */
async function authorizedKey(emulator: Emulator): Promise<string> {
  const { accountId, keyId, privateKey } = await createKey(emulator);
  const subject = { type: "serviceAccount", id: accountId };
  emulator.cloud.access.add(emulator.cloud.folderId, { roleId: "audit-trails.viewer", subject });
  // The service puts a line before the key.
  const private_key = `PLEASE DO NOT REMOVE THIS LINE! Yandex.Cloud SA Key ID <${keyId}>\n${privateKey}`;
  return JSON.stringify({ id: keyId, service_account_id: accountId, private_key });
}

const kinds: Record<string, (emulator: Emulator) => Promise<Connection>> = {
  "an IAM token": async (emulator) => ({ token: emulator.issueToken() }),
  "an OAuth token": async ({ cloud }) => ({ token: cloud.tokens.issueOauth(cloud.deployer) }),
  "an authorized key": async (emulator) => ({ serviceAccountKeyFile: await authorizedKey(emulator) }),
  "the file of an authorized key": async (emulator) => {
    const serviceAccountKeyFile = join(folder, "key.json");
    writeFileSync(serviceAccountKeyFile, await authorizedKey(emulator));
    return { serviceAccountKeyFile };
  },
};

test.each(Object.entries(kinds))("with %s all requests go to the endpoint", async (_kind, of) => {
  const { emulator, trailId } = await start();
  await using _ = emulator;
  const cloud = await openCloud({ endpoint: emulator.endpoint, ...(await of(emulator)) });
  expect(await readTrail(trailId, cloud)).toMatchObject({ status: "ACTIVE" });
});

test("of an authorized key and a token the key is used, as by the provider", async () => {
  const { emulator, trailId } = await start();
  await using _ = emulator;
  const serviceAccountKeyFile = await authorizedKey(emulator);
  const cloud = await openCloud({ endpoint: emulator.endpoint, token: "t1.no.token", serviceAccountKeyFile });
  expect(await readTrail(trailId, cloud)).toMatchObject({ status: "ACTIVE" });
});

test("a token is exchanged once, and again before it ends", async () => {
  const { emulator, trailId } = await start();
  await using _ = emulator;
  const exchanges = () => emulator.cloud.traffic.counts.get(tokenMethod) ?? 0;
  const cloud = await openCloud({
    endpoint: emulator.endpoint,
    serviceAccountKeyFile: await authorizedKey(emulator),
  });
  await Promise.all([readTrail(trailId, cloud), readTrail(trailId, cloud)]);
  expect(exchanges()).toBe(1);
  const now = Date.now();
  const clock = jest.spyOn(Date, "now").mockImplementation(() => now + 11.99 * 3_600_000);
  await readTrail(trailId, cloud);
  clock.mockRestore();
  expect(exchanges()).toBe(2);
});

test("addresses are looked up once for a connection, and again after a failure", async () => {
  const { emulator } = await start();
  await using _ = emulator;
  const { traffic, faults } = emulator.cloud;
  const connection = { endpoint: emulator.endpoint, token: emulator.issueToken() };
  // As often as one look-up asks.
  faults.fail({ method: "ApiEndpointService/List" }, "UNAVAILABLE", { times: 4 });
  await expect(openCloud(connection)).rejects.toThrow("UNAVAILABLE");
  expect(await openCloud(connection)).toBe(await openCloud({ ...connection }));
  expect(traffic.counts.get("yandex.cloud.endpoint.ApiEndpointService/List")).toBe(5);
});

test("an exchange that fails once is repeated, and one that still fails is repeated at the next call", async () => {
  const { emulator, trailId } = await start();
  await using _ = emulator;
  const cloud = await openCloud({
    endpoint: emulator.endpoint,
    serviceAccountKeyFile: await authorizedKey(emulator),
  });
  emulator.cloud.faults.fail({ method: "IamTokenService/Create" }, "UNAVAILABLE", { times: 4 });
  await expect(readTrail(trailId, cloud)).rejects.toThrow("UNAVAILABLE");
  expect(await readTrail(trailId, cloud)).toMatchObject({ status: "ACTIVE" });
});

test("without credentials, the metadata service of the instance is used", async () => {
  const { emulator, trailId } = await start();
  await using _ = emulator;
  await using metadata = await metadataOf(emulator.issueToken());
  const cloud = await openCloud({ endpoint: emulator.endpoint, metadataAddress: metadata.address });
  expect(await readTrail(trailId, cloud)).toMatchObject({ status: "ACTIVE" });
});

test("the instance's token is renewed before it ends", async () => {
  const { emulator, trailId } = await start();
  await using _ = emulator;
  let asked = 0;
  await using metadata = await startMetadata(() => {
    asked += 1;
    return { body: JSON.stringify({ access_token: emulator.issueToken(), expires_in: 3600 }) };
  });
  const cloud = await openCloud({ endpoint: emulator.endpoint, metadataAddress: metadata.address });
  await readTrail(trailId, cloud);
  await readTrail(trailId, cloud);
  expect(asked).toBe(1);
  const now = Date.now();
  const clock = jest.spyOn(Date, "now").mockImplementation(() => now + 3_599_000);
  await readTrail(trailId, cloud);
  clock.mockRestore();
  expect(asked).toBe(2);
});

test("with a token, the metadata service is not used", async () => {
  const { emulator, trailId } = await start();
  await using _ = emulator;
  await using metadata = await startMetadata(() => ({ status: 500, body: "" }));
  const token = emulator.issueToken();
  const cloud = await openCloud({
    endpoint: emulator.endpoint,
    token,
    metadataAddress: metadata.address,
  });
  expect(await readTrail(trailId, cloud)).toMatchObject({ status: "ACTIVE" });
});

const failures: { what: string; of: () => Promise<Connection>; says: string }[] = [
  {
    what: "no metadata service answers",
    of: async () => ({ metadataAddress: "127.0.0.1:1" }),
    says: "neither a token nor an authorized key is set, and the instance's metadata service at 127.0.0.1:1 does not answer",
  },
  {
    what: "the instance has no service account",
    of: async () => ({ metadataAddress: absent.address }),
    says: "answers with status 404",
  },
  {
    what: "the answer holds no token",
    of: async () => ({ metadataAddress: empty.address }),
    says: "answers without a token",
  },
  {
    what: "the file of the key is not there",
    of: async () => ({ serviceAccountKeyFile: "/nowhere/s3cret" }),
    says: "The authorized key cannot be read: ENOENT",
  },
  {
    what: "the key is not JSON",
    of: async () => ({ serviceAccountKeyFile: "{s3cret" }),
    says: "not a JSON object with id, service_account_id and private_key",
  },
  {
    what: "the key lacks something",
    of: async () => ({ serviceAccountKeyFile: '{"id":"1","private_key":"s3cret"}' }),
    says: "not a JSON object with id, service_account_id and private_key",
  },
  {
    what: "the private key is none",
    of: async () => ({
      serviceAccountKeyFile: '{"id":"1","service_account_id":"2","private_key":"s3cret"}',
    }),
    says: "The authorized key cannot sign",
  },
];

let absent: Awaited<ReturnType<typeof startMetadata>>;
let empty: Awaited<ReturnType<typeof startMetadata>>;
beforeAll(async () => {
  absent = await startMetadata(() => ({ status: 404, body: "s3cret" }));
  empty = await startMetadata(() => ({ body: '{"token":"s3cret"}' }));
});
afterAll(async () => {
  for (const server of [absent, empty]) await server[Symbol.asyncDispose]();
});

test.each(failures)("$what: the message says so, and has no secret", async ({ of, says }) => {
  const { emulator, trailId } = await start();
  await using _ = emulator;
  const opening = openCloud({ endpoint: emulator.endpoint, ...(await of()) });
  const failure = await opening
    .then((cloud: CloudApi) => readTrail(trailId, cloud))
    .then(
      () => "no failure",
      (error: Error) => error.message,
    );
  expect(failure).toContain(says);
  expect(failure).not.toContain("s3cret");
});
