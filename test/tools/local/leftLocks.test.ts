import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { removeLeftLocks } from "../../../tools/local/leftLocks";
import { backendOf, projectName, stackName } from "../../../tools/local/state";
import { TemporaryFolder } from "../../support/fakes";

/** The stack's lock as the CLI writes it: the message about it, and the number of locks that are left. */
function left(lock: object): { sentences: string[]; locks: number } {
  using folder = new TemporaryFolder();
  const locks = join(backendOf(folder.path), ".pulumi", "locks", "organization", projectName, stackName);
  mkdirSync(locks, { recursive: true });
  writeFileSync(join(locks, "4d1f2a.json"), JSON.stringify({ timestamp: "2026-11-29T10:00:00Z", ...lock }));
  const sentences = removeLeftLocks(folder.path);
  return { sentences, locks: readdirSync(folder.path, { recursive: true }).filter(isLock).length };
}
const isLock = (name: string | Buffer): boolean => String(name).endsWith("4d1f2a.json");

test("the lock of an engine that has ended is removed and reported", async () => {
  const ended = spawn(process.execPath, ["--version"]);
  await once(ended, "close");
  expect(left({ pid: ended.pid, hostname: hostname() })).toEqual({
    sentences: [
      "A run that was killed left the stack dev locked. The lock was removed.",
      "If the update fails: npm run audit-trails -- recover --stack dev",
    ],
    locks: 0,
  });
});

test("the lock of an engine that runs stays, with the command that ends it", async () => {
  // An engine, by its name.
  const engine = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1000)", "pulumi"]);
  await once(engine, "spawn");
  try {
    const { sentences, locks } = left({ pid: engine.pid, hostname: hostname() });
    expect(sentences).toEqual([
      expect.stringMatching(new RegExp(`process ${engine.pid} .*: kill ${engine.pid}$`)),
    ]);
    expect(locks).toBe(1);
  } finally {
    engine.kill();
    await once(engine, "close");
  }
});

test("the lock of another machine stays, with the command that removes it", () => {
  const { sentences, locks } = left({ pid: 1, hostname: "elsewhere" });
  expect(sentences).toEqual([expect.stringContaining("npm run pulumi -- cancel --stack dev --yes")]);
  expect(locks).toBe(1);
});

test("without a lock there is no message", () => {
  using folder = new TemporaryFolder();
  expect(removeLeftLocks(folder.path)).toEqual([]);
});
