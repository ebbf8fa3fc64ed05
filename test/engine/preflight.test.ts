import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deployerRoles } from "../../emulator";
import { situationsOf } from "../../operate/diff/situation";
import { readPreview, readState } from "../../operate/engine/json";
import { planOfStack } from "../../operate/preflight/plan";
import { preflight } from "../../operate/preflight/preflight";
import { reportOf, textOf } from "../../operate/preflight/report";
import { ensureToolchain } from "../../toolchain";
import { Api, setUpTrail } from "../support/api";
import { createKey } from "../support/authorizedKey";
import { previewOf } from "../support/diffCases";
import { LocalStack } from "../support/localStack";

let local: LocalStack;
let folder: string;
let environment: NodeJS.ProcessEnv;
let subject: { readonly type: string; readonly id: string };

/** A deployer with an authorized key, and with the README's roles. */
beforeAll(async () => {
  local = await LocalStack.start();
  folder = mkdtempSync(join(tmpdir(), "preflight-test-"));
  const { access, organizationId, folderId, cloudId } = local.emulator.cloud;
  const { accountId, keyId, privateKey } = await createKey(local.emulator);
  subject = { type: "serviceAccount", id: accountId };
  for (const roleId of deployerRoles.organization) access.add(organizationId, { roleId, subject });
  for (const roleId of deployerRoles.folder) access.add(folderId, { roleId, subject });
  access.add(cloudId, { roleId: "viewer", subject });
  const keyFile = join(folder, "key.json");
  writeFileSync(
    keyFile,
    JSON.stringify({ id: keyId, service_account_id: accountId, private_key: privateKey }),
  );
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

test("a stack that was brought up: nothing is to be made any more, so no name has to be free", async () => {
  await local.up({ bucketName: "organization-audit-logs" });
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

/** What is told of a configuration, by the engine's preview of it on a fresh local cloud. */
async function toldOf(
  fresh: LocalStack,
  config: Record<string, unknown>,
  administrators?: readonly string[],
) {
  const { emulator } = fresh;
  const { SSL_CERT_FILE, HTTP_PROXY } = emulator.providerEnvironment();
  Object.assign(process.env, { SSL_CERT_FILE, HTTP_PROXY });
  const { preview, state } = await previewOf(fresh, config);
  const { after } = situationsOf(readPreview(preview), state ? readState(state) : undefined).change;
  const connection = { endpoint: emulator.endpoint, storageEndpoint: emulator.storageEndpoint };
  const { checks } = await preflight(
    planOfStack(after, administrators),
    { ...connection, token: emulator.issueToken() },
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
