import { allEvents, type Collected } from "../../../operate/stack/events";
import { Api, bucketRequest } from "../../support/api";
import { Stack } from "../verify/stack";
import { type Followed, following, keyOf } from "./following";

const second = "cnpsecond";
const trails: readonly Followed[] = [{ trail: "first" }, { trail: "second", trailId: second }];
const record = (id: string, time: string, more: object = {}) => ({
  ...{ event_id: id, event_type: "t", event_time: `2026-03-03T00:00:${time}Z`, ...more },
});
const columns = "trail_id,event_id";

test("new events of all trails are printed in the order of time, each once", async () => {
  await using stack = await Stack.start();
  const shared = record("shared", "05");
  const put = (name: string, trailId: string, records: readonly object[]) =>
    stack.put(keyOf(stack, name, trailId), JSON.stringify(records));
  put("old", second, [record("old", "00")]);
  const { lines, reported } = await following(
    { stack, trails },
    { columns },
    () => {
      put("a", stack.trailId, [record("a3", "03"), record("a1", "01"), shared]);
      put("b", stack.trailId, [record("a4", "04.5")]);
      put("a", second, [record("b2", "02"), record("b4", "04"), shared, record("b6", "06")]);
    },
    () => put("b", second, [record("b0", "00"), { event_id: "no time" }, record("b7", "07")]),
    () => put("c", stack.trailId, [record("b7", "07"), record("a8", "08")]),
    () => {},
  );
  const { trailId } = stack;
  expect(lines.map((line) => Object.values(JSON.parse(line)).join(" "))).toEqual([
    ...[`${trailId} a1`, `${second} b2`, `${trailId} a3`, `${second} b4`, `${trailId} shared`],
    // It was delivered after a later event.
    ...[`${trailId} a4`, `${second} b6`],
    ...[`${second} b0`, `${second} b7`, `${second} no time`, `${trailId} a8`],
  ]);
  expect(reported).toMatch(/\nFollowing trail first, trail second\. Ctrl-C ends it\.\n$/);
});

test("copies that differ between trails are printed and reported", async () => {
  await using stack = await Stack.start();
  const { lines, reported } = await following(
    { stack, trails },
    { columns: "trail_id,details" },
    () => {
      stack.put(keyOf(stack, "a"), JSON.stringify([record("one", "01", { details: { a: 1 } })]));
      stack.put(keyOf(stack, "a", second), JSON.stringify([record("one", "01", { details: { a: 2 } })]));
    },
    () => {},
  );
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { trail_id: stack.trailId, details: { a: 1 } },
    { trail_id: second, details: { a: 2 } },
  ]);
  expect(reported).toContain(
    `Event one was delivered in different copies. This one is in ${keyOf(stack, "a", second)}.`,
  );
});

test("a bucket that cannot be listed is reported once and tried again, and the other trail is followed", async () => {
  await using stack = await Stack.start();
  using api = new Api(stack.emulator);
  const other: Followed = { trail: "second", trailId: second, bucket: "later" };
  const { lines, reported } = await following(
    { stack, trails: [{ trail: "first" }, other] },
    { columns },
    () => stack.put(keyOf(stack, "a"), JSON.stringify([record("one", "01")])),
    () => {},
    () => api.call("buckets", "create", bucketRequest(stack.cloud.folderId, "later")),
    () => {
      const put = (name: string, id: string) =>
        stack.cloud.objects.put(
          stack.cloud.deployer,
          "later",
          keyOf(stack, name, second),
          Buffer.from(JSON.stringify([record(id, "02")])),
          "application/json",
          { hasContentMd5: true },
        );
      put("b", "two");
    },
    () => {},
  );
  expect(lines.map((line) => JSON.parse(line).event_id)).toEqual(["one", "two"]);
  expect(reported.match(/Listing bucket later of trail second failed: NoSuchBucket/g)).toHaveLength(1);
  expect(reported).toMatch(/search tries again\. Events that are delivered until then are not printed\.\n/);
});

test("if no bucket can be listed at the start, the command fails", async () => {
  await using stack = await Stack.start();
  const failing = ["one", "two"].map((bucket): Followed => ({ trail: bucket, trailId: bucket, bucket }));
  await expect(following({ stack, trails: failing }, {})).rejects.toThrow(/Bucket one not found/);
});

test("data events are in doubt only if no trail collects them", async () => {
  await using stack = await Stack.start();
  const data: Collected = { kind: "lockbox", scope: "organization o", events: allEvents };
  const [first = { trail: "" }, other = first] = trails;
  const type = "lockbox.GetPayload";
  const none = await following({ stack, trails }, { type });
  expect(none.reported).toContain(
    "None of the trails collects data events of lockbox, which this question needs.",
  );
  const one = await following({ stack, trails: [first, { ...other, collection: [data] }] }, { type });
  expect(one.reported).not.toContain("None of the trails");
});
