import { request as httpRequest } from "node:http";
import { type Emulator, startEmulator } from "../../emulator";
import { switches } from "../../emulator/backend/switches";
import { Api, s3, setUpTrail } from "../support/api";

// biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
type Answer = { readonly status: number; readonly body: any };

const send = async (emulator: Emulator, method: string, path: string, body?: object): Promise<Answer> => {
  const response = await fetch(emulator.adminUrl + path, { method, body: body && JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
};
const post = (emulator: Emulator, path: string, body: object) => send(emulator, "POST", path, body);

/** A request with headers that fetch does not let through. */
function statusWith(emulator: Emulator, headers: Record<string, string>, method = "GET"): Promise<number> {
  const { hostname, port } = new URL(emulator.adminUrl);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path: "/clock", method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject).end();
  });
}

describe("the window", () => {
  test("shows resources with their bindings, trails with their errors, objects, and calls with their callers", async () => {
    await using emulator = await startEmulator();
    using api = new Api(emulator);
    const { accountId, bucket } = await setUpTrail(emulator, api);
    const { cloud } = emulator;
    cloud.clock.advance({ minutes: 5 });
    await api.bind("organizations", cloud.organizationId, "audit-trails.viewer", accountId, 2);
    cloud.clock.advance({ minutes: 5 });
    const { body } = await send(emulator, "GET", "/cloud");
    expect(body.trails).toEqual([
      expect.objectContaining({
        name: "trail",
        status: "ERROR",
        statusErrorMessage: "ACCESS_DENIED: Permission denied",
        bucket,
        serviceAccount: "account",
      }),
    ]);
    const [folder] = body.organization.children[0].children;
    expect(folder.accessBindings).toContainEqual({
      roleId: "storage.uploader",
      subject: "serviceAccount account",
    });
    expect(folder.children.map(({ type }: { type: string }) => type).sort()).toEqual([
      "audit-trails.trail",
      "iam.serviceAccount",
      "kms.symmetricKey",
      "storage.bucket",
    ]);
    expect(body.buckets[0]).toMatchObject({ name: bucket, objectCount: 1 });
    expect(body.auditLog[0].event_type).toContain("UpdateOrganizationAccessBindings");

    const page = await (await fetch(emulator.adminUrl)).text();
    for (const text of [
      "ACCESS_DENIED: Permission denied",
      "storage.uploader for serviceAccount account",
      bucket,
    ])
      expect(page).toContain(text);
    expect(page).toContain(body.buckets[0].objects[0].key);
  });

  test("names cannot bring markup into the page", async () => {
    await using emulator = await startEmulator();
    using api = new Api(emulator);
    const { bucket } = await setUpTrail(emulator, api);
    await api.createKey("<script>alert(1)</script>");
    await s3(emulator, "PUT", `/${bucket}/%3Cimg%20src=x%3E`, { body: "x" });
    const response = await fetch(emulator.adminUrl);
    const page = await response.text();
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).toContain("&lt;img src=x&gt;");
    expect(page).not.toMatch(/<script|<img/);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("shows no secrets", async () => {
    await using emulator = await startEmulator();
    using api = new Api(emulator);
    const token = emulator.issueToken();
    const id = await api.createServiceAccount("account");
    const { secret } = await api.call("accessKeys", "create", { serviceAccountId: id, description: "" });
    for (const path of ["/", "/cloud", "/state"]) {
      const shown = await (await fetch(emulator.adminUrl + path)).text();
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(token);
    }
  });
});

describe("other sites in the same browser get no answer", () => {
  test.each([
    ["a foreign host", { host: "attacker.example" }, 403],
    ["a foreign origin", { origin: "http://attacker.example" }, 403],
    ["an origin that is none", { origin: "null" }, 403],
    ["no origin", {}, 200],
  ])("%s", async (_, headers, expected) => {
    await using emulator = await startEmulator();
    const { host } = new URL(emulator.adminUrl);
    expect(await statusWith(emulator, { host, ...headers })).toBe(expected);
    expect(await statusWith(emulator, { host, ...headers }, "POST")).toBe(expected);
  });

  test("its own page, under both of its names", async () => {
    await using emulator = await startEmulator();
    const { port } = new URL(emulator.adminUrl);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`])
      expect(await statusWith(emulator, { host, origin: `http://${host}` })).toBe(200);
  });
});

describe("levers", () => {
  test("due actions happen when the clock moves", async () => {
    await using emulator = await startEmulator();
    using api = new Api(emulator);
    const { bucket } = await setUpTrail(emulator, api);
    const before = emulator.cloud.clock.now().getTime();
    const { body } = await post(emulator, "/clock", { minutes: 5 });
    expect(Date.parse(body.now) - before).toBeGreaterThanOrEqual(300_000);
    expect(body.aheadMilliseconds).toBe(300_000);
    expect(emulator.cloud.objects.keys(bucket, "")).toHaveLength(1);
  });

  test("the clock jumps after each call of a method, before its client continues, until that is ended", async () => {
    await using emulator = await startEmulator();
    using api = new Api(emulator);
    const jump = { method: "SymmetricKeyService/Create", by: { minutes: 5 } };
    expect((await post(emulator, "/clock-jumps", jump)).body).toEqual([jump]);
    const ahead = () => emulator.cloud.clock.ahead;
    await api.createKey("one");
    expect(ahead()).toBe(300_000);
    await api.createServiceAccount("account");
    await api.createKey("two");
    expect(ahead()).toBe(600_000);
    expect((await send(emulator, "DELETE", "/clock-jumps")).body).toEqual([]);
    await api.createKey("three");
    expect(ahead()).toBe(600_000);
  });

  test("faults begin, are listed, and end", async () => {
    await using emulator = await startEmulator();
    using api = new Api(emulator);
    const fault = { kind: "fail", method: "SymmetricKeyService/Get", code: "UNAVAILABLE", times: 2 };
    expect((await post(emulator, "/faults", fault)).body).toEqual([
      { kind: "fail", method: "SymmetricKeyService/Get", left: 2 },
    ]);
    expect(await api.codeOf("keys", "get", { keyId: "key" })).toBe("UNAVAILABLE");
    expect((await send(emulator, "DELETE", "/faults")).body).toEqual([]);
    expect(await api.codeOf("keys", "get", { keyId: "key" })).toBe("NOT_FOUND");
  });

  test.each([
    { kind: "delay", method: "s3/GET", milliseconds: 1 },
    { kind: "failLate", method: "SymmetricKeyService/Create", code: "PERMISSION_DENIED" },
    { kind: "hang", method: "TrailService/Create" },
    { kind: "drop", method: "TrailService/Create", times: 3 },
    { kind: "hold", method: "TrailService/Create", until: "TrailService/Get", milliseconds: 10 },
  ])("a fault of each kind can be switched on: $kind", async (fault) => {
    await using emulator = await startEmulator();
    const { status, body } = await post(emulator, "/faults", fault);
    expect([status, body]).toEqual([
      200,
      [expect.objectContaining({ kind: fault.kind, method: fault.method })],
    ]);
  });

  test("every switch can be set to each of its positions, and takes effect", async () => {
    await using emulator = await startEmulator();
    using api = new Api(emulator);
    for (const [name, { values }] of Object.entries(switches))
      for (const position of values)
        expect((await post(emulator, "/switches", { [name]: position })).body[name]).toBe(position);
    await post(emulator, "/switches", { errorTexts: "code-only", unreadable: "permission-denied" });
    await expect(api.call("keys", "get", { keyId: "none" })).rejects.toMatchObject({ details: "NOT_FOUND" });
  });

  test("roles spread slowly, operations take their time, and quotas end", async () => {
    await using emulator = await startEmulator();
    using api = new Api(emulator);
    await post(emulator, "/propagation-delay", { seconds: 30 });
    await post(emulator, "/operations", { duration: { minutes: 1 }, pollInterval: 2 });
    await post(emulator, "/quotas", { buckets: 0 });
    const { cloud } = emulator;
    const id = await api.createServiceAccount("account");
    await api.bind("folders", cloud.folderId, "storage.viewer", id);
    const subject = { type: "serviceAccount", id };
    expect(cloud.access.isAllowed(subject, "storage.objects.get", cloud.folderId)).toBe(false);
    const { id: operationId } = await api.call("serviceAccounts", "delete", { serviceAccountId: id });
    expect((await api.call("operations", "get", { operationId })).done).toBe(false);
    await post(emulator, "/clock", { minutes: 1 });
    expect((await api.call("operations", "get", { operationId })).done).toBe(true);
    const bucket = {
      folderId: cloud.folderId,
      name: "bucket",
      defaultStorageClass: "",
      maxSize: 0,
      tags: [],
    };
    expect(await api.codeOf("buckets", "create", bucket)).toBe("RESOURCE_EXHAUSTED");
  });

  test.each([
    ["/clock", { minute: 5 }, 400, "minute"],
    ["/clock", { minutes: -5 }, 400, "minutes"],
    ["/switches", { nosuch: "x" }, 400, "nosuch"],
    ["/switches", { ids: "short" }, 400, "ids"],
    ["/faults", { kind: "fail", method: "x", code: "NO_SUCH_CODE" }, 400, "code"],
    ["/nosuch", {}, 404, "/switches"],
    ["/state", {}, 405, "read-only"],
    ["/clock", { text: "x".repeat(70_000) }, 413, "65536"],
  ])("POST %s with invalid values is refused, and the message helps", async (path, body, status, text) => {
    await using emulator = await startEmulator();
    const answer = await post(emulator, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toContain(text);
  });

  test("invalid JSON is refused, and the server continues", async () => {
    await using emulator = await startEmulator();
    const response = await fetch(`${emulator.adminUrl}/clock`, { method: "POST", body: "{" });
    expect([response.status, await response.json()]).toEqual([400, { error: "The body is not JSON" }]);
    expect((await send(emulator, "GET", "/clock")).status).toBe(200);
  });
});

test("a cloud continues from the export of another one, without its tokens and static keys", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { bucket, trailId } = await setUpTrail(emulator, api);
  await s3(emulator, "PUT", `/${bucket}/note`, { body: "written before" });
  const token = emulator.issueToken();
  const { body: state } = await send(emulator, "GET", "/state");

  await using later = await startEmulator({ state, seed: "another" });
  expect(later.cloud.organizationId).toBe(emulator.cloud.organizationId);
  using laterApi = new Api(later);
  expect((await laterApi.call("trails", "get", { trailId })).status).toBe(1);
  expect(await (await s3(later, "GET", `/${bucket}/note`)).text()).toBe("written before");
  using old = new Api(later, token);
  expect(await old.codeOf("trails", "get", { trailId })).toBe("UNAUTHENTICATED");
  later.cloud.clock.advance({ minutes: 5 });
  expect(later.cloud.objects.keys(bucket, trailId)).toHaveLength(1);
});
