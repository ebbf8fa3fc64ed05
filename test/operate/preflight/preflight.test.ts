import { openCloud } from "../../../api/connection";
import { type PlannedCheck, runCheck } from "../../../operate/preflight/check";
import { planOfIds } from "../../../operate/preflight/planOfArgs";
import { preflight } from "../../../operate/preflight/preflight";
import { exitCodeOf, reportOf, textOf } from "../../../operate/preflight/report";
import { s3 } from "../../support/api";
import { createKey } from "../../support/authorizedKey";
import { connectionTo } from "../../support/connection";
import { encryptedBucket, resultFor, start } from "./setUp";

test("a sound plan has no problems, and the check changes nothing", async () => {
  await using emulator = await start();
  // The clock notes now and then how far it is ahead.
  const state = () => {
    const { clock: _clock, ...tables } = emulator.cloud.store.export().tables;
    return JSON.stringify(tables);
  };
  const before = state();
  const { text, exitCode } = await resultFor(emulator);
  expect(text).toContain(": 0 problems, 0 unknown, 23 ok\n");
  expect(text).toContain("ok       role storage.admin on folder ");
  expect(exitCode).toBe(0);
  expect(state()).toBe(before);
});

test("if Object Storage does not answer, policies and names are unknown", async () => {
  await using emulator = await start();
  const { bucketName, keyId, bucketFolderId } = await encryptedBucket(emulator);
  const statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:*",
    Resource: `arn:aws:s3:::${bucketName}`,
  };
  const body = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await s3(emulator, "PUT", `/${bucketName}?policy=`, { body });
  const storage = { ...connectionTo(emulator), storageEndpoint: "http://127.0.0.1:1" };
  delete process.env.HTTP_PROXY;
  const existing = await resultFor(emulator, { bucketName, keyId, bucketFolderId }, storage);
  expect(existing.text).toMatch(/unknown +policy of bucket audit-logs for the deployer: /);
  expect((await resultFor(emulator, { bucketName: "other" }, storage)).text).toMatch(
    /unknown +bucket name other: /,
  );
});

test("no API names the owner of a token, so no role counts as held", async () => {
  await using emulator = await start();
  const { organizationId, folderId } = emulator.cloud;
  const plan = planOfIds({ organizationId, folderId, bucketName: "audit-logs" });
  const report = reportOf((await preflight(plan, connectionTo(emulator))).checks, {});
  expect(textOf(report)).toMatch(/unknown +credentials: .*--subject.*\n +\$ yc iam whoami/);
  expect(textOf(report)).not.toMatch(/ok +role/);
  expect(exitCodeOf(report)).toBe(2);
});

test("an authorized key names its account, and the account of a token is found by its keys", async () => {
  await using emulator = await start();
  const { accountId, keyId, privateKey } = await createKey(emulator);
  const serviceAccountKeyFile = JSON.stringify({
    ...{ id: keyId, service_account_id: accountId, private_key: privateKey },
  });
  const { token: _, ...to } = connectionTo(emulator);
  const by = new RegExp(`^Preflight, deployed by serviceAccount ${accountId}: `);
  const withKey = await resultFor(emulator, {}, { ...to, serviceAccountKeyFile });
  expect(withKey.text).toMatch(by);
  expect(withKey.text).not.toContain(privateKey.slice(40, 60));
  const token = emulator.issueToken({ type: "serviceAccount", id: accountId });
  expect((await resultFor(emulator, {}, { ...to, token })).text).toMatch(by);
});

test("credentials that the endpoint refuses are reported, and nothing else is checked", async () => {
  await using emulator = await start();
  const token = "t1.9euelZqOi.secret-signature";
  const { text, exitCode } = await resultFor(emulator, {}, { ...connectionTo(emulator), token });
  expect(text).toMatch(/problem +credentials: UNAUTHENTICATED: .*another region.*\n +\$ export YC_TOKEN=/);
  expect(text).not.toContain("role");
  expect(text).not.toContain("secret-signature");
  expect(exitCode).toBe(1);
});

test("Object Storage of another region than the endpoint's is reported", async () => {
  await using emulator = await start();
  const { storageEndpoint: _, ...to } = connectionTo(emulator);
  const { text, exitCode } = await resultFor(emulator, {}, { ...to, storageEndpoint: emulator.storageProxy });
  expect(text).toMatch(
    /problem +Object Storage of endpoint \S+: Object Storage of the endpoint is at (\S+), but buckets would be created at 127\.0\.0\.1:\d+\.\n +\$ export YC_STORAGE_ENDPOINT_URL=\1$/m,
  );
  expect(exitCode).toBe(1);
});

test("everything is unknown if the endpoint does not answer", async () => {
  await using emulator = await start();
  const { text, exitCode } = await resultFor(
    emulator,
    {},
    { ...connectionTo(emulator), endpoint: "localhost:1" },
  );
  expect(text).toMatch(/unknown +endpoint localhost:1: It does not answer: UNAVAILABLE/);
  expect(exitCode).toBe(2);
});

test("a call that fails once is repeated, and one that still fails gives unknown with its code and request", async () => {
  await using emulator = await start();
  const { faults } = emulator.cloud;
  faults.fail({ method: "FolderService/Get" }, "UNAVAILABLE", { times: 2 });
  expect((await resultFor(emulator)).exitCode).toBe(0);
  faults.fail({ method: "TrailService/List" }, "FAILED_PRECONDITION");
  const { text, exitCode } = await resultFor(emulator);
  expect(text).toMatch(
    /unknown +trail name \S+ in folder \S+: The service answers FAILED_PRECONDITION.* \(request [-0-9a-f]{36}\)\./,
  );
  expect(exitCode).toBe(2);
});

test("independent calls run at the same time", async () => {
  await using emulator = await start();
  const { faults, traffic } = emulator.cloud;
  const latency = 200;
  faults.delay({ method: "" }, latency);
  const connection = connectionTo(emulator);
  await openCloud(connection);
  traffic.reset();
  const started = Date.now();
  expect((await resultFor(emulator, {}, connection)).exitCode).toBe(0);
  // The longest chain has four of these calls.
  expect(Date.now() - started).toBeLessThan((traffic.calls * latency) / 2);
});

test("a defect of this program is not reported as a failure of the service", async () => {
  await using emulator = await start();
  const { organizationId, folderId, deployer } = emulator.cloud;
  const plan = planOfIds({ organizationId, folderId, bucketName: "audit-logs" });
  const broken = {
    ...plan,
    get open(): never {
      throw new TypeError("undefined is not a function");
    },
  };
  await expect(preflight(broken, connectionTo(emulator), deployer)).rejects.toThrow(TypeError);
  const check: PlannedCheck = [
    "something",
    async () => {
      throw new TypeError("undefined is not a function");
    },
  ];
  await expect(runCheck(check)).rejects.toThrow(TypeError);
});
