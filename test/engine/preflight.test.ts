import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AuditTrailsArgs } from "../../components";
import { deployerRoles } from "../../emulator";
import { situationsOf } from "../../operate/diff/situation";
import { readPreview, readState } from "../../operate/engine/json";
import { type Plan, planOfArgs, planOfStack } from "../../operate/preflight/plan";
import { preflight } from "../../operate/preflight/preflight";
import { reportOf, textOf } from "../../operate/preflight/report";
import { ensureToolchain } from "../../toolchain";
import { Api, setUpTrail } from "../support/api";
import { createKey, keyFileOf } from "../support/authorizedKey";
import { connectionTo, reach } from "../support/connection";
import { previewOf } from "../support/diffCases";
import { bucketName, LocalStack } from "../support/localStack";

let local: LocalStack;
let folder: string;
let environment: NodeJS.ProcessEnv;
let subject: { readonly type: string; readonly id: string };

/** A deployer with an authorized key, and with the README's roles. */
async function deployerWithKey({ emulator }: LocalStack) {
  const { access, organizationId, folderId, cloudId } = emulator.cloud;
  const key = await createKey(emulator);
  const subject = { type: "serviceAccount", id: key.accountId };
  for (const roleId of deployerRoles.organization) access.add(organizationId, { roleId, subject });
  for (const roleId of deployerRoles.folder) access.add(folderId, { roleId, subject });
  access.add(cloudId, { roleId: "viewer", subject });
  return { subject, key: keyFileOf(key) };
}

