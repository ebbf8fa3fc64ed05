import { providerKey } from "../../../tools/toolchain/programs";
import { pinnedRelease, readRelease } from "../../../tools/toolchain/release";
import { TemporaryFolder, withEnvironment } from "../../support/fakes";

const readWith = (AUDIT_TRAILS_PROVIDER: string | undefined) =>
  withEnvironment({ AUDIT_TRAILS_PROVIDER }, () => readRelease());

test("Pulumi.yaml names the release", async () => {
  expect(await readWith(undefined)).toEqual(pinnedRelease());
  const version = expect.stringMatching(/^\d+\.\d+\.\d+$/);
  expect(pinnedRelease()).toEqual({ plugin: version, provider: version });
});

test("AUDIT_TRAILS_PROVIDER names another release and its binary, each binary with a cache folder of its own", async () => {
  using folder = new TemporaryFolder();
  const binary = folder.script("provider", "");
  const release = await readWith(`9.9.9:${binary}`);
  expect(release).toEqual({ ...pinnedRelease(), provider: "9.9.9", binary });
  const other = { ...release, binary: folder.script("other", "") };
  const keys = [pinnedRelease(), release, other].map(providerKey);
  expect(new Set(keys).size).toBe(3);
});

test.each(["9.9.9", "/provider", "9.9.9:relative", "v9.9.9:/provider"])(
  "AUDIT_TRAILS_PROVIDER=%s is refused with its form",
  async (value) => {
    await expect(readWith(value)).rejects.toThrow(
      `AUDIT_TRAILS_PROVIDER is "${value}", but must be <version>:<absolute path to the binary>`,
    );
  },
);

test("a missing binary is reported", async () => {
  await expect(readWith("9.9.9:/nonexistent/provider")).rejects.toThrow(
    "AUDIT_TRAILS_PROVIDER names /nonexistent/provider, which is not a file.",
  );
});
