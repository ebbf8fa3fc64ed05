import type { CliError } from "../../tools/local/cliStack";
import { standing } from "../support/standingStacks";

test("another prefix and disabled encryption are refused, and preview and up say what to do", async () => {
  await using local = await standing("default");
  const change = {
    encryption: { key: "none" },
    trails: { organization: { objectPrefix: "moved" } },
  };
  const preview = await (await local.open(change)).preview().then(
    (result) => result.output,
    ({ message }: CliError) => message,
  );
  const update = await local.failingUp(change);
  for (const reported of [preview, update.output])
    for (const part of [
      'changes (objectPrefix "moved", now "")',
      '"audit-trails-key" is not in the program any more',
      "set `protected: false`",
    ])
      expect(reported).toContain(part);
  expect(preview).toMatch(/AuditTrailsTrail audit-trails-organization.*marked for protection/s);
  const kept = local.emulator.cloud.tree.all().map(({ type }) => type);
  for (const type of ["kms.symmetricKey", "audit-trails.trail"]) expect(kept).toContain(type);
});

test("a service account that was deleted in the cloud: up --refresh says what to do, and that works", async () => {
  await using local = await standing("default");
  const { cloud } = local.emulator;
  const id = cloud.trails.all()[0]?.serviceAccountId;
  const bindings = [cloud.organizationId, cloud.folderId].flatMap((on) =>
    cloud.access
      .list(on)
      .filter(({ subject }) => subject.id === id)
      .map((binding) => ({ on, binding })),
  );
  cloud.serviceAccounts.remove(id ?? "");
  // Bindings may outlive their subject.
  for (const { on, binding } of bindings) cloud.access.add(on, binding);
  const stack = await local.open();
  for (const operation of ["preview", "up"] as const) {
    const refused = await stack[operation]({ args: ["--refresh"] }).then(
      () => "it succeeded",
      ({ message }: CliError) => message,
    );
    expect(refused).toContain('The service account of "audit-trails-account" is replaced');
    expect(refused).toContain("Set `protected: false`");
  }
  await local.up({ protected: false });
  const { trail } = await local.up();
  expect(trail.trailStatus).toBe("ACTIVE");
});
