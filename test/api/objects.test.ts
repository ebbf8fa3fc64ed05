import { ClientRequest, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CloudApi, openCloud } from "../../api/connection";
import { failureText, isCloudFailure } from "../../api/failures";
import { ObjectFetcher } from "../../api/objectFetcher";
import { type Contents, ObjectReader } from "../../api/objects";
import { type Emulator, startEmulator } from "../../emulator";
import { Api, bucketRequest, setUpTrail } from "../support/api";
import { connectionTo } from "../support/connection";

const bucket = "audit-logs";

afterEach(() => {
  delete process.env.SSL_CERT_FILE;
});

async function start(): Promise<{ emulator: Emulator; cloud: CloudApi }> {
  const emulator = await startEmulator();
  process.env.SSL_CERT_FILE = emulator.caFile;
  const { storageProxy: storageEndpoint } = emulator;
  return { emulator, cloud: await openCloud({ ...connectionTo(emulator), storageEndpoint }) };
}

const put = ({ cloud }: Emulator, key: string, body = key) =>
  cloud.objects.put(cloud.deployer, bucket, key, Buffer.from(body), "text/plain");

async function contentsOf(cloud: CloudApi) {
  using reader = await ObjectReader.open(bucket, cloud);
  const found: Contents[] = [];
  const refused: string[] = [];
  await reader.read(
    [...(await reader.versions("")).values()].flat(),
    (contents) => found.push(contents),
    ({ key }, failure) => refused.push(`${key}: ${failureText(failure)}`),
  );
  return { found, refused };
}

test("objects are read by any key, each version, and with the key that encrypts them", async () => {
  const { emulator, cloud } = await start();
  await using _closed = emulator;
  using api = new Api(emulator);
  const { keyId } = await setUpTrail(emulator, api);
  emulator.cloud.access.add(keyId, {
    roleId: "kms.keys.encrypterDecrypter",
    subject: emulator.cloud.deployer,
  });
  const keys = ["a/b.json", "a//b", "../up", "a b+c%20d", "кириллица", "q?x=1&y=#z", "(brackets)!*'"];
  emulator.cloud.buckets.update({ ...caller, subject: emulator.cloud.deployer }, bucket, {
    versioning: "VERSIONING_ENABLED",
  });
  for (const key of keys) put(emulator, key);
  put(emulator, "a/b.json", "later");
  const { found, refused } = await contentsOf(cloud);
  expect(refused).toEqual([]);
  expect(found.map(({ version, text }) => [version.key, text]).sort()).toEqual(
    [...keys.map((key) => [key, key]), ["a/b.json", "later"]].sort(),
  );
  expect(new Set(found.map(({ kmsKeyId }) => kmsKeyId))).toEqual(new Set([keyId]));
});

const caller = { method: "test", requestId: "", userAgent: "", remoteAddress: "", maskedToken: "" };

test("temporary failures are repeated: refusals of an overloaded service, and broken connections", async () => {
  const { emulator, cloud } = await start();
  await using _closed = emulator;
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, bucket));
  put(emulator, "key");
  using fetcher = await ObjectFetcher.open(bucket, cloud);
  emulator.cloud.faults.fail({ method: "s3/GET" }, "UNAVAILABLE", { times: 2 });
  expect((await fetcher.get("key")).body.toString()).toBe("key");
  emulator.cloud.faults.drop({ method: "s3/GET" });
  expect((await fetcher.get("key")).body.toString()).toBe("key");
});

test("a permanent failure is one line with its code and request, and the other objects are read", async () => {
  const { emulator, cloud } = await start();
  await using _closed = emulator;
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, bucket));
  for (const key of ["a", "b", "c"]) put(emulator, key);
  const isB = (request: unknown) => (request as { key?: string }).key === "b";
  emulator.cloud.faults.fail({ method: "s3/GET", request: isB }, "PERMISSION_DENIED", { message: "No." });
  const { found, refused } = await contentsOf(cloud);
  expect(found.map(({ text }) => text).sort()).toEqual(["a", "c"]);
  expect(refused).toEqual([
    expect.stringMatching(/^b: AccessDenied: No\. \(HTTP 403\) \(request [-0-9a-f]{36}\)$/),
  ]);
});

/** A server that accepts connections and does not answer. */
async function silentServer() {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test.each<[string, (cloud: CloudApi) => Promise<unknown>]>([
  [
    "object",
    async (cloud) => {
      using fetcher = await ObjectFetcher.open(bucket, cloud);
      return await fetcher.get("key");
    },
  ],
  [
    "listing",
    async (cloud) => {
      using reader = await ObjectReader.open(bucket, cloud);
      return await reader.versions("");
    },
  ],
])(
  "a call to an Object Storage that hangs ends within about a minute, and says what to do: %s",
  async (_what, ask) => {
    const { emulator, cloud } = await start();
    await using _closed = emulator;
    using silent = await silentServer();
    // Twenty seconds in a hundredth of the time.
    const [timer, silence] = [globalThis.setTimeout, ClientRequest.prototype.setTimeout];
    const spies = [
      jest
        .spyOn(globalThis, "setTimeout")
        .mockImplementation(((run: () => void, milliseconds = 0) => timer(run, milliseconds / 100)) as never),
      jest.spyOn(ClientRequest.prototype, "setTimeout").mockImplementation(function (
        this: ClientRequest,
        milliseconds,
        run,
      ) {
        return silence.call(this, milliseconds / 100, run);
      }),
    ];
    const silently = { ...cloud, storageEndpoint: silent.url };
    const failure = await ask(silently).catch((error: unknown) => error);
    for (const spy of spies) spy.mockRestore();
    expect(isCloudFailure(failure)).toBe(true);
    expect(failureText(failure)).toMatch(
      /^Object Storage at http:\/\/127\.0\.0\.1:\d+ did not answer within 20 s, 3 times\. Check the network, HTTPS_PROXY and YC_STORAGE_ENDPOINT_URL, and run the command again$/,
    );
  },
);

test("a call to an endpoint that is briefly unreachable is repeated", async () => {
  const emulator = await startEmulator();
  await using _closed = emulator;
  process.env.SSL_CERT_FILE = emulator.caFile;
  emulator.cloud.faults.fail({ method: "ApiEndpointService/List" }, "UNAVAILABLE", { times: 2 });
  const cloud = await openCloud(connectionTo(emulator));
  expect(cloud.addressOf("kms")).toBeDefined();
});

test("5,000 objects take less than a minute of processor time, over 64 connections at most", async () => {
  const { emulator, cloud } = await start();
  await using _closed = emulator;
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, bucket));
  for (let i = 0; i < 5000; i += 1) put(emulator, `logs/${i}`);
  const ports = new Set<number | undefined>();
  const listen = (emulator as unknown as { s3: { server: ReturnType<typeof createServer> } }).s3.server;
  listen.on("connection", ({ remotePort }) => ports.add(remotePort));
  const before = process.cpuUsage();
  const { found, refused } = await contentsOf(cloud);
  const { user, system } = process.cpuUsage(before);
  expect([found.length, refused]).toEqual([5000, []]);
  // The local cloud's own share is in it.
  expect((user + system) / 1e6).toBeLessThan(60);
  // Those of the listing beside them.
  expect(ports.size).toBeLessThan(70);
});
