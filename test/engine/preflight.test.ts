import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deployerRoles } from "../../emulator";
import { ensureToolchain } from "../../toolchain";
import { createKey } from "../support/authorizedKey";
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
