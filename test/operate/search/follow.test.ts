import { readerRoles } from "../../../components/roles";
import { follow } from "../../../operate/search/follow";
import { queryOf } from "../../../operate/search/options";
import type { Place } from "../../../operate/search/place";
import type { RawOptions } from "../../../operate/search/rawOptions";
import { Api } from "../../support/api";
import { Stack } from "../verify/stack";

const over = new Error("over");

/** Follows the trail of a stack, with something that happens before each listing but the first. @returns what was printed and reported. */
async function following(
  of: Stack | { readonly stack: Stack; readonly subject: Parameters<Stack["connect"]>[0] },
  options: RawOptions,
  ...steps: readonly (() => void)[]
) {
  const { stack, subject } = of instanceof Stack ? { stack: of, subject: undefined } : of;
  const cloud = await stack.connect(subject);
  const { storageEndpoint } = cloud;
  const place: Place = {
    trail: "trail",
    source: { storageEndpoint, bucket: "audit-logs", trailId: stack.trailId },
    ...{ cloud, logging: { own: [], folders: [] }, collection: [], notes: [] },
  };
  const [out, reported]: [string[], string[]] = [[], []];
  const left = [...steps];
  // The machine's clock is not the service's.
  const now = () => 0;
  const query = queryOf(
    undefined,
    { stack: "dev", follow: true, format: "jsonl", columns: "event_type", ...options },
    Date.now(),
  );
  const ending = follow(query, place, {
    ...{ now, signal: new AbortController().signal },
    out: { write: async (text) => void out.push(text) },
    report: (line) => void reported.push(`${line}\n`),
    pause: async () => {
      const step = left.shift();
      if (!step) throw over;
      step();
    },
  });
  await expect(ending).rejects.toBe(over);
  return { lines: out.join("").split("\n").slice(0, -1), reported: reported.join("") };
}

const created = '{"event_type":"yandex.cloud.audit.iam.CreateServiceAccount"}';
const keyOf = (stack: Stack, name: string) => {
  const day = stack.cloud.clock.now().toISOString().slice(0, 10).replaceAll("-", "/");
  return `${stack.trailId}/${day}/${name}.json`;
};

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
  expect(reported).toMatch(/^Following trail \w+\. Ctrl-C ends it\.\n$/);
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
  expect(reported.match(/cannot be read and is tried again: AccessDenied/g)).toHaveLength(1);
});
