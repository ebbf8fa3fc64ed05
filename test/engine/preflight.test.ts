import type { AuditTrailsArgs } from "../../components";
import { deployerRoles } from "../../emulator";
import { situationsOf } from "../../operate/diff/situation";
import type { Plan } from "../../operate/preflight/plan";
import { planOfArgs } from "../../operate/preflight/planOfArgs";
import { planOfStack } from "../../operate/preflight/planOfStack";
import { preflight } from "../../operate/preflight/preflight";
import { reportOf, textOf } from "../../operate/preflight/report";
import { readState } from "../../operate/stack/engineJson";
import { readPreview } from "../../operate/stack/preview";
import { Api, setUpTrail } from "../support/api";
import { createKey, keyFileOf } from "../support/authorizedKey";
import { environmentOf, runCommand } from "../support/commands";
import { connectionTo, reach } from "../support/connection";
import { previewOf } from "../support/diffCases";
import { bucketName, LocalStack } from "../support/localStack";

/** A deployer with an authorized key, and with the documented roles. */
async function deployerWithKey({ emulator }: LocalStack) {
  const { access, organizationId, folderId, cloudId } = emulator.cloud;
  const key = await createKey(emulator);
  const subject = { type: "serviceAccount", id: key.accountId };
  for (const roleId of deployerRoles.organization) access.add(organizationId, { roleId, subject });
  for (const roleId of deployerRoles.folder) access.add(folderId, { roleId, subject });
  access.add(cloudId, { roleId: "viewer", subject });
  return { subject, key: keyFileOf(key) };
}

afterEach(() => {
  delete process.env.SSL_CERT_FILE;
  delete process.env.HTTP_PROXY;
});

describe("with --stack it reads the stack with pulumi, and reports the deployer:", () => {
  /** Returns the output of the command for a stack, with a deployer's key. */
  async function reportOnStack(local: LocalStack) {
    const { subject, key } = await deployerWithKey(local);
    const credentials = { YC_TOKEN: undefined, YC_SERVICE_ACCOUNT_KEY_FILE: key };
    const environment = { ...(await environmentOf(local)), ...credentials };
    return { subject, ...(await runCommand(["preflight", "--stack", "dev"], environment)) };
  }

  test("nothing is missing for a stack without any resource", async () => {
    await using local = await LocalStack.start();
    await local.open();
    const { text, exitCode, subject } = await reportOnStack(local);
    expect(text).toMatch(
      new RegExp(
        `^Preflight of stack dev, deployed by serviceAccount ${subject.id}: 0 problems, 0 unknown`,
        "m",
      ),
    );
    expect(text).toMatch(/^ {2}ok +bucket name organization-audit-logs$/m);
    expect(exitCode).toBe(0);
  });

  test("nothing is left to create for a deployed stack", async () => {
    await using local = await LocalStack.start();
    // As Pulumi.dev.yaml has it, which the command reads.
    await local.up({ bucketName: "organization-audit-logs" });
    const { text, exitCode } = await reportOnStack(local);
    expect(text).toMatch(/^ {2}ok +key \S+$/m);
    expect(text).toMatch(/^ {2}ok +role kms\.keys\.encrypterDecrypter on key \S+: By kms\.admin on folder /m);
    expect(text).not.toMatch(/^ +ok +\w+ name |room for/m);
    expect(exitCode).toBe(0);
  });
});

const administratorsIn = ({ access }: Record<string, unknown>) =>
  (access as { readonly administrators: readonly string[] } | undefined)?.administrators;

/** A plan, whose order means nothing. */
const sorted = (plan: Plan) =>
  Object.fromEntries(
    Object.entries(plan).map(([name, all]) => [name, all.map((one: unknown) => JSON.stringify(one)).sort()]),
  );

/** Returns the plan of a configuration, by the engine's preview. The program checks the same plan. */
async function plannedBy(fresh: LocalStack, config: Record<string, unknown>) {
  const { preview, state } = await previewOf(fresh, config);
  const { after } = situationsOf(readPreview(preview), readState(state)).change;
  const plan = planOfArgs(argumentsOf(fresh, config));
  expect(sorted(planOfStack(after, administratorsIn(config)))).toEqual(sorted(plan));
  return after;
}

function argumentsOf({ emulator }: LocalStack, config: Record<string, unknown>): AuditTrailsArgs {
  const { organizationId, folderId } = emulator.cloud;
  return { organizationId, folderId, bucketName, ...config } as unknown as AuditTrailsArgs;
}

/** Returns the report on a plan. */
async function reportOn({ emulator }: LocalStack, plan: Plan) {
  reach(emulator);
  const { checks } = await preflight(plan, connectionTo(emulator), emulator.cloud.deployer);
  return textOf(reportOf(checks, {}));
}

