import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Emulator } from "../../emulator";
import { type Measurement, measure } from "./measurement";

const run = promisify(execFile);

/**
 * Number of calls in the longest chain of dependent calls: addresses, owner of the token, folder, folders of its cloud,
 * accounts in them.
 */
export const longestChain = 5;

/** Measures `audit-trails preflight` for ids, as a whole process. */
export function measurePreflight(emulator: Emulator): Promise<Measurement> {
  const { organizationId, folderId, cloudId, access, deployer } = emulator.cloud;
  access.add(cloudId, { roleId: "viewer", subject: deployer });
  const options = {
    "--organization-id": organizationId,
    "--folder-id": folderId,
    "--bucket-name": "audit-logs",
    "--subject": `${deployer.type}:${deployer.id}`,
  };
  const args = ["operate/audit-trails.cjs", "preflight", ...Object.entries(options).flat()];
  const env = { ...process.env, ...emulator.providerEnvironment() };
  return measure(emulator, "audit-trails preflight", () => run(process.execPath, args, { env }));
}
