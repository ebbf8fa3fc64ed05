import type { Emulator } from "../../emulator";
import { CliError } from "../../tools/local/cliStack";
import { LocalStack } from "../support/localStack";
import { createPreviewAccount, hardened, previewBy, settled } from "../support/previewAccount";
import { grant, previewRoles } from "../support/previewRoles";
import { standing } from "../support/standingStacks";

describe("without one of its roles the account for previews", () => {
  let local: LocalStack;
  let account: Awaited<ReturnType<typeof createPreviewAccount>>;

  beforeAll(async () => {
    local = await standing("default");
    account = await createPreviewAccount(local.emulator);
  });
  afterAll(() => local[Symbol.asyncDispose]());

  test.each(previewRoles)(
    "cannot preview, and the error names the unreadable resource: $role",
    async (lacking) => {
      grant(
        local.emulator,
        account.accountId,
        previewRoles.filter((role) => role !== lacking),
      );
      const error = await previewBy(local, account.environment).catch((one: unknown) => one);
      expect(error).toBeInstanceOf(CliError);
      const [, diagnostics = ""] = String(error).split("Diagnostics:");
      const unread = [...diagnostics.matchAll(/^ {2}yandex:index:(\w+) /gm)].map(([, type = ""]) => type);
      expect(unread.length).toBeGreaterThan(0);
      expect(lacking.reads).toEqual(expect.arrayContaining(unread));
      grant(local.emulator, account.accountId, previewRoles);
      expect(await previewBy(local, account.environment)).toEqual(settled);
    },
  );
});

/** Hardened stacks in ways of their own. */
const stacks: readonly [string, (emulator: Emulator, accountId: string) => Record<string, unknown>][] = [
  [
    "archived, with access logs",
    () => ({ retention: { preset: "archive" }, accessLogsBucketName: "access-logs" }),
  ],
  ["locked", () => ({ objectLock: { mode: "GOVERNANCE", days: 1 } })],
  ["unencrypted", () => ({ encryption: { key: "none" } })],
  ["all at once", hardened],
];

test.each(stacks)("it previews a stack that is %s", async (_, configure) => {
  await using local = await LocalStack.start();
  const { accountId, environment } = await createPreviewAccount(local.emulator);
  const config = configure(local.emulator, accountId);
  await local.up(config);
  expect(await previewBy(local, environment, config)).toEqual(settled);
});

test("a policy shuts it out unless it is an administrator", async () => {
  await using local = await LocalStack.start();
  const { environment } = await createPreviewAccount(local.emulator);
  const config = hardened(local.emulator, local.emulator.cloud.deployer.id);
  await local.up(config);
  await expect(previewBy(local, environment, config)).rejects.toThrow(
    /StorageBucket \(audit-trails-bucket\).*AccessDenied/s,
  );
});
