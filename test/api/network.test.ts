import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createProxy } from "node:http";
import { type AddressInfo, connect, type Server } from "node:net";
import { join } from "node:path";
import * as tls from "node:tls";
import { Server as GrpcStub, logVerbosity, ServerCredentials, setLogVerbosity } from "@grpc/grpc-js";
import { ApiEndpointServiceService } from "@yandex-cloud/nodejs-sdk/endpoint/api_endpoint_service";
import { generate } from "selfsigned";
import { bucketExists } from "../../api/buckets";
import { openCloud } from "../../api/connection";
import { emptyBucket } from "../../api/emptyBucket";
import { type Emulator, startEmulator } from "../../emulator";
import { GrpcServer } from "../../emulator/grpc/server";
import { Api, bucketRequest } from "../support/api";
import { createKey } from "../support/authorizedKey";
import { makeFolder } from "../support/folder";

const bucket = "logs";
const variables = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"];

// The library reports each proxy that is closed when a test ends.
beforeAll(() => setLogVerbosity(logVerbosity.NONE));

afterEach(() => {
  jest.restoreAllMocks();
  for (const name of variables) delete process.env[name];
});

const listen = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

async function startWithBucket(): Promise<Emulator> {
  const emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, bucket));
  emulator.cloud.objects.put(emulator.cloud.deployer, bucket, "key", Buffer.from("log"), "text/plain");
  return emulator;
}

/**
 * A local cloud that is known by names of a certificate authority of its own, and reached through a proxy alone.
 *
 * @param login Without it the proxy lets nobody through.
 */
