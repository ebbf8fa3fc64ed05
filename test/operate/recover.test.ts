import { Updates } from "../../operate/recover/updates";
import { EngineRecord } from "../../operate/state/engineRecord";
import { StackEditor } from "../../operate/state/stackEditor";

const at = (time: string) => new Date(`2026-03-01T${time}Z`);
const update = (kind: string, result: string, start: string, end: string) => ({
  ...{ kind, result },
  startTime: at(start).toISOString(),
  endTime: at(end).toISOString(),
});
const history = (...updates: object[]) => Updates.read(JSON.stringify(updates), at("09:00:00"));

describe("leftovers of an interrupted update, by the time of their creation", () => {
  const updates = history(
    update("update", "succeeded", "12:00:00", "12:00:30"),
    update("update", "failed", "11:00:00", "11:00:30"),
    update("update", "succeeded", "10:00:00", "10:00:30"),
  );

  test.each([
    ["during an update that succeeded", "10:00:10", false],
    ["in the last second of one, whose record has whole seconds", "10:00:30.900", false],
    ["during an update that failed, and whose record is there", "11:00:10", false],
    ["between two updates that ended", "11:30:00", true],
    ["after the last update that succeeded", "12:30:00", true],
    ["before the first update that is known", "09:30:00", false],
  ])("%s: %s, %s", (_when, time, isLeftOver) => {
    expect(updates.isLeftOver(at(time))).toBe(isLeftOver);
  });

  test("a resource without a time is no leftover", () => {
    expect(updates.isLeftOver(undefined)).toBe(false);
  });

  test("without a history, leftovers are resources newer than the oldest one of the stack", () => {
    const none = Updates.read("[]", at("09:00:00"));
    expect(none.isLeftOver(at("08:00:00"))).toBe(false);
    expect(none.isLeftOver(at("09:10:00"))).toBe(true);
  });
});

test("a successful refresh or import does not count as a completed update", () => {
  const updates = history(
    update("refresh", "succeeded", "12:00:00", "12:00:30"),
    update("update", "succeeded", "10:00:00", "10:00:30"),
  );
  expect(updates.isSinceSuccess(at("11:00:00"))).toBe(true);
  expect(updates.isSinceSuccess(at("09:00:00"))).toBe(false);
});

test("only imported resources get the options of the program: an update changes the others", () => {
  const urnOf = (name: string) =>
    `urn:pulumi:prod::platform::yandex-audit-trails:index:LogBucket$yandex:index/storageBucket:StorageBucket::${name}`;
  const type = "yandex:index/storageBucket:StorageBucket";
  const updated = {
    urn: urnOf("updated"),
    type,
    custom: true,
    protect: true,
    propertyDependencies: { bucket: [] },
  };
  const imported = { urn: urnOf("imported"), type, custom: true };
  const record = EngineRecord.read(JSON.stringify({ deployment: { resources: [updated, imported] } }));
  const wanted = { protect: false, retainOnDelete: true, propertyDependencies: { bucket: [] } };
  const steps = [updated, imported].map((resource) => ({ newState: { ...resource, ...wanted } }));
  const completed = record.completed(JSON.stringify({ steps }));
  expect(JSON.parse(completed?.text ?? "{}").deployment.resources).toEqual([
    updated,
    { ...imported, ...wanted },
  ]);
});

test("--engine-ended holds for the locks at the start, and not for a later one", () => {
  const dialogue = { print: () => {}, agree: async () => true };
  const editor = new StackEditor({ stack: "prod", backup: "backup", engineEnded: true }, dialogue);
  const holder = { host: "elsewhere", pid: 1, since: "2026-03-01T10:00:00Z" };
  editor.requireNoEngine([holder]);
  expect(() => editor.requireNoEngine([holder, { ...holder, host: "another" }])).toThrow(
    "An engine on another locked the stack",
  );
});
