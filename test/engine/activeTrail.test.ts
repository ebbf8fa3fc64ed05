import type { EngineEvent } from "@pulumi/pulumi/automation";
import { bucketName, byDeployer, LocalStack } from "../support/localStack";

/** Takes the trail's role on the organization away, and lets the cloud notice. */
function breakTrail({ emulator: { cloud } }: LocalStack): void {
  const subject = { type: "serviceAccount", id: cloud.trails.all()[0]?.serviceAccountId ?? "" };
  cloud.access.remove(cloud.organizationId, { roleId: "audit-trails.viewer", subject });
  cloud.clock.advance({ minutes: 5 });
}

test("a trail in ERROR fails an up that changes nothing, with the service's own reason", async () => {
  await using local = await LocalStack.start();
  await local.up();
  breakTrail(local);
  const { output } = await local.failingUp({ activeTimeoutSeconds: 1 });
  expect(output).toContain('The service says: "ACCESS_DENIED: Permission denied".');
  expect(output).toContain("has no role audit-trails.viewer on organization-manager.organization");
});

test("an up that puts a broken trail right waits until it is ACTIVE, says so, and succeeds", async () => {
  await using local = await LocalStack.start();
  await local.up();
  breakTrail(local);
  const { cloud } = local.emulator;
  const told: string[] = [];
  const onEvent = ({ diagnosticEvent }: EngineEvent) => {
    if (!diagnosticEvent?.message.includes("Waiting until the trail is ACTIVE")) return;
    told.push(diagnosticEvent.message);
    cloud.clock.advance({ minutes: 5 });
  };
  const { trail } = await local.up({ activeTimeoutSeconds: 20 }, {}, { args: ["--refresh"], onEvent });
  expect(trail.trailStatus).toBe("ACTIVE");
  expect(told).toEqual([expect.stringContaining("20 s at most; it is ERROR.")]);
});

test("where the cloud accepts a trail that cannot work, the up that made it fails, and the next goes on", async () => {
  await using local = await LocalStack.start({ switches: { missingTrailPrerequisites: "error-status" } });
  const { cloud } = local.emulator;
  cloud.access.propagationDelay = { minutes: 5 };
  const { output } = await local.failingUp({ activeTimeoutSeconds: 1 });
  expect(output).toContain("The trail is in status ERROR: no log is delivered.");
  cloud.clock.advance({ minutes: 5 });
  expect((await local.up()).trail.trailStatus).toBe("ACTIVE");
});

test("with a timeout of 0 nobody looks", async () => {
  await using local = await LocalStack.start();
  await local.up({ activeTimeoutSeconds: 0 });
  breakTrail(local);
  const before = local.emulator.cloud.traffic.calls;
  const { trail } = await local.up({ activeTimeoutSeconds: 0 });
  expect(trail.trailStatus).toBe("ACTIVE");
  expect(local.emulator.cloud.traffic.calls).toBe(before);
});

test("a preview does not look, and no token reaches the state", async () => {
  await using local = await LocalStack.start();
  const token = local.emulator.issueToken();
  await local.up({}, { token });
  const before = local.emulator.cloud.traffic.calls;
  const stack = await local.open({}, { token });
  await stack.preview({ args: ["--expect-no-changes"] });
  expect(local.emulator.cloud.traffic.calls).toBe(before);
  expect(JSON.stringify(stack.state())).not.toContain(token);
});

test("a status that cannot be read is a warning, and the provider's word is taken", async () => {
  await using local = await LocalStack.start();
  const told: string[] = [];
  const onEvent = ({ diagnosticEvent }: EngineEvent) => {
    if (diagnosticEvent?.severity === "warning") told.push(diagnosticEvent.message);
  };
  await local.up();
  local.emulator.cloud.faults.fail({ method: "TrailService/Get" }, "PERMISSION_DENIED", { times: 9 });
  const { trail } = await local.up({}, {}, { onEvent });
  expect(trail.trailStatus).toBe("ACTIVE");
  expect(told).toEqual([expect.stringContaining("The trail's status could not be read")]);
});

test("a trail that is ACTIVE for a moment only does not pass the window", async () => {
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

/** What goes wrong, and how the message tells of it beside the service's own words. */
const causes: { breaks: (local: LocalStack) => void; service: string; found: string }[] = [
  {
    breaks: ({ emulator: { cloud } }) => {
      const [trail] = cloud.trails.all();
      const subject = { type: "serviceAccount", id: trail?.serviceAccountId ?? "" };
      cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject });
    },
    service: "ACCESS_DENIED",
    found: "has no role storage.uploader on resource-manager.folder",
  },
  {
    breaks: ({ emulator }) => {
      const { cloud } = emulator;
      const keyId = cloud.buckets.find(bucketName)?.kmsMasterKeyId ?? "";
      cloud.keys.update(byDeployer(emulator), { keyId, status: "INACTIVE" }, ["status"]);
    },
    service: "BUCKET_INVALID_ENCRYPTION",
    found: "is INACTIVE, not ACTIVE",
  },
  {
    breaks: ({ emulator }) => {
      const { cloud } = emulator;
      cloud.objects.put(cloud.deployer, bucketName, "big", Buffer.alloc(100), "text/plain");
      cloud.buckets.update(byDeployer(emulator), bucketName, { maxSize: 100 });
    },
    service: "BUCKET_QUOTA_EXCEEDED",
    found: `Bucket ${bucketName} takes 100 bytes at most`,
  },
  {
    breaks: ({ emulator }) => {
      emulator.cloud.buckets.delete(byDeployer(emulator), bucketName);
    },
    service: "BUCKET_NOT_FOUND",
    found: `Bucket ${bucketName} does not exist.`,
  },
];

test.each(causes)("$service is told in the service's words, and beside them: $found", async (cause) => {
  await using local = await LocalStack.start();
  await local.up();
  cause.breaks(local);
  local.emulator.cloud.clock.advance({ minutes: 5 });
  const { output } = await local.failingUp({ activeTimeoutSeconds: 1 });
  expect(output).toContain(`The service says: "${cause.service}`);
  expect(output).toContain("Found:");
  expect(output).toContain(cause.found);
});
