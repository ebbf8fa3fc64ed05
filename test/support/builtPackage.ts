import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { locked } from "../../tools/toolchain/lock";
import { suiteVariable } from "./suiteFolder";

const repository = join(__dirname, "..", "..");

/** Builds the npm package into `dist`, once in a run of Jest: of two tests at once one would take away what the other reads. */
export async function buildPackage(): Promise<void> {
  const done = join(process.env[suiteVariable] ?? "", "package");
  await locked(
    `${done}.lock`,
    () => {},
    async () => {
      if (existsSync(done)) return;
      await promisify(execFile)("npm", ["run", "build"], { cwd: repository });
      writeFileSync(done, "");
    },
  );
}
