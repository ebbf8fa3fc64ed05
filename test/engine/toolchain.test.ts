import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureToolchain } from "../../tools/toolchain";
import { pinnedRelease } from "../../tools/toolchain/release";
import { TemporaryFolder, withEnvironment } from "../support/fakes";

test("with everything in place it runs no program, and reports only that another release is used", async () => {
  const lines: string[] = [];
  const environment = { PATH: "/nonexistent" };
  const { pulumi, provider, release } = await withEnvironment(environment, () =>
    ensureToolchain((line) => lines.push(line)),
  );
  expect([pulumi, provider].map(existsSync)).toEqual([true, true]);
  const { provider: pinned } = pinnedRelease();
  const another =
    release.provider === pinned || release.binary ? [] : [expect.stringContaining(`Provider ${pinned}`)];
  expect(lines).toEqual(another);
});

test("a release whose SDK cannot be generated is refused with the engine's message, and the cache stays as it was", async () => {
  using folder = new TemporaryFolder();
  const binary = folder.script("provider", "exit 1");
  const before = (await ensureToolchain(() => {})).provider;
  const AUDIT_TRAILS_PROVIDER = `9.9.9:${binary}`;
  const made = withEnvironment({ AUDIT_TRAILS_PROVIDER }, () => ensureToolchain(() => {}));
  await expect(made).rejects.toThrow(/Generating the SDK failed/);
  expect((await ensureToolchain(() => {})).provider).toBe(before);
});

test("the placed SDK is the release in use for the engine, and the pinned one for npm, so that no lock file changes", async () => {
  const { release } = await ensureToolchain(() => {});
  const inSdk = (file: string) => JSON.parse(readFileSync(join("sdks", "yandex", file), "utf8"));
  const { version, pulumi } = inSdk("package.json");
  expect(version).toBe(pinnedRelease().provider);
  expect(pulumi.parameterization.version).toBe(release.provider);
  expect(Buffer.from(pulumi.parameterization.value, "base64").toString()).toContain(`"${release.provider}"`);
  expect(inSdk("bin/package.json").version).toBe(release.provider);
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  expect(packages["sdks/yandex"].version).toBe(version);
});
