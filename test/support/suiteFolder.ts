import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Names the folder that all test files of one run of Jest share. */
export const suiteVariable = "AUDIT_TRAILS_TEST_FOLDER";

/** Makes the folder that the test files of this run share. Jest calls it before it starts its workers. */
export default function makeSuiteFolder(): void {
  process.env[suiteVariable] = mkdtempSync(join(tmpdir(), "audit-trails-suite-"));
}

/** Removes the folder that the test files of this run shared. */
export function removeSuiteFolder(): void {
  rmSync(process.env[suiteVariable] ?? "", { recursive: true, force: true });
}
