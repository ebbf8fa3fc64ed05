import { minute } from "../../../operate/verify/check";
import { byDeployer } from "../../support/localStack";
import { checkOf, linesOf, Stack } from "./stack";

const hour = 60 * minute;
const within = { newestWithin: 30 * minute };

describe("the newest log object", () => {
  test.each<[string, (stack: Stack, key: string) => void, RegExp]>([
    [
      "no JSON",
      (stack) => stack.put(`${stack.trailId}/2026/11/29/z.json`, "hello"),
      /Not counted: \S+z\.json, written at \S+, is not JSON/,
    ],
    [
      "an empty list",
      (stack) => stack.put(`${stack.trailId}/2026/11/29/z.json`, "[]"),
      /Not counted: \S+z\.json, written at \S+, holds no new event/,
    ],
    [
      "a copy of a log",
      (stack, key) => {
        const { body } = stack.cloud.objects.get(stack.account, "audit-logs", key);
        stack.put(`${stack.trailId}/2026/11/29/z.json`, body);
      },
      /Not counted: \S+z\.json, .*holds no new event/,
    ],
    [
      "a log that was put over a log",
      (stack, key) =>
        stack.put(key, '[{"event_id":"e","event_type":"t","event_time":"2026-11-29T00:00:00Z"}]'),
      /Not counted: \S+\.json, .*overwrote an older object/,
    ],
    [
      "of another name than logs have",
      (stack) => stack.put(`${stack.trailId}/marker`, "[]"),
      /Not counted: \S+marker, .*does not have the name of a log object/,
    ],
  ])("is not one that somebody else put under the prefix: %s", async (_what, put, says) => {
    await using stack = await Stack.start();
    const key = stack.deliver();
    stack.pass({ minutes: 40 });
    put(stack, key);
    const check = checkOf(await stack.verify(within), "newest");
    expect([check.result, check.text]).toEqual([
      "bad",
      expect.stringMatching(/^The newest log object is 4\d min old: /),
    ]);
    expect(linesOf(check)).toMatch(says);
  });

  test.each([
    [-3 * hour, "behind"],
    [3 * hour, "ahead of"],
  ])("has its age by the service's clock, even if this machine's clock is %d ms off", async (clock, how) => {
    await using stack = await Stack.start();
    stack.deliver();
    stack.pass({ minutes: 20 });
    const check = checkOf(await stack.verify(within, { clock }), "newest");
    expect([check.result, check.text]).toEqual(["good", expect.stringContaining("is 20 min old")]);
    expect(check.details).toEqual([
      `The clock of this machine is 3 h ${how} the service's. Ages are by the service's clock.`,
    ]);
  });

  test("that cannot be read is unknown", async () => {
    await using stack = await Stack.start();
    stack.deliver();
    stack.cloud.access.remove(stack.keyId ?? "", {
      roleId: "kms.keys.encrypterDecrypter",
      subject: stack.cloud.deployer,
    });
    for (const role of ["kms.admin"])
      stack.cloud.access.remove(stack.cloud.folderId, { roleId: role, subject: stack.cloud.deployer });
    const found = await stack.verify(within);
    expect(checkOf(found, "newest")).toMatchObject({
      result: "unknown",
      text: expect.stringMatching(/unknown whether the trail delivered it: .*AccessDenied/),
    });
    expect(checkOf(found, "record").result).toBe("unknown");
  });
});

