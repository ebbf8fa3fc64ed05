import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { locked } from "../../../tools/toolchain/lock";
import { TemporaryFolder } from "../../support/fakes";

test("tasks under one lock never overlap, and a waiting one names the holder", async () => {
  using folder = new TemporaryFolder();
  const file = join(folder.path, "lock");
  const events: string[] = [];
  const lines: string[] = [];
  const task = (name: string) => async () => {
    events.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    events.push(`${name} ends`);
  };
  await Promise.all(["a", "b"].map((name) => locked(file, (line) => lines.push(line), task(name))));
  expect(events).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  expect(lines).toEqual([`Waiting for another run (process ${process.pid}) that holds the lock.`]);
  expect(existsSync(file)).toBe(false);
});

test("a lock is given back when its task fails", async () => {
  using folder = new TemporaryFolder();
  const file = join(folder.path, "lock");
  await expect(
    locked(
      file,
      () => {},
      () => Promise.reject(new Error("task failed")),
    ),
  ).rejects.toThrow("task failed");
  expect(existsSync(file)).toBe(false);
});

test.each([
  ["of a process that has died", String(spawnSync("true").pid), /process \d+/],
  ["that is empty", "", /no process/],
  ["with other text", "-1", /process -1/],
])("a lock %s is taken over and reported", async (_, content, who) => {
  using folder = new TemporaryFolder();
  const file = join(folder.path, "lock");
  writeFileSync(file, content);
  const lines: string[] = [];
  expect(
    await locked(
      file,
      (line) => lines.push(line),
      async () => "done",
    ),
  ).toBe("done");
  expect(lines).toEqual([expect.stringMatching(/^The run that left .*lock \(.*\) has ended; continuing.$/)]);
  expect(lines[0]).toMatch(who);
});

test("only one of several processes holds the lock at a time, also after a holder has died", async () => {
  using folder = new TemporaryFolder();
  const file = join(folder.path, "lock");
  const journal = join(folder.path, "journal");
  writeFileSync(file, String(spawnSync("true").pid));
  const task = `
    const { appendFileSync } = require("node:fs");
    const { locked } = require("./tools/toolchain/lock");
    locked(${JSON.stringify(file)}, () => {}, async () => {
      appendFileSync(${JSON.stringify(journal)}, "begin\\n");
      await new Promise((resolve) => setTimeout(resolve, 50));
      appendFileSync(${JSON.stringify(journal)}, "end\\n");
    });`;
  const processes = [1, 2, 3, 4].map(() => spawn(process.execPath, ["--import", "tsx", "--eval", task]));
  await Promise.all(processes.map((one) => once(one, "close")));
  expect(readFileSync(journal, "utf8")).toBe("begin\nend\n".repeat(4));
  expect(readdirSync(folder.path)).toEqual(["journal"]);
});