beforeAll(async () => {
  local = await LocalStack.start();
  folder = mkdtempSync(join(tmpdir(), "preflight-test-"));
  const { key, ...deployer } = await deployerWithKey(local);
  subject = deployer.subject;
  const keyFile = join(folder, "key.json");
  writeFileSync(keyFile, key);
  const { pulumi } = await ensureToolchain(() => {});
  environment = {
    PATH: `${dirname(pulumi)}:${process.env.PATH}`,
    YC_TOKEN: undefined,
    YC_SERVICE_ACCOUNT_KEY_FILE: keyFile,
  };
});
afterEach(() => {
  delete process.env.SSL_CERT_FILE;
  delete process.env.HTTP_PROXY;
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** What the command prints, and how it ends. */
async function told(options: string, others: NodeJS.ProcessEnv = {}) {
  const stack = await local.open({}, { environment: { ...environment, ...others } });
  const output = await stack.follow(
    `npm exec --no -- audit-trails preflight ${options}; echo "ended with $?"`,
  );
  const [, text = "", exitCode] = /^([\s\S]*)ended with (\d)\n$/.exec(output) ?? [];
  return { text, exitCode };
}

test("a stack without any resource: all is there", async () => {
  const { text, exitCode } = await told("--stack dev");
  expect(text).toMatch(
    new RegExp(`^Preflight of stack dev, deployed by serviceAccount ${subject.id}: 0 lacking, 0 cannot`, "m"),
  );
  expect(text).toMatch(/^ {2}has +bucket name organization-audit-logs is free$/m);
  expect(exitCode).toBe("0");
});

test("a role less: it is lacking, for programs too", async () => {
  const { access, folderId } = local.emulator.cloud;
  const lost = { roleId: "storage.admin", subject };
  access.remove(folderId, lost);
  const { text, exitCode } = await told("--stack dev --json");
  access.add(folderId, lost);
  const { answer, checks } = JSON.parse(text.slice(text.indexOf("{\n")));
  expect(answer).toBe("lacks");
  expect(checks[0]).toMatchObject({
    about: `role storage.admin on folder ${folderId}`,
    answer: "lacks",
    command: `yc resource-manager folder add-access-binding --id ${folderId} --role storage.admin --subject serviceAccount:${subject.id}`,
  });
  expect(exitCode).toBe("1");
});

test("a program that does not run: its own words say why", async () => {
  const { text, exitCode } = await told("--stack dev", { AWS_CA_BUNDLE: "/nowhere.pem" });
  expect(text).toMatch(
    /^ {2}lacks +the program of stack dev runs: .*AWS_CA_BUNDLE is set \(\/nowhere\.pem\)/m,
  );
  expect(text).toMatch(/^ {2}has +credentials that the endpoint takes: /m);
  expect(exitCode).toBe("1");
});

test("a stack that was brought up, without the key preflight and so without a look: nothing is to be made any more", async () => {
  const { counts } = local.emulator.cloud.traffic;
  const looks = () => counts.get("yandex.cloud.quotamanager.v1.QuotaLimitService/Get");
  const before = looks();
  await local.up({ bucketName: "organization-audit-logs" });
  expect([before, looks()]).toEqual([expect.any(Number), before]);
  const { text, exitCode } = await told("--stack dev");
  expect(text).toMatch(/^ {2}has +key \S+ can be used$/m);
  expect(text).toMatch(/^ {2}has +role kms\.keys\.encrypterDecrypter on key \S+: By kms\.admin on folder /m);
  expect(text).not.toMatch(/is free|room for/);
  expect(exitCode).toBe("0");
});

test("ids in the place of a stack, and a stack that is not there", async () => {
  const { organizationId, folderId } = local.emulator.cloud;
  const ids = `--organization-id ${organizationId} --folder-id ${folderId}`;
  expect(await told(`${ids} --bucket-name other-logs --json`)).toMatchObject({
    text: expect.stringContaining('"answer": "lacks"'),
    exitCode: "1",
  });
  expect(await told(ids)).toMatchObject({
    text: expect.stringContaining("Give --stack, or --organization-id"),
    exitCode: "3",
  });
  expect((await told("--stack nosuch")).exitCode).toBe("3");
});

const administratorsIn = ({ access }: Record<string, unknown>) =>
  (access as { readonly administrators: readonly string[] } | undefined)?.administrators;

/** A plan, whose order means nothing. */
const sorted = (plan: Plan) =>
  Object.fromEntries(
    Object.entries(plan).map(([name, all]) => [name, all.map((one: unknown) => JSON.stringify(one)).sort()]),
  );

/**
 * What is told of a configuration, by the engine's preview of it on a fresh local cloud. What the program itself would look at
 * is the same.
 */
async function toldOf(
  fresh: LocalStack,
  config: Record<string, unknown>,
  administrators?: readonly string[],
) {
  const { emulator } = fresh;
  reach(emulator);
  const { preview, state } = await previewOf(fresh, config);
  const { after } = situationsOf(readPreview(preview), state ? readState(state) : undefined).change;
  const { organizationId, folderId } = emulator.cloud;
  const args = { organizationId, folderId, bucketName, ...config } as unknown as AuditTrailsArgs;
  expect(sorted(planOfArgs(args))).toEqual(sorted(planOfStack(after, administratorsIn(config))));
  const { checks } = await preflight(
    planOfStack(after, administrators),
    connectionTo(emulator),
    emulator.cloud.deployer,
  );
  return textOf(reportOf(checks, {}));
}

test("a policy that would shut the deployer out is told before there is one, with what mends it", async () => {
  await using fresh = await LocalStack.start();
  const { deployer } = fresh.emulator.cloud;
  const access = { administrators: ["ajesomebody"] };
  expect(await toldOf(fresh, { access }, access.administrators)).toMatch(
    new RegExp(
      `lacks +the policy that bucket audit-logs is to have lets the deployer in: Its administrators are ajesomebody, .*\\n` +
        ` +\\$ pulumi config set --path 'access.administrators\\[1\\]' ${deployer.id}`,
    ),
  );
  expect(await toldOf(fresh, { access })).toMatch(
    /cannot tell +the policy that bucket audit-logs is to have/,
  );
  expect(await toldOf(fresh, { access }, [deployer.id])).toMatch(
    /has +the policy that bucket audit-logs is to have/,
  );
});

test("a stack with an existing bucket, key and account, and scopes below the organization: each is looked at", async () => {
  await using fresh = await LocalStack.start();
  const { emulator } = fresh;
  const { folderId, cloudId } = emulator.cloud;
  using api = new Api(emulator);
  const { bucket, keyId, accountId } = await setUpTrail(emulator, api);
  const config = {
    ...{ bucketName: bucket, bucketFolderId: folderId, serviceAccountId: accountId },
    trails: { organization: {}, payments: { clouds: [cloudId] } },
  };
  const fitting = await toldOf(fresh, { ...config, encryption: { key: "existing", keyId } });
  expect(fitting.match(/^ {2}lacks +(.*?):/gm)).toEqual([
    `  lacks        role resource-manager.admin on cloud ${cloudId}:`,
  ]);
  for (const about of [
    `bucket ${bucket} and the key of its logs fit together: It is encrypted with key ${keyId}.`,
    `bucket ${bucket} is in the folder that is named`,
    `key ${keyId} can be used`,
    `service account ${accountId} exists: Its name is account.`,
    `role iam.serviceAccounts.user on service account ${accountId}`,
  ])
    expect(fitting).toMatch(new RegExp(`^ {2}has +${about}`, "m"));
  expect(fitting).toMatch(
    new RegExp(`^ {2}cannot tell +role audit-trails.viewer on cloud ${cloudId}: `, "m"),
  );
  expect(await toldOf(fresh, { ...config, encryption: { key: "none" } })).toMatch(
    /lacks +bucket audit-logs and the key of its logs fit together: It is encrypted with key /,
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

  test("an update that lacks something tells all of it with the commands, and changes nothing", async () => {
    const { access, folderId } = fresh.emulator.cloud;
    const lost = ["kms.admin", "storage.admin"].map((roleId) => ({ roleId, subject: deployer.subject }));
    for (const one of lost) access.remove(folderId, one);
    const before = made();
    const { output } = await fresh.failingUp(config, byKey());
    expect(made()).toEqual(before);
    expect(await fresh.resourceTypes()).toEqual([]);
    expect(output).toContain("Preflight: 3 lacking; nothing was changed in the cloud.");
    for (const one of lost) {
      const { roleId } = one;
      const command = `yc resource-manager folder add-access-binding --id ${folderId} --role ${roleId} --subject serviceAccount:${deployer.subject.id}`;
      expect(output).toMatch(
        new RegExp(`^ +lacks +role ${roleId} on folder ${folderId}: .*\\n +\\$ ${command}$`, "m"),
      );
      access.add(folderId, one);
    }
  });

  test("a preview does not look", async () => {
    const { traffic } = fresh.emulator.cloud;
    traffic.reset();
    await previewOf(fresh, config, [], byKey());
    expect([...traffic.counts.keys()].filter((method) => !/Endpoint|IamToken/.test(method))).toEqual([]);
  });

  test("the first update, one without changes and one with a change go through, past what the stack has", async () => {
    const { access, cloudId, trails } = fresh.emulator.cloud;
    expect((await fresh.up(config, byKey())).output).not.toContain("Preflight");
    expect(trails.all()).toMatchObject([{ status: "ACTIVE" }]);
    await fresh.expectSettled(config, byKey());
    // What cannot be told stops nothing.
    access.remove(cloudId, { roleId: "viewer", subject: deployer.subject });
    const { output, changes } = await fresh.up({ ...config, accessLogsBucketName: "request-logs" }, byKey());
    expect(output).toMatch(
      /warning: Preflight cannot tell:\n(?: .*\n)* +cannot tell +room for 1 more bucket: /,
    );
    expect(changes).toMatchObject({ create: 2, update: 1 });
  });

  test("what is in the cloud and not in the stack's state is in its way", async () => {
    const { output } = await fresh.failingUp({ ...config, serviceAccountName: "robot" }, byKey());
    expect(output).toMatch(/^ +lacks +service account name robot is free in its cloud: Service account /m);
  });

  test("a removal looks too", async () => {
    const { access, cloudId, folderId } = fresh.emulator.cloud;
    access.add(cloudId, { roleId: "viewer", subject: deployer.subject });
    access.remove(folderId, { roleId: "storage.admin", subject: deployer.subject });
    const stack = await fresh.open(config, byKey());
    await expect(stack.destroy({ args: ["--run-program"] })).rejects.toThrow(
      "lacks        role storage.admin",
    );
  });
});
