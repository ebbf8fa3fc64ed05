import type { EngineEvent } from "@pulumi/pulumi/automation";
import { LocalStack } from "../support/localStack";

const explanation = "The roles of the trail's service account (audit-trails.viewer, storage.uploader,";

/** An `up` with what the engine tells people, by severity. */
async function upWithDiagnostics(local: LocalStack, config = {}) {
  const told: { severity: string; message: string }[] = [];
  const onEvent = ({ diagnosticEvent }: EngineEvent) => {
    if (diagnosticEvent) told.push(diagnosticEvent);
  };
  const { trail } = await local.up(config, {}, { onEvent });
  return {
    trail,
    of: (severity: string) => told.filter((one) => one.severity === severity).map(({ message }) => message),
  };
}

test("where roles work at once there is neither a red line nor an explanation", async () => {
  await using local = await LocalStack.start();
  const { trail, of } = await upWithDiagnostics(local);
  expect(trail.trailStatus).toBe("ACTIVE");
  expect([of("error"), of("warning")]).toEqual([[], []]);
});

test.each([5, 30])(
  "where roles take %i seconds, one up succeeds, and explains each denial on the way",
  async (seconds) => {
    await using local = await LocalStack.start();
    local.emulator.cloud.access.propagationDelay = { seconds };
    const { trail, of } = await upWithDiagnostics(local);
    expect(trail.trailStatus).toBe("ACTIVE");
    const denials = of("error").filter((message) => message.includes("PermissionDenied"));
    const explanations = of("warning").filter((message) => message.includes(explanation));
    expect(explanations.length).toBeGreaterThan(1);
    expect(denials.length).toBeGreaterThanOrEqual(explanations.length);
  },
);

test("past the bound it fails and names the roles to look at; the next up goes on", async () => {
  await using local = await LocalStack.start();
  local.emulator.cloud.access.propagationDelay = { hours: 1 };
  const { failed, output } = await local.failingUp({ rolePropagationTimeout: 3 });
  expect(failed.at(-1)).toBe("AuditTrailsTrail");
  expect(output).toContain("audit-trails.viewer on its scopes, storage.uploader on the bucket's folder, and");
  local.emulator.cloud.clock.advance({ hours: 1 });
  const { trail } = await local.up();
  expect(trail.trailStatus).toBe("ACTIVE");
});
