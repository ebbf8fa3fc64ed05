import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect as connectHttp2, constants } from "node:http2";
import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { type Emulator, startEmulator } from "../../emulator";
import { Api, bucketRequest, s3 } from "../support/api";

/** Checks whether all fronts still answer. */
async function isAlive(emulator: Emulator): Promise<boolean> {
  using api = new Api(emulator);
  const grpc = await api.codeOf("folders", "get", { folderId: emulator.cloud.folderId });
  const storage = await s3(emulator, "GET", "/");
  const admin = await fetch(`${emulator.adminUrl}/clock`);
  return grpc === "OK" && storage.status === 200 && admin.status === 200;
}

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "bucket"));
});
afterAll(() => emulator.close());
afterEach(async () => expect(await isAlive(emulator)).toBe(true));

/** A gRPC call with these bytes as its message. @returns the status that gRPC or HTTP answers with. */
async function grpcStatus(path: string, message: Buffer): Promise<string> {
  const session = connectHttp2(`https://${emulator.endpoint}`, { ca: readFileSync(emulator.caFile) });
  try {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: "POST",
      [constants.HTTP2_HEADER_PATH]: path,
      "content-type": "application/grpc",
      te: "trailers",
      authorization: `Bearer ${emulator.issueToken()}`,
    });
    const length = Buffer.alloc(5);
    length.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([length, message]));
    let seen = "";
    stream.on("response", (headers) => (seen ||= String(headers["grpc-status"] ?? "")));
    stream.on("trailers", (headers) => (seen ||= String(headers["grpc-status"] ?? "")));
    stream.resume();
    await once(stream, "close");
    return seen;
  } finally {
    session.close();
  }
}

const paths = [
  "/yandex.cloud.audittrails.v1.TrailService/Create",
  "/yandex.cloud.kms.v1.SymmetricKeyService/Update",
  "/yandex.cloud.storage.v1.BucketService/Update",
  "/yandex.cloud.resourcemanager.v1.FolderService/UpdateAccessBindings",
  "/yandex.cloud.iam.v1.IamTokenService/Create",
];

test.each(paths)("%s answers bytes that are no message with an error", async (path) => {
  const resources = emulator.cloud.tree.all().length;
  const property = fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
    expect(await grpcStatus(path, Buffer.from(bytes))).toMatch(/^[1-9]\d*$/);
  });
  await fc.assert(property, { numRuns: 15, seed: 7 });
  expect(emulator.cloud.tree.all()).toHaveLength(resources);
});

test("a message that claims more than the allowed length is refused", async () => {
  const status = await grpcStatus(paths[0] ?? "", Buffer.alloc((4 << 20) + 1));
  // RESOURCE_EXHAUSTED
  expect(status).toBe("8");
});

const subResources = [
  "acl",
  "cors",
  "encryption",
  "lifecycle",
  "logging",
  "object-lock",
  "tagging",
  "versioning",
  "website",
];

test.each([
  ["no XML", "}{"],
  ["XML that ends too early", "<LifecycleConfiguration><Rule>"],
  ["XML of another kind", "<Other/>"],
  [
    "entities that would grow",
    `<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "${"&a;".repeat(100)}">]><Tagging>&b;</Tagging>`,
  ],
  ["10,000 nested elements", "<a>".repeat(10_000) + "</a>".repeat(10_000)],
])("a configuration that is %s is refused", async (_, body) => {
  for (const subResource of subResources) {
    const answer = await s3(emulator, "PUT", `/bucket?${subResource}`, { body });
    expect([subResource, answer.status]).toEqual([subResource, 400]);
  }
});

/** Sends a path as it is: fetch would tidy it. */
function statusOf(method: string, path: string): Promise<number> {
  const { hostname, port } = new URL(emulator.storageProxy);
  const headers = { "X-YaCloud-SubjectToken": emulator.issueToken() };
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject).end(method === "PUT" ? "x" : undefined);
  });
}

test.each([
  ["/bucket/../other/a", "../other/a"],
  ["/bucket/%2e%2e/other/a", "../other/a"],
  ["/bucket/a/..//b", "a/..//b"],
  ["/bucket/%2Fetc%2Fpasswd", "/etc/passwd"],
  ["/bucket/a%5c..%5cb", "a\\..\\b"],
])("%s is a key of its bucket like any other", async (path, key) => {
  expect(await statusOf("PUT", path)).toBe(200);
  expect(emulator.cloud.objects.keys("bucket", key)).toEqual([key]);
  expect(await statusOf("GET", path)).toBe(200);
});

test.each([
  ["%zz", 400],
  ["%00", 400],
  ["a%0ab", 400],
  ["k".repeat(1024), 400],
])("/bucket/%s is refused", async (key, status) => {
  expect(await statusOf("PUT", `/bucket/${key}`)).toBe(status);
});

/** Kept to what a machine's default limit of open files allows for both ends. */
const connections = 300;

test.each([
  ["gRPC", () => new URL(`http://${emulator.endpoint}`).port],
  ["S3", () => new URL(emulator.storageProxy).port],
  ["the admin port", () => new URL(emulator.adminUrl).port],
])(`${connections} connections to %s that are opened, sent garbage and left do no harm`, async (_, port) => {
  const sockets: Socket[] = [];
  for (let i = 0; i < connections; i += 1) {
    const socket = connect(Number(port()), "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    socket.write("\0\x01garbage\r\n\r\n");
  }
  await Promise.all(
    sockets.map((socket) => (socket.connecting ? once(socket, "connect").catch(() => {}) : 0)),
  );
  expect(await isAlive(emulator)).toBe(true);
  for (const socket of sockets) socket.destroy();
});

test("uploads that are broken off leave nothing", async () => {
  const { hostname, port } = new URL(emulator.storageProxy);
  const headers = { "X-YaCloud-SubjectToken": emulator.issueToken(), "content-length": "1000000" };
  const reported = jest.spyOn(console, "error");
  const arrived = emulator.cloud.traffic.calls;
  for (let i = 0; i < 20; i += 1) {
    const sent = httpRequest({ hostname, port, path: "/bucket/half", method: "PUT", headers }).on(
      "error",
      () => {},
    );
    const closed = new Promise((resolve) => sent.on("close", resolve));
    sent.write("x".repeat(1000), () => sent.destroy());
    await closed;
  }
  // A request of its own, after which those before have been dealt with.
  await s3(emulator, "GET", "/bucket");
  expect(emulator.cloud.traffic.calls).toBeGreaterThan(arrived);
  // No fault of this cloud.
  expect(reported).not.toHaveBeenCalled();
  reported.mockRestore();
  expect(emulator.cloud.objects.keys("bucket", "half")).toEqual([]);
});