test("a policy that would shut the deployer out is reported before it is created, with the correction", async () => {
  await using fresh = await LocalStack.start();
  const { deployer } = fresh.emulator.cloud;
  const access = { administrators: ["ajesomebody"] };
  const after = await plannedBy(fresh, { access });
  const toldWith = (administrators?: readonly string[]) =>
    reportOn(fresh, planOfStack(after, administrators));
  expect(await toldWith(access.administrators)).toMatch(
    new RegExp(
      `problem +planned policy of bucket audit-logs for the deployer: Its administrators are ajesomebody\\. .*\\n` +
        ` +\\$ pulumi config set --path 'access.administrators\\[1\\]' ${deployer.id}`,
    ),
  );
  expect(await toldWith()).toMatch(/unknown +planned policy of bucket audit-logs/);
  expect(await toldWith([deployer.id])).toMatch(/ok +planned policy of bucket audit-logs/);
});

test("existing bucket, key and account, and scopes below the organization, are checked", async () => {
  await using fresh = await LocalStack.start();
  const { emulator } = fresh;
  const { folderId, cloudId } = emulator.cloud;
  using api = new Api(emulator);
  const { bucket, keyId, accountId } = await setUpTrail(emulator, api);
  const config = {
    ...{ bucketName: bucket, bucketFolderId: folderId, serviceAccountId: accountId },
    trails: { organization: {}, payments: { clouds: [cloudId] } },
  };
  const after = await plannedBy(fresh, { ...config, encryption: { key: "existing", keyId } });
  const fitting = await reportOn(fresh, planOfStack(after));
  expect(fitting.match(/^ {2}problem +(.*?):/gm)).toEqual([
    `  problem  role resource-manager.admin on cloud ${cloudId}:`,
  ]);
  for (const about of [
    `key of bucket ${bucket}: It is encrypted with key ${keyId}.`,
    `folder of bucket ${bucket}`,
    `key ${keyId}`,
    `service account ${accountId}: Its name is account.`,
    `role iam.serviceAccounts.user on service account ${accountId}`,
  ])
    expect(fitting).toMatch(new RegExp(`^ {2}ok +${about}`, "m"));
  expect(fitting).toMatch(
    new RegExp(`^ {2}unknown +.*role audit-trails.viewer on cloud ${cloudId}[,:] `, "m"),
  );
  const unfitting = planOfArgs(argumentsOf(fresh, { ...config, encryption: { key: "none" } }));
  expect(await reportOn(fresh, unfitting)).toMatch(
    /problem +key of bucket audit-logs: It is encrypted with key /,
  );
});

describe("with the key preflight", () => {
  const config = { preflight: true };
  let fresh: LocalStack;
  let deployer: Awaited<ReturnType<typeof deployerWithKey>>;
  beforeAll(async () => {
    fresh = await LocalStack.start();
    deployer = await deployerWithKey(fresh);
  });
  afterAll(() => fresh[Symbol.asyncDispose]());

  const byKey = () => ({ environment: { YC_TOKEN: "", YC_SERVICE_ACCOUNT_KEY_FILE: deployer.key } });
  const made = () => {
    const { buckets, keys, serviceAccounts, trails } = fresh.emulator.cloud;
    return [buckets, keys, serviceAccounts, trails].map((kind) => kind.all().length);
  };

  test("an update with missing roles or taken names reports all of them with the commands, and changes nothing", async () => {
    const { access, folderId } = fresh.emulator.cloud;
    const lost = ["kms.admin", "storage.admin"].map((roleId) => ({ roleId, subject: deployer.subject }));
    for (const one of lost) access.remove(folderId, one);
    const before = made();
    const { output } = await fresh.failingUp({ ...config, serviceAccountName: "robot" }, byKey());
    expect(made()).toEqual(before);
    expect(await fresh.resourceTypes()).toEqual([]);
    expect(output).toContain("Preflight: 4 problems. Nothing was changed in the cloud.");
    expect(output).toMatch(/^ +problem +service account name robot.*: It is taken by /m);
    for (const one of lost) {
      const { roleId } = one;
      const command = `yc resource-manager folder add-access-binding --id ${folderId} --role ${roleId} --subject serviceAccount:${deployer.subject.id}`;
      expect(output).toMatch(
        new RegExp(`^ +problem +role ${roleId} on folder ${folderId}: .*\\n +\\$ ${command}$`, "m"),
      );
      access.add(folderId, one);
    }
  });

  test("the first update and one with a change pass with the stack's own resources, and an unknown result stops nothing", async () => {
    const { access, cloudId, trails } = fresh.emulator.cloud;
    expect((await fresh.up(config, byKey())).output).not.toContain("Preflight");
    expect(trails.all()).toMatchObject([{ status: "ACTIVE" }]);
    // An unknown result stops nothing.
    access.remove(cloudId, { roleId: "viewer", subject: deployer.subject });
    const { output, changes } = await fresh.up({ ...config, accessLogsBucketName: "request-logs" }, byKey());
    expect(output).toMatch(/warning: Preflight, unknown:\n(?: .*\n)* +unknown +.*room for 1 more bucket: /);
    expect(changes).toMatchObject({ create: 2, update: 1 });
  });

  test("a removal checks too", async () => {
    const { access, cloudId, folderId } = fresh.emulator.cloud;
    access.add(cloudId, { roleId: "viewer", subject: deployer.subject });
    access.remove(folderId, { roleId: "storage.admin", subject: deployer.subject });
    const stack = await fresh.open(config, byKey());
    await expect(stack.destroy({ args: ["--run-program"] })).rejects.toThrow("problem  role storage.admin");
  });
});
