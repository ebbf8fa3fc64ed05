import type { Emulator } from "../../emulator";
import { createKey, keyFileOf } from "./authorizedKey";
import type { LocalStack } from "./localStack";
import { grant, previewRoles } from "./previewRoles";

/** A service account with the documented roles for previews, and what the CLI signs in with as it. */
export async function createPreviewAccount(emulator: Emulator) {
  const key = await createKey(emulator, "preview");
  const { accountId } = key;
  grant(emulator, accountId, previewRoles);
  return {
    accountId,
    environment: { YC_TOKEN: "", YC_SERVICE_ACCOUNT_KEY_FILE: keyFileOf(key) },
    token: () => emulator.issueToken({ type: "serviceAccount", id: accountId }),
  };
}

/** Everything that can be hardened, with a policy that leaves room for the account for previews. */
export const hardened = ({ cloud }: Emulator, accountId: string) => ({
  retention: { preset: "archive" },
  accessLogsBucketName: "access-logs",
  maxSizeGiB: "5",
  objectLock: { mode: "GOVERNANCE", days: 1 },
  access: { administrators: [cloud.deployer.id, accountId] },
});

/** Returns the numbers of unchanged and changed resources in a preview. */
export async function previewBy(
  local: LocalStack,
  environment: NodeJS.ProcessEnv,
  config: Readonly<Record<string, unknown>> = {},
): Promise<object> {
  const stack = await local.open(config, { environment });
  return (await stack.preview({ args: ["--refresh"] })).changes;
}

/** Summary of a preview without changes. */
export const settled = { same: expect.any(Number) };
