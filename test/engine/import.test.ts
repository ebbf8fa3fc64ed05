import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../config";
import { buildStack } from "../../stack";
import { LocalStack, sevenResources } from "../support/localStack";

test("all seven resources can be imported into an empty state, after which nothing is left to change", async () => {
  await using local = await LocalStack.start();
  await local.up();
  const stack = await local.open();
  const { deployment } = await stack.exportStack();
  const resources = (deployment.resources ?? []) as { type: string; id: string }[];
  // Ids of bindings have another separator when they are imported: provider 0.137.0 wants spaces.
  const ids = new Map(
    resources.map(({ type, id }) => [type, type.endsWith("IamMember") ? id?.replace(/\//g, " ") : id]),
  );

  const folder = mkdtempSync(join(tmpdir(), "audit-trails-test-"));
  const program = async () => {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
      type.startsWith("yandex:")
        ? { props, opts: pulumi.mergeOptions(opts, { import: ids.get(type) }) }
        : undefined,
    );
    return buildStack(readSettings());
  };
  const before = local.emulator.cloud.auditLog.lastSequence;
  await local.up({}, { folder, program });
  await (await local.open({}, { folder })).up({ expectNoChanges: true, refresh: true });
  expect(local.emulator.cloud.auditLog.lastSequence).toBe(before);
  expect(ids.size - 1).toBeGreaterThanOrEqual(sevenResources.length);
  rmSync(folder, { recursive: true });
});
