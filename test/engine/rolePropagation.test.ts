import type { EngineEvent } from "@pulumi/pulumi/automation";
import { LocalStack } from "../support/localStack";

const explanation = "The roles of the trail's service account (audit-trails.viewer, storage.uploader,";

/** Runs `up`, and returns the messages of the engine by severity. */
async function upWithDiagnostics(local: LocalStack, hear: (message: string) => void = () => {}) {
  const reported: { severity: string; message: string }[] = [];
  const onEvent = ({ diagnosticEvent }: EngineEvent) => {
    if (!diagnosticEvent) return;
    reported.push(diagnosticEvent);
    hear(diagnosticEvent.message);
  };
  const { trail } = await local.up({}, {}, { onEvent });
  return {
    trail,
    of: (severity: string) =>
      reported.filter((one) => one.severity === severity).map(({ message }) => message),
  };
}

test("if roles work at once there is neither an error nor an explanation", async () => {
  await using local = await LocalStack.start();
  const { trail, of } = await upWithDiagnostics(local);
  expect(trail.trailStatus).toBe("ACTIVE");
  expect([of("error"), of("warning")]).toEqual([[], []]);
});

test("after the limit up fails and names the roles to check, and the next one continues, explains each denial, and succeeds", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  cloud.access.propagationDelay = { minutes: 3 };
  const { failed, output } = await local.failingUp({ rolePropagationTimeoutSeconds: 3 });
  expect(failed.at(-1)).toBe("AuditTrailsTrail");
  expect(output).toContain(
    "audit-trails.viewer on the scopes and storage.uploader on the bucket's folder, and",
  );

  let explained = 0;
  const { trail, of } = await upWithDiagnostics(local, (message) => {
    if (!message.includes(explanation)) return;
    explained += 1;
    if (explained === 2) cloud.clock.advance({ minutes: 3 });
  });
  expect(trail.trailStatus).toBe("ACTIVE");
  expect(explained).toBe(2);
  expect(of("error").filter((message) => message.includes("PermissionDenied"))).toHaveLength(2);
});
