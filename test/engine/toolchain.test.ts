import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureToolchain } from "../../tools/toolchain";
import { TemporaryFolder, withEnvironment } from "../support/fakes";

test("with everything in place it runs no program and says nothing", async () => {
  const lines: string[] = [];
  const environment = { PATH: "/nonexistent" };
  const { pulumi, provider } = await withEnvironment(environment, () =>
    ensureToolchain((line) => lines.push(line)),
  );
  expect([pulumi, provider].map(existsSync)).toEqual([true, true]);
  expect(lines).toEqual([]);
});

test("a release whose SDK cannot be made is refused with the engine's words, and the cache stays as it was", async () => {
  using folder = new TemporaryFolder();
  const binary = folder.script("provider", "exit 1");
  const AUDIT_TRAILS_PROVIDER = `0.222.0:${binary}`;
  const made = withEnvironment({ AUDIT_TRAILS_PROVIDER }, () => ensureToolchain(() => {}));
  await expect(made).rejects.toThrow(/Making the SDK failed/);
  const { provider } = await ensureToolchain(() => {});
  expect(provider).toContain(join("yandex-cloud", "yandex", "0.137.0"));
});
