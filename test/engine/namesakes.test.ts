import type { ExportedState } from "../../emulator/backend/store";
import { LocalStack, sevenResources } from "../support/localStack";
import { createPreviewAccount } from "../support/previewAccount";
import { standing } from "../support/standingStacks";

// The texts: test/components/engine/namesakes.test.ts.

/** A stack without resources, in a cloud where stack `other` of the same program stands. */
async function besideAnother(): Promise<LocalStack> {
  await using first = await standing("default");
  const cloud = JSON.stringify(first.keep().cloud)
    .replaceAll('"pulumi-stack":"dev"', '"pulumi-stack":"other"')
    .replaceAll("stack dev.", "stack other.");
  return LocalStack.start({ state: JSON.parse(cloud) as ExportedState });
}

const second = { bucketName: "second-logs" };
const clashes =
  /2 names are taken in folder b1g\w+, so pulumi up will fail:\n.*account "audit-trails-account": aje\w+ belongs to stack other of project yandex-audit-trails\n.*trail "audit-trails-organization": cnp\w+ belongs to stack other/;

test("in the folder of another stack, preview and failed up report both taken names, and with their commands up succeeds", async () => {
  await using local = await besideAnother();
  const { output } = await (await local.open(second)).preview();
  expect(output).toMatch(clashes);
  expect(output).toContain("pulumi config set serviceAccountName audit-trails-account-dev");
  expect(output).toContain("pulumi config set --path trails.organization.name audit-trails-organization-dev");
  expect((await local.failingUp(second)).output).toMatch(clashes);

  const renamed = {
    serviceAccountName: "audit-trails-account-dev",
    trails: { organization: { name: "audit-trails-organization-dev" } },
  };
  const { output: ofUp } = await local.up({ ...second, ...renamed });
  expect(ofUp).not.toContain("taken in folder");
  expect(await local.resourceTypes()).toEqual(sevenResources);
});

test("an account without roles in the folder can preview, and gets no message about names", async () => {
  await using local = await besideAnother();
  const { cloud } = local.emulator;
  const { accountId, environment } = await createPreviewAccount(local.emulator);
  for (const id of [cloud.organizationId, cloud.cloudId, cloud.folderId])
    for (const { roleId, subject } of cloud.access.list(id))
      if (subject.id === accountId) cloud.access.remove(id, { roleId, subject });
  const { output } = await (await local.open(second, { environment })).preview();
  expect(output).not.toContain("taken in folder");
});
