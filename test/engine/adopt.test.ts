import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { deployerRoles } from "../../emulator";
import { adopt, adoptArgs, begin, configFileOf, expectAdopted, up, whatOf } from "../support/adoption";
import { bucketRequest, keyRequest, setUpTrail, trailRequest } from "../support/api";
import { runKilled } from "../support/kills";
import { sevenResources } from "../support/localStack";

test("the guide's set-up is imported unchanged, and a second run has nothing to do", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { trailId, bucket } = await setUpTrail(local.emulator, api);
  local.emulator.cloud.clock.advance({ minutes: 5 });
  expect(local.emulator.cloud.objects.keys(bucket, "").length).toBeGreaterThan(0);

  const reported = await adopt(local, [trailId]);
  expect(reported).toMatchObject({ exitCode: 0, refusals: [], onlyUsed: [], left: [] });
  expect(reported.imported).toHaveLength(sevenResources.length);
  expect(whatOf(reported)).toEqual([
    "Key key gets no new versions: its rotation is off.",
    "Key key may be deleted: its deletion protection is off.",
    "Key key encrypts with AES_128.",
    "Bucket audit-logs keeps no old versions: overwritten and deleted logs are lost.",
    "Bucket audit-logs keeps the parts of unfinished uploads forever.",
  ]);
  const file = readFileSync(configFileOf(local), "utf8");
  expect(file).toContain("# nothing flaps here");
  expect(parse(file).config).toMatchObject({
    "yandex-audit-trails:adopted": "true",
    "yandex-audit-trails:retention": { preset: "guide", versioning: false },
  });
  const state = () => JSON.stringify(stack.state());
  const before = state();
  expect(await adopt(local, [trailId], [])).toMatchObject({
    ...{ exitCode: 0, configuration: {}, imported: [], left: [] },
  });
  expect(state()).toBe(before);
  await expectAdopted(local, stack, sevenResources);

  // When it is no longer said to be taken over, it gets the stack's marks, and the defaults of what is unsaid.
  await stack.follow(`pulumi config rm adopted --stack dev --config-file '${configFileOf(local)}'`);
  await up(local, stack);
  expect(local.emulator.cloud.keys.all()[0]).toMatchObject({
    ...{ labels: { "pulumi-stack": "dev" }, rotationPeriod: expect.anything(), deletionProtection: false },
  });
});

test("other names, labels, prefix, folders and rules stay as they are, and the run after a kill continues", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { cloud } = local.emulator;
  const { cloudId, folderId, deployer } = cloud;
  const other = "b1gotherfolder";
  cloud.tree.put({ type: "resource-manager.folder", id: other, name: "other", parentId: cloudId });
  for (const roleId of deployerRoles.folder) cloud.access.add(other, { roleId, subject: deployer });
  cloud.access.add(cloudId, { roleId: "resource-manager.viewer", subject: deployer });

  const labels = { team: "security" };
  await api.call("keys", "create", {
    ...keyRequest(folderId, "Key of the logs"),
    ...{ labels, description: "Mine", defaultAlgorithm: 3, deletionProtection: true },
  });
  const keyId = cloud.keys.all()[0]?.id ?? "";
  await api.call("serviceAccounts", "create", {
    folderId,
    name: "writer",
    description: "Writes",
    labels: {},
  });
  const accountId = cloud.serviceAccounts.all()[0]?.id ?? "";
  await api.call("buckets", "create", {
    ...bucketRequest(folderId, "acme.logs"),
    tags: [{ key: "team", value: "security" }],
  });
  cloud.buckets.put({
    ...cloud.buckets.require("acme.logs"),
    kmsMasterKeyId: keyId,
    versioning: "VERSIONING_ENABLED",
    lifecycleRules: [{ id: "old", enabled: true, filter: { prefix: "tmp/" }, expiration: { days: 9 } }],
    cors: [{ id: "viewer", allowedMethods: ["METHOD_GET"], allowedOrigins: ["https://acme.test"] }],
  });
  for (const id of [folderId, other]) await api.bind("folders", id, "audit-trails.viewer", accountId);
  await api.bind("folders", folderId, "storage.uploader", accountId);
  await api.bind("folders", folderId, "storage.admin", accountId);
  await api.bind("keys", keyId, "kms.keys.encrypterDecrypter", accountId);
  await api.call("trails", "create", {
    ...trailRequest(local.emulator, "acme.logs", accountId, "audit"),
    ...{ name: "payments", description: "Of payments", labels },
    filteringPolicy: {
      managementEventsFilter: {
        resourceScopes: [folderId, other].map((id) => ({ id, type: "resource-manager.folder" })),
      },
      dataEventsFilters: [
        { service: "kms", resourceScopes: [{ id: other, type: "resource-manager.folder" }] },
      ],
    },
  });
  const trailId = cloud.trails.all()[0]?.id ?? "";

  const line = ["operate/audit-trails.cjs", ...adoptArgs(local, [trailId]), "--yes"].join("' '");
  const run = () => stack.follow(`'${process.execPath}' '${line}'`);
  const killed = await runKilled(
    local,
    stack,
    { config: {}, run },
    {
      ...{ moment: "after", method: "BucketService/Get", after: 2 },
    },
  );
  expect(killed).toContain("BucketService/Get");
  const reported = await adopt(local, [trailId], ["--yes", "--engine-ended"]);
  // The first run had written it.
  expect(reported.configuration).toEqual({});
  expect(reported).toMatchObject({ exitCode: 0, refusals: [], onlyUsed: [], left: [] });
  expect(whatOf(reported)).toEqual([
    "Key Key of the logs gets no new versions: its rotation is off.",
    "Bucket acme.logs keeps the parts of unfinished uploads forever.",
    "Bucket acme.logs deletes logs: rules old.",
    expect.stringContaining("lifecycle rules (old) that the configuration cannot express"),
    `Service account ${accountId} has role storage.admin on folder ${folderId}, which no trail needs.`,
  ]);
  const five = ["AuditTrailsTrail", "IamServiceAccount", "KmsSymmetricKey", "KmsSymmetricKeyIamMember"];
  await expectAdopted(local, stack, [
    ...five,
    "StorageBucket",
    ...Array(3).fill("ResourcemanagerFolderIamMember"),
  ]);
  expect(cloud.keys.all()[0]).toMatchObject({ labels, description: "Mine" });
});
