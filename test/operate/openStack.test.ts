import { UsageError } from "../../operate/exitCodes";
import { UnreadableError } from "../../operate/stack/engineJson";
import { configurationOf, exportOf } from "../../operate/stack/openStack";
import { TemporaryFolder } from "../support/fakes";

/** Script of a stand-in for the CLI, first on the PATH. */
async function withPulumi<T>(script: string, task: () => Promise<T>): Promise<T> {
  using folder = new TemporaryFolder();
  folder.script("pulumi", script);
  const path = process.env.PATH;
  process.env.PATH = `${folder.path}:${path}`;
  try {
    return await task();
  } finally {
    process.env.PATH = path;
  }
}

describe("a value that pulumi cannot read is never treated as not set", () => {
  const passphrase = 'echo "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE" >&2; exit 255';

  test.each([
    ["configuration", configurationOf],
    ["state", exportOf],
  ] as const)("the %s: unknown, with the reason", async (what, read) => {
    const reading = withPulumi<unknown>(passphrase, () => read("prod"));
    await expect(reading).rejects.toThrow(UnreadableError);
    await expect(reading).rejects.toThrow(
      `The ${what} of stack prod cannot be read: error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE`,
    );
  });

  test("a configuration that is cut off", async () => {
    const reading = withPulumi("echo '{\"a\":'", () => configurationOf("prod"));
    await expect(reading).rejects.toThrow(UnreadableError);
  });

  test("a stack that does not exist is a usage error", async () => {
    const reading = withPulumi("echo \"error: no stack named 'prod' found\" >&2; exit 255", () =>
      exportOf("prod"),
    );
    await expect(reading).rejects.toThrow(UsageError);
  });
});