async function startBehindProxy(login = "") {
  const emulator = await startWithBucket();
  const { key, certificate } = await certificateFor("api.cloud.test", "storage.localcloud.test");
  const [apiPort = "", storagePort = ""] = [emulator.endpoint, emulator.storageProxy].map((address) =>
    String(address.split(":").at(-1)),
  );
  const api = tls.createServer({ key, cert: certificate, ALPNProtocols: ["h2"] }, (socket) => {
    const ca = readFileSync(emulator.caFile);
    const behind = tls.connect({ port: Number(apiPort), host: "localhost", ca, ALPNProtocols: ["h2"] });
    connectBoth(socket, behind);
  });
  const storage = tls.createServer({ key, cert: certificate }, (socket) =>
    connectBoth(socket, connect(Number(storagePort), "127.0.0.1")),
  );
  const ports: Record<string, number> = {
    "api.cloud.test:443": await listen(api),
    "storage.localcloud.test:443": await listen(storage),
  };
  const asked: string[] = [];
  const proxy = createProxy().on("connect", (request, socket) => {
    const port = ports[request.url ?? ""];
    const given = String(request.headers["proxy-authorization"] ?? "").replace("Basic ", "");
    const isLetThrough = Buffer.from(given, "base64").toString() === login;
    if (!port || !isLetThrough) return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    asked.push(request.url ?? "");
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    connectBoth(socket as tls.TLSSocket, connect(port, "127.0.0.1"));
  });
  const port = await listen(proxy);
  const folder = makeFolder();
  const caFile = join(folder.path, "ca.pem");
  writeFileSync(caFile, certificate);
  jest.spyOn(GrpcServer.prototype, "address", "get").mockReturnValue("api.cloud.test:443");
  const connection = {
    endpoint: "api.cloud.test:443",
    storageEndpoint: "storage.localcloud.test",
    token: emulator.issueToken(),
  };
  return {
    caFile,
    caFolder: folder.path,
    connection,
    proxy: `http://${login && `${login}@`}127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const server of [api, storage, proxy]) server.close();
      await emulator.close();
      folder[Symbol.dispose]();
    },
  };
}

function connectBoth(one: tls.TLSSocket, other: ReturnType<typeof connect>): void {
  one.pipe(other).pipe(one);
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const)
    socket.on("error", () => peer.destroy()).on("close", () => peer.destroy());
}

async function certificateFor(...names: string[]) {
  const { private: key, cert: certificate } = await generate([{ name: "commonName", value: "test" }], {
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: names.map((value) => ({ type: 2 as const, value })) },
    ],
  });
  return { key, certificate };
}

test.each(["", "user:p%40ss"])("gRPC and S3 go through the HTTPS proxy (login: %j)", async (login) => {
  await using world = await startBehindProxy(decodeURIComponent(login));
  process.env.SSL_CERT_FILE = world.caFile;
  process.env.HTTPS_PROXY = world.proxy.replace("p@ss", "p%40ss");
  const cloud = await openCloud(world.connection);
  expect(await bucketExists(bucket, cloud)).toBe(true);
  expect(new Set(world.asked)).toEqual(new Set(["api.cloud.test:443"]));
  expect(await emptyBucket(bucket, cloud)).toMatchObject({ versions: 1 });
  expect(new Set(world.asked)).toEqual(new Set(["api.cloud.test:443", "storage.localcloud.test:443"]));
});

test("certificates of SSL_CERT_DIR are trusted too", async () => {
  await using world = await startBehindProxy();
  process.env.SSL_CERT_DIR = world.caFolder;
  process.env.HTTPS_PROXY = world.proxy;
  const cloud = await openCloud(world.connection);
  expect(await emptyBucket(bucket, cloud)).toMatchObject({ versions: 1 });
});

test("a certificate of an unknown authority is not trusted", async () => {
  await using world = await startBehindProxy();
  process.env.HTTPS_PROXY = world.proxy;
  await expect(openCloud(world.connection)).rejects.toThrow("certificate");
});

test("what NO_PROXY covers is reached directly", async () => {
  await using world = await startBehindProxy();
  process.env.SSL_CERT_FILE = world.caFile;
  process.env.HTTPS_PROXY = world.proxy;
  process.env.NO_PROXY = "cloud.test";
  await expect(openCloud(world.connection)).rejects.toThrow("UNAVAILABLE");
  expect(world.asked).toEqual([]);
});

test("a proxy that gRPC cannot use is named without its login", async () => {
  process.env.HTTPS_PROXY = "socks5://user:s3cret@proxy:1080";
  await expect(openCloud({ endpoint: "api.cloud.test:443" })).rejects.toThrow(
    /^The proxy proxy:1080 .*socks5:/,
  );
});

test("the proxy for HTTP is not taken for gRPC", async () => {
  await using emulator = await startWithBucket();
  process.env.SSL_CERT_FILE = emulator.caFile;
  process.env.http_proxy = emulator.storageProxy;
  const { endpoint, storageEndpoint } = emulator;
  const cloud = await openCloud({ endpoint, storageEndpoint, token: emulator.issueToken() });
  expect(await emptyBucket(bucket, cloud)).toMatchObject({ versions: 1 });
});

describe("where the endpoint names other addresses", () => {
  /** An endpoint that knows addresses and serves nothing else. */
  async function startEndpoint(addresses: Record<string, string>) {
    const { key, certificate } = await certificateFor("localhost");
    const server = new GrpcStub();
    server.addService(ApiEndpointServiceService, {
      get: (_call: unknown, callback: (error: Error) => void) => callback(new Error("not asked")),
      list: (_call: unknown, callback: (error: null, answer: unknown) => void) =>
        callback(null, {
          endpoints: Object.entries(addresses).map(([id, address]) => ({ id, address })),
          nextPageToken: "",
        }),
    });
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) };
    const credentials = ServerCredentials.createSsl(null, [pair]);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return {
      certificate,
      address: `localhost:${port}`,
      [Symbol.dispose]: () => server.forceShutdown(),
    };
  }

  test("tokens are exchanged at the address of IAM, and buckets are read at the address of Object Storage", async () => {
    await using emulator = await startWithBucket();
    using endpoint = await startEndpoint({ iam: emulator.endpoint, "storage-api": emulator.endpoint });
    using folder = makeFolder();
    const caFile = join(folder.path, "ca.pem");
    writeFileSync(caFile, `${readFileSync(emulator.caFile, "utf8")}\n${endpoint.certificate}`);
    process.env.SSL_CERT_FILE = caFile;
    const { accountId, keyId, privateKey } = await createKey(emulator);
    const subject = { type: "serviceAccount", id: accountId };
    emulator.cloud.access.add(emulator.cloud.folderId, { roleId: "storage.viewer", subject });
    const key = { id: keyId, service_account_id: accountId, private_key: privateKey };
    const cloud = await openCloud({
      endpoint: endpoint.address,
      serviceAccountKeyFile: JSON.stringify(key),
    });
    expect(await bucketExists(bucket, cloud)).toBe(true);
  });

  test("a service without one is named", async () => {
    using endpoint = await startEndpoint({});
    using folder = makeFolder();
    process.env.SSL_CERT_FILE = join(folder.path, "ca.pem");
    writeFileSync(process.env.SSL_CERT_FILE, endpoint.certificate);
    const cloud = await openCloud({ endpoint: endpoint.address, token: "t1.a.b" });
    await expect(bucketExists(bucket, cloud)).rejects.toThrow(
      `The endpoint ${endpoint.address} has no service storage-api`,
    );
  });
});
