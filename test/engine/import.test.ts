import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalStack, programOf, sevenResources } from "../support/localStack";

test("all seven resources can be imported into an empty state, after which nothing is left to change", async () => {
  await using local = await LocalStack.start();
  await local.up();
  const resources = await local.resources();
  // Ids of bindings have another separator when they are imported: provider 0.137.0 wants spaces.
  const ids = Object.fromEntries(
    resources.map(({ type, id = "" }) => [type, type.endsWith("IamMember") ? id.replace(/\//g, " ") : id]),
  );

  const folder = mkdtempSync(join(tmpdir(), "audit-trails-test-"));
  const environment = { IMPORT_IDS: JSON.stringify(ids) };
  const before = local.emulator.cloud.auditLog.lastSequence;
  const { changes } = await local.up({}, { folder, program: programOf("import"), environment });
  expect(changes.import).toBe(sevenResources.length);
  await local.expectSettled({}, { folder });
  expect(local.emulator.cloud.auditLog.lastSequence).toBe(before);
  rmSync(folder, { recursive: true });
});
