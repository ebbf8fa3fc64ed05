import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { AuditTrails, ScopeType, Trail } from "../../components";

/**
 * A process of its own that brings up two stacks at once, by the Automation API: `broken`, whose trail works with an account
 * without roles, and `sound`. `STACKS` says what is in their cloud, as JSON. It prints how each ended.
 */
const { organizationId, folderId, bucketName, serviceAccountId } = JSON.parse(process.env.STACKS ?? "{}");

const programs = {
  broken: async () => {
    const { trailStatus } = new Trail("broken", {
      folderId,
      scopes: [{ resourceId: organizationId, resourceType: ScopeType.Organization }],
      bucketName,
      serviceAccountId,
      activeTimeoutSeconds: 1,
    });
    return { trailStatus };
  },
  sound: async () => {
    const { trails } = new AuditTrails("sound", {
      ...{ organizationId, folderId, bucketName: "sound-logs", activeWindowSeconds: 0 },
    });
    return { trailStatus: trails.organization?.trailStatus };
  },
};

async function bringUp([stackName, program]: [string, () => Promise<object>]) {
  const stack = await LocalWorkspace.createStack({
    stackName,
    projectName: "two-stacks",
    program: program as () => Promise<Record<string, unknown>>,
  });
  const failure = await stack.up().then(
    () => undefined,
    (error: Error) => error.message,
  );
  const { trailStatus } = await stack.outputs();
  return [stackName, { failure, trailStatus: trailStatus?.value }];
}

void Promise.all(Object.entries(programs).map(bringUp)).then((ended) =>
  console.log(JSON.stringify(Object.fromEntries(ended))),
);
