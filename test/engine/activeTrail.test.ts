import type { EngineEvent } from "@pulumi/pulumi/automation";
import { byDeployer, LocalStack, programOf } from "../support/localStack";
import { standing } from "../support/standingStacks";

/** Takes the trail's role on the organization away, and lets the cloud notice. */
function breakTrail({ emulator: { cloud } }: LocalStack): void {
  const subject = { type: "serviceAccount", id: cloud.trails.all()[0]?.serviceAccountId ?? "" };
  cloud.access.remove(cloud.organizationId, { roleId: "audit-trails.viewer", subject });
  cloud.clock.advance({ minutes: 5 });
}

// What is found beside the service's own words: test/api/trailFaults.test.ts.

describe("a trail in ERROR", () => {
  let local: LocalStack;
  beforeAll(async () => {
    local = await standing("default");
    breakTrail(local);
  });
  afterAll(() => local[Symbol.asyncDispose]());

  test("is not reported with a timeout of 0: there is no check", async () => {
    const { traffic } = local.emulator.cloud;
    const before = traffic.calls;
    const { trail } = await local.up({ activeTimeoutSeconds: 0 });
    expect(trail.trailStatus).toBe("ACTIVE");
    expect(traffic.calls).toBe(before);
  });

  test("fails an up that changes nothing, with the service's error and the cause", async () => {
    const { output } = await local.failingUp({ activeTimeoutSeconds: 1 });
    expect(output).toContain('The service says: "ACCESS_DENIED: Permission denied". Found:');
    expect(output).toContain("has no role audit-trails.viewer on organization ");
  });

  test("recovers in an up that reports the wait until it is ACTIVE, and succeeds", async () => {
    const { clock } = local.emulator.cloud;
    const reported: string[] = [];
    const onEvent = ({ diagnosticEvent }: EngineEvent) => {
      if (!diagnosticEvent?.message.includes("until the trail is ACTIVE")) return;
      reported.push(diagnosticEvent.message);
      clock.advance({ minutes: 5 });
    };
    const { trail } = await local.up({ activeTimeoutSeconds: 20 }, {}, { args: ["--refresh"], onEvent });
    expect(trail.trailStatus).toBe("ACTIVE");
    expect(reported).toEqual([
      expect.stringContaining("up to 20 s until the trail is ACTIVE. Its status is ERROR."),
    ]);
  });

  test("is UNKNOWN if its status cannot be read, with a warning that has the command to read it", async () => {
    const reported: string[] = [];
    const onEvent = ({ diagnosticEvent }: EngineEvent) => {
      if (diagnosticEvent?.severity === "warning") reported.push(diagnosticEvent.message);
    };
    breakTrail(local);
    local.emulator.cloud.faults.fail({ method: "TrailService/Get" }, "PERMISSION_DENIED", { times: 9 });
    const { trail } = await local.up({}, {}, { onEvent });
    expect(trail.trailStatus).toBe("UNKNOWN");
    expect(reported).toEqual([expect.stringContaining("The status of the trail could not be read")]);
  });
});

test("if the cloud accepts a trail that cannot work, the up that made it fails, the next one continues, and the state has no token", async () => {
  await using local = await LocalStack.start({ switches: { missingTrailPrerequisites: "error-status" } });
  const { cloud } = local.emulator;
  const token = local.emulator.issueToken();
  cloud.access.propagationDelay = { minutes: 5 };
  const { output } = await local.failingUp({ activeTimeoutSeconds: 1 }, { token });
  expect(output).toContain("The trail is in status ERROR: no log is delivered.");
  cloud.clock.advance({ minutes: 5 });
  expect((await local.up({}, { token })).trail.trailStatus).toBe("ACTIVE");
  expect(JSON.stringify((await local.open()).state())).not.toContain(token);
});

test("a trail that was deleted by hand fails a plain up, and the command in the message recreates it", async () => {
  await using local = await standing("default");
  const { cloud } = local.emulator;
  cloud.trails.delete(byDeployer(local.emulator), cloud.trails.all()[0]?.id ?? "");
  const { output } = await local.failingUp();
  expect(output).toContain("does not exist any more: no log is delivered");
  expect(output).toContain("pulumi up --refresh");
  const { trail } = await local.up({}, {}, { args: ["--refresh"] });
  expect(trail.trailStatus).toBe("ACTIVE");
});

// One that the component has of its own: test/components/engine/providerConnection.test.ts.
test("the check of a trail uses the explicit provider that the component inherits", async () => {
  await using local = await LocalStack.start();
  const { YC_ENDPOINT, YC_TOKEN } = local.emulator.providerEnvironment();
  const environment = {
    PROVIDER: JSON.stringify({ endpoint: YC_ENDPOINT, token: YC_TOKEN }),
    YC_ENDPOINT: "127.0.0.1:1",
    YC_TOKEN: "t1.nobody.s",
  };
  const explicit = { program: programOf("explicitProvider"), environment };
  const { outputs } = await local.up({}, explicit);
  expect(outputs.status).toBe("ACTIVE");
  breakTrail(local);
  const { output } = await local.failingUp({ activeTimeoutSeconds: 1 }, explicit);
  expect(output).toContain("The trail is in status ERROR");
});

test("a trail that is ACTIVE only briefly fails the update", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  const stack = await local.open({ activeTimeoutSeconds: 1, activeWindowSeconds: 3 });
  // The provider reads the trail once, then the window begins.
  const reads = () => cloud.traffic.counts.get("yandex.cloud.audittrails.v1.TrailService/Get") ?? 0;
  const watching = setInterval(() => {
    if (reads() < 2) return;
    clearInterval(watching);
    breakTrail(local);
  }, 10);
  await expect(stack.up()).rejects.toThrow("The trail is in status ERROR");
  clearInterval(watching);
});
