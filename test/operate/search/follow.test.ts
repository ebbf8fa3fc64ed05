import { readerRoles } from "../../../components/roles";
import { Api } from "../../support/api";
import { Stack } from "../verify/stack";
import { following, keyOf } from "./following";

const created = '{"event_type":"yandex.cloud.audit.iam.CreateServiceAccount"}';
test("new events are printed once each as they are delivered, and older ones are not", async () => {
  await using stack = await Stack.start();
  stack.deliver();
  const { lines, reported } = await following(
    stack,
    { type: "iam.*" },
    () => {},
    () => stack.deliver(),
    () => stack.deliver(),
    () => {},
  );
  expect(lines).toEqual([created, created]);
  expect(reported).toBe(
    "The trail collects management events of organization o.\n" +
      "The trail does not collect data events of iam, which this question also asks for. That part of the answer is unknown.\n" +
      "Following trail first. Ctrl-C ends it.\n",
  );
});

test("copies are left out, and broken objects are named once", async () => {
  await using stack = await Stack.start();
  const record = { event_id: "one", event_type: "one", labels: { text: "rest" } };
  const { lines, reported } = await following(
    stack,
    { text: "rest" },
    () => stack.put(keyOf(stack, "a"), JSON.stringify([record, 5, null, { event_type: "other" }])),
    () => stack.put(keyOf(stack, "b"), JSON.stringify([record])),
    () => stack.put(keyOf(stack, "c"), `[${JSON.stringify({ ...record, event_id: "two" })}, {"event_id`),
    () => {},
  );
  expect(lines).toEqual(['{"event_type":"one"}', '{"event_type":"one"}']);
  expect(reported.match(/Log object \S+c\.json ends early: 1 records read\./g)).toHaveLength(1);
});

test("a copy with other contents is printed too, and reported", async () => {
  await using stack = await Stack.start();
  const record = { event_id: "one", event_type: "one", details: { a: 1 } };
  const { lines, reported } = await following(
    stack,
    { columns: "details" },
    () => stack.put(keyOf(stack, "a"), JSON.stringify([record])),
    () => stack.put(keyOf(stack, "b"), JSON.stringify([{ ...record, details: { a: 2 } }], null, 2)),
    () => stack.put(keyOf(stack, "c"), JSON.stringify([record, { ...record, details: { a: 2 } }], null, 2)),
    () => {},
  );
  expect(lines).toEqual(['{"details":{"a":1}}', '{"details":{"a":2}}']);
  expect(reported.match(/different copies/g)).toHaveLength(1);
  expect(reported).toContain(
    `Event one was delivered in different copies. This one is in ${keyOf(stack, "b")}.\n`,
  );
});

test("data events that the trail does not collect are unknown, which is reported at the start", async () => {
  await using stack = await Stack.start();
  const { reported } = await following(stack, { type: "lockbox.GetPayload" });
  expect(reported).toMatch(
    /^The trail collects management events of organization o\.\nThe trail does not collect data events of lockbox, which this question needs\. The answer is unknown\.\nFollowing/,
  );
  expect((await following(stack, { type: "iam.CreateKey" })).reported).not.toContain("unknown");
});

test("days that passed between two listings are read, as after a pause of this machine", async () => {
  await using stack = await Stack.start();
  const records = ["one", "two"].map((id) => ({ event_id: id, event_type: id }));
  const { lines } = await following(
    stack,
    {},
    () => stack.put(keyOf(stack, "a"), JSON.stringify(records.slice(0, 1))),
    () => {
      stack.put(keyOf(stack, "b"), JSON.stringify(records.slice(1)));
      stack.pass({ hours: 72 });
    },
    () => {},
  );
  expect(lines).toEqual(['{"event_type":"one"}', '{"event_type":"two"}']);
});

test("with --since it begins with the events that exist", async () => {
  await using stack = await Stack.start();
  stack.deliver();
  const { lines } = await following(stack, { type: "iam.CreateServiceAccount", since: "2d" }, () =>
    stack.deliver(),
  );
  // Among those of the set-up is the trail's account.
  expect(lines).toEqual([created, created, created]);
});

test("an object that cannot be decrypted is named, and tried again", async () => {
  await using stack = await Stack.start();
  const { cloud } = stack;
  using api = new Api(stack.emulator);
  const subject = { type: "serviceAccount", id: await api.createServiceAccount("reader") };
  cloud.access.add(cloud.folderId, { roleId: readerRoles.bucket, subject });
  const { lines, reported } = await following(
    { stack, subject },
    { type: "iam.CreateServiceAccount" },
    ...[() => stack.deliver(), () => {}],
    () => cloud.access.add(stack.keyId ?? "", { roleId: readerRoles.key, subject }),
  );
  expect(lines).toEqual([created, created, created]);
  expect(reported.match(/cannot be read\. search tries again: AccessDenied/g)).toHaveLength(1);
});
