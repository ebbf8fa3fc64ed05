import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StateFiles } from "../../operate/recover/stateFiles";
import { TemporaryFolder } from "../support/fakes";

const state = '{"version": 3, "checkpoint": {"stack": "organization/platform/prod"}}';
const stacks = ".pulumi/stacks/platform";
const history = ".pulumi/history/platform/prod";
const locks = ".pulumi/locks/organization/platform/prod";
const file = `${stacks}/prod.json`;

/** A backend with these files, and what a reader of a file gets after all repairs. */
function repaired(files: Readonly<Record<string, string>>) {
  using folder = new TemporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const of = StateFiles.of(`file://${folder.path}`, "platform", "prod");
  const repairs = of?.repairs() ?? [];
  for (const { make } of repairs) make();
  const left = Object.fromEntries(
    [file, ...Object.keys(files)].map((name) => {
      const path = join(folder.path, name);
      return [name, existsSync(path) ? readFileSync(path, "utf8") : undefined];
    }),
  );
  return { reported: repairs.map(({ what }) => what.replaceAll(`${folder.path}/`, "")), left };
}

test.each<
  [what: string, files: Record<string, string>, reported: string[], left: Record<string, string | undefined>]
>([
  ["nothing is damaged", { [file]: state, [`${file}.attrs`]: "{}" }, [], { [file]: state }],
  [
    "the state is cut off in the middle: the copy of the one before is newest",
    {
      [file]: state.slice(0, 30),
      [`${file}.attrs`]: "{}",
      [`${file}.bak`]: state,
      [`${history}/1.checkpoint.json`]: "{}",
    },
    [`${file} cannot be read. It is restored from ${file}.bak, the newest readable copy.`],
    { [file]: state, [`${file}.attrs`]: undefined },
  ],
  [
    "that copy is cut off too: the newest of the history",
    {
      [file]: "{",
      [`${file}.bak`]: "{",
      [`${history}/1.checkpoint.json`]: '{"checkpoint": {"of": 1}}',
      [`${history}/2.checkpoint.json`]: state,
      [`${history}/3.checkpoint.json`]: "{",
    },
    [`${file} cannot be read. It is restored from ${history}/2.checkpoint.json, the newest readable copy.`],
    { [file]: state },
  ],
  [
    "the state is missing, and the stack has a history",
    { [`${history}/1.checkpoint.json`]: state },
    [`${file} is missing. It is restored from ${history}/1.checkpoint.json, the newest readable copy.`],
    { [file]: state },
  ],
  [
    "the state is missing without a history, as `pulumi stack rm` leaves it",
    { [`${file}.bak`]: state },
    [],
    { [file]: undefined, [`${file}.bak`]: state },
  ],
  [
    "the state is cut off, and there is no copy",
    { [file]: "{", [`${file}.attrs`]: "{}" },
    [`${file} cannot be read, and there is no readable copy. It is removed.`],
    { [file]: undefined, [`${file}.attrs`]: undefined },
  ],
  [
    "the state is compressed",
    { [`${file}.gz`]: "\u001f" },
    [],
    { [file]: undefined, [`${file}.gz`]: "\u001f" },
  ],
  [
    "a checksum is cut off",
    { [file]: state, [`${file}.attrs`]: "" },
    [`${file}.attrs is incomplete. It only holds a checksum, and is removed.`],
    { [file]: state, [`${file}.attrs`]: undefined },
  ],
  [
    "a lock is cut off",
    { [file]: state, [`${locks}/1.json`]: '{"pid": 1' },
    [`${locks}/1.json is an incomplete lock. It is removed.`],
    { [`${locks}/1.json`]: undefined },
  ],
  [
    "files of another stack are damaged",
    { [file]: state, [`${stacks}/staging.json`]: "{", [`${stacks}/staging.json.attrs`]: "" },
    [],
    { [`${stacks}/staging.json`]: "{", [`${stacks}/staging.json.attrs`]: "" },
  ],
])("%s", (_what, files, reported, left) => {
  const found = repaired(files);
  expect(found.reported).toEqual(reported);
  expect(found.left).toMatchObject(left);
});

test("a backend that is no folder has no files", () => {
  expect(StateFiles.of("s3://states", "platform", "prod")).toBeUndefined();
});

test("the holder of the stack is read from its locks, and a lock that is cut off names none", () => {
  using folder = new TemporaryFolder();
  mkdirSync(join(folder.path, locks), { recursive: true });
  const lock = { pid: 7, hostname: "elsewhere", timestamp: "2026-03-01T10:00:00Z" };
  writeFileSync(join(folder.path, locks, "1.json"), JSON.stringify(lock));
  writeFileSync(join(folder.path, locks, "2.json"), "{");
  const of = StateFiles.of(`file://${folder.path}`, "platform", "prod");
  expect(of?.lockHolders()).toEqual([
    { host: "elsewhere", pid: 7, since: lock.timestamp },
    { host: "an unknown machine", pid: 0, since: "an unknown time" },
  ]);
  of?.unlock();
  expect(of?.lockHolders()).toEqual([]);
});

test("past ids are read from the states at the ends of updates", () => {
  using folder = new TemporaryFolder();
  mkdirSync(join(folder.path, history), { recursive: true });
  const withBucket = (id: string) =>
    JSON.stringify({ checkpoint: { stack: "prod", latest: { resources: [{ urn: "urn", type: "t", id }] } } });
  writeFileSync(join(folder.path, history, "1.checkpoint.json"), withBucket("replaced"));
  writeFileSync(join(folder.path, history, "2.checkpoint.json"), "{");
  writeFileSync(join(folder.path, history, "3.history.json"), withBucket("no state"));
  expect(StateFiles.of(`file://${folder.path}`, "platform", "prod")?.idsOfPast()).toEqual(["replaced"]);
});
