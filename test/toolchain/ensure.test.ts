import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureToolchain } from "../../toolchain";
import { toolchainKey } from "../../toolchain/programs";
import { TemporaryFolder, withEnvironment } from "../support/fakes";

/** Runs with an empty cache, nothing installed, and a `go` that does what the script says. */
async function inCache(goScript: string, task: (cache: string) => Promise<unknown>): Promise<void> {
  using folder = new TemporaryFolder();
  folder.script("bin/go", goScript);
  const cache = join(folder.path, "cache");
  const PATH = `${folder.path}/bin:/usr/bin:/bin`;
  await withEnvironment({ PATH, AUDIT_TRAILS_CACHE: cache, PULUMI_HOME: folder.path }, () => task(cache));
}

test("a build that fails half way leaves nothing that a later run would trust", async () => {
  const go = "echo go1.26.8"; // Builds seem to work, and give nothing.
  await inCache(go, async (cache) => {
    await expect(ensureToolchain(() => {})).rejects.toThrow();
    expect(readdirSync(cache)).toEqual([]);
  });
});

test("what a killed run left is cleared away, and other files of the cache are not", async () => {
  await inCache("echo go1.0", async (cache) => {
    const unfinished = join(cache, `${toolchainKey()}.unfinished-1`);
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(cache, "other"), "");
    await expect(ensureToolchain(() => {})).rejects.toThrow("too old: go1.0");
    expect(existsSync(unfinished)).toBe(false);
    expect(readdirSync(cache)).toEqual(["other"]);
  });
});

test("a folder without a stamp is made anew, and why is said", async () => {
  await inCache("echo go1.0", async (cache) => {
    mkdirSync(join(cache, toolchainKey()), { recursive: true });
    const lines: string[] = [];
    await expect(ensureToolchain((line) => lines.push(line))).rejects.toThrow();
    expect(lines[0]).toContain("it is not there or was not finished");
  });
});

test("a cache that cannot be written is named, with the variable that moves it", async () => {
  using folder = new TemporaryFolder();
  const file = join(folder.path, "file");
  writeFileSync(file, "");
  const ensure = () => ensureToolchain(() => {});
  await expect(withEnvironment({ AUDIT_TRAILS_CACHE: join(file, "cache") }, ensure)).rejects.toThrow(
    "AUDIT_TRAILS_CACHE",
  );
});

test("with everything in place it runs no program and says nothing", async () => {
  const lines: string[] = [];
  const environment = { PATH: "/nonexistent" };
  const { root } = await withEnvironment(environment, () => ensureToolchain((line) => lines.push(line)));
  expect(existsSync(join(root, "bin", "pulumi"))).toBe(true);
  expect(lines).toEqual([]);
});
