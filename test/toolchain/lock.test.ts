import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { locked } from "../../toolchain/lock";
import { TemporaryFolder } from "../support/fakes";

test("tasks under one lock never overlap, and the one that waits says for whom", async () => {
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
  expect(lines).toEqual([`Another run (process ${process.pid}) is at work; waiting for it.`]);
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

test("the lock of a process that has died is taken over", async () => {
  using folder = new TemporaryFolder();
  const file = join(folder.path, "lock");
  writeFileSync(file, String(spawnSync("true").pid));
  expect(
    await locked(
      file,
      () => {},
      async () => "done",
    ),
  ).toBe("done");
});