describe("invalid objects and records are reported, and do not stop the check", () => {
  const record = { event_id: "evtodd", event_type: "yandex.cloud.audit.iam.CreateKey" };
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  test.each<[string, string | Buffer, string]>([
    ["an empty object", "", "is empty"],
    ["bytes", Buffer.from([0xff, 0xfe, 0]), "is not JSON"],
    ["half a list", '[{"event_id":', "is not JSON"],
    ["an object of JSON", "{}", "is JSON, but not a list of records"],
    ["a list of other things", "[1,null]", "has a record that is not an object (number 1)"],
    ["a record without type", '[{"event_id":"e"}]', "has a record without event_type (number 1)"],
    [
      "a record whose time is none",
      JSON.stringify([{ ...record, event_time: "yesterday" }]),
      'has a record whose event_time is not a time: "yesterday" (number 1)',
    ],
    [
      "a record without time",
      JSON.stringify([record]),
      "has a record whose event_time is missing (number 1)",
    ],
    [
      "a record of the future",
      JSON.stringify([{ ...record, event_time: "9999-01-01T00:00:00Z" }]),
      'has a record whose event_time is later than its delivery: "9999-01-01T00:00:00Z" (number 1)',
    ],
    [
      "a record without id",
      JSON.stringify([{ ...record, event_id: 7, event_time: "2026-01-01T00:00:00Z" }]),
      "has a record without event_id (number 1)",
    ],
    [
      "parts of other kinds, and very deep ones",
      `[{"event_id":"e","event_type":"yandex.cloud.audit.kms.UpdateSymmetricKeyAccessBindings","event_time":1,"authentication":[],"resource_metadata":{"path":7},"details":{"key_id":${deep}}}]`,
      "has a record whose event_time is missing (number 1)",
    ],
  ])("%s", async (_what, body, says) => {
    await using stack = await Stack.start();
    stack.deliver();
    stack.put(`${stack.trailId}/2026/11/29/odd.json`, body);
    stack.deliver();
    const found = await stack.verify();
    const check = checkOf(found, "record");
    expect([check.result, linesOf(check)]).toEqual([
      "unknown",
      expect.stringContaining(`${stack.trailId}/2026/11/29/odd.json ${says}.`),
    ]);
    expect(found.text).not.toMatch(/NaN|Invalid/);
    // The next run is not spoiled by it.
    const next = await stack.verify({ memory: JSON.parse(JSON.stringify(found.memory)) });
    expect(checkOf(next, "record").result).toBe("info");
    expect(checkOf(next, "integrity").result).toBe("good");
  });

  test("a change without a time is reported", async () => {
    await using stack = await Stack.start();
    const body = JSON.stringify([
      {
        ...{ event_id: "e", event_type: "yandex.cloud.audit.audittrails.UpdateTrail" },
        authentication: { subject_id: "ajestranger" },
        details: { trail_id: stack.trailId },
      },
    ]);
    stack.put(`${stack.trailId}/2026/11/29/odd.json`, body);
    expect(checkOf(await stack.verify(), "changes")).toMatchObject({
      result: "bad",
      details: [expect.stringMatching(/audittrails\.UpdateTrail: somebody ajestranger/)],
    });
  });

  test("an object that is too large is not read", async () => {
    await using stack = await Stack.start({ isEncrypted: false });
    stack.deliver();
    stack.put(`${stack.trailId}/2026/11/29/odd.json`, Buffer.alloc(2 ** 26 + 1, " "));
    expect(linesOf(checkOf(await stack.verify(), "record"))).toMatch(
      /odd\.json is too large to be read: 67108865 bytes/,
    );
  });
});

test("a missing event is reported with the number of later events that were delivered", async () => {
  await using stack = await Stack.start();
  const { cloud, account } = stack;
  const role = { roleId: "storage.uploader", subject: account };
  const create = (name: string) =>
    cloud.serviceAccounts.create(byDeployer(stack.emulator), { folderId: cloud.folderId, name });
  for (const name of ["before-a", "before-b", "before-c"]) create(name);
  // No delivery has the caused event.
  const after = cloud.auditLog.after.bind(cloud.auditLog);
  cloud.auditLog.after = (sequence) =>
    after(sequence).filter(({ event }) => !event.event_type.endsWith("iam.UpdateServiceAccount"));
  let pauses = 0;
  const found = await stack.verify(
    { quick: false },
    {
      onPause: () => {
        pauses += 1;
        if (pauses === 2) for (const name of ["after-a", "after-b"]) create(name);
      },
    },
  );
  expect(cloud.access.list(cloud.folderId)).toContainEqual(role);
  expect(checkOf(found, "delivery")).toMatchObject({
    result: "bad",
    text: expect.stringMatching(/was not delivered within 15 min\. But 2 later events were delivered\./),
  });
});
