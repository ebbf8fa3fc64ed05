import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import { type Ids, planOfIds } from "../../../operate/preflight/planOfArgs";
import { preflight } from "../../../operate/preflight/preflight";
import { exitCodeOf, reportOf, textOf } from "../../../operate/preflight/report";
import { Api, setUpTrail } from "../../support/api";
import { connectionTo, reach } from "../../support/connection";

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

/** Starts a local cloud in which preflight can read everything, and finds no problem. */
export async function start(options: EmulatorOptions = {}) {
  const emulator = await startEmulator(options);
  reach(emulator);
  const { access, cloudId, deployer } = emulator.cloud;
  access.add(cloudId, { roleId: "viewer", subject: deployer });
  return emulator;
}

/** Returns the output and the exit code for a set-up. */
export async function resultFor(
  emulator: Emulator,
  ids: Partial<Ids> = {},
  connection: Parameters<typeof preflight>[1] = connectionTo(emulator),
  subject: Parameters<typeof preflight>[2] = emulator.cloud.deployer,
) {
  const { organizationId, folderId } = emulator.cloud;
  const plan = planOfIds({ organizationId, folderId, bucketName: "audit-logs", ...ids });
  const { checks, deployer } = await preflight(plan, connection, subject);
  const report = reportOf(checks, { deployer });
  return { text: textOf(report), exitCode: exitCodeOf(report) };
}

/** Takes a role from the deployer, on the organization and on the folder. */
export const takeBack = (emulator: Emulator, roleId: string) => {
  const { access, organizationId, folderId, deployer } = emulator.cloud;
  for (const id of [organizationId, folderId]) access.remove(id, { roleId, subject: deployer });
};

/** Lets the deployer list the roles of everybody everywhere, also if other roles are missing. */
export const allowListing = (emulator: Emulator) => {
  const { access, organizationId, deployer } = emulator.cloud;
  for (const roleId of ["organization-manager.viewer", "resource-manager.viewer"])
    access.add(organizationId, { roleId, subject: deployer });
};

/** Creates an encrypted bucket with its trail. @returns the settings that name them. */
export const encryptedBucket = async (emulator: Emulator) => {
  using api = new Api(emulator);
  const { bucket: bucketName, keyId } = await setUpTrail(emulator, api);
  return { bucketName, keyId, bucketFolderId: emulator.cloud.folderId };
};

/** A fault, and the lines that report it. */
interface Case {
  readonly what: string;
  readonly breaks?: (emulator: Emulator) => unknown;
  readonly ids?: (emulator: Emulator) => Partial<Ids> | Promise<Partial<Ids>>;
  readonly options?: EmulatorOptions;
  readonly lines: readonly RegExp[];
}

/** Tests that each fault is reported as a problem. */
export const testProblems = (cases: readonly Case[]): void =>
  test.each(cases)(
    "$what: a problem with the command that corrects it",
    async ({ breaks, ids, options, lines }) => {
      await using emulator = await start(options);
      await breaks?.(emulator);
      const { text, exitCode } = await resultFor(emulator, await ids?.(emulator));
      for (const line of lines) expect(text).toMatch(line);
      expect(exitCode).toBe(1);
    },
  );
