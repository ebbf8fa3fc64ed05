import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { usedRelease } from "../../tools/toolchain/unavailable";
import { programOf, sevenResources } from "../support/localStack";
import { standing } from "../support/standingStacks";

/** Separator of a role binding's id at an import: a comma since bindings were rewritten in 0.160.0. */
const separator = Number(usedRelease().provider.split(".")[1]) < 160 ? " " : ",";
/** A rotation period in another form than the provider shows. */
const config = { encryption: { key: "new", keyRotationPeriod: "8760h" } };

test("all seven resources can be imported into an empty state, and then there is nothing to change", async () => {
  await using local = await standing("default");
  const resources = await local.resources();
  const ids = Object.fromEntries(
    resources.map(({ type, id = "" }) => [
      type,
      type.endsWith("IamMember") ? id.replace(/\//g, separator) : id,
    ]),
  );

  const folder = mkdtempSync(join(tmpdir(), "audit-trails-test-"));
  const environment = { IMPORT_IDS: JSON.stringify(ids) };
  const before = local.emulator.cloud.auditLog.lastSequence;
  const { changes } = await local.up(config, { folder, program: programOf("import"), environment });
  expect(changes.import).toBe(sevenResources.length);
  await local.expectSettled(config, { folder });
  expect(local.emulator.cloud.auditLog.lastSequence).toBe(before);
  rmSync(folder, { recursive: true });
});
