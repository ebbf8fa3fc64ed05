import { LocalStack, programOf } from "../support/localStack";

test("the set-up of other modules is created, settles at the first refresh, and is destroyed", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  cloud.access.add(cloud.cloudId, { roleId: "resource-manager.editor", subject: cloud.deployer });
  const before = cloud.tree.all();
  const environment = {
    ORGANIZATION_ID: cloud.organizationId,
    FOLDER_ID: cloud.folderId,
    CLOUD_ID: cloud.cloudId,
  };
  const own = { program: programOf("everything"), environment };
  const { outputs } = await local.up({}, own);
  expect(outputs.status).toBe("ACTIVE");
  const stored = cloud.buckets.require("everything");
  expect(stored).toMatchObject({
    acl: {
      grants: expect.arrayContaining([
        expect.objectContaining({ permission: "PERMISSION_FULL_CONTROL" }),
        expect.objectContaining({ permission: "PERMISSION_READ" }),
      ]),
    },
    cors: [{ allowedMethods: ["METHOD_GET", "METHOD_PUT"] }],
    websiteSettings: { index: "index.html", routingRules: [{ condition: { keyPrefixEquals: "docs/" } }] },
    https: { certificateId: "fpq00000000000000001" },
    objectLock: { defaultRetention: { mode: "MODE_GOVERNANCE", days: 1 } },
    tags: [{ key: "team", value: "storage" }],
  });
  expect(stored.lifecycleRules).toHaveLength(5);
  await local.expectSettled({}, own);
  await (await local.open({}, own)).destroy();
  expect(cloud.tree.all()).toEqual(before);
}, 240_000);
