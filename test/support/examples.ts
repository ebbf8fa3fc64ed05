import { join } from "node:path";
import { Api, setUpTrail } from "./api";
import { LocalStack, sevenResources } from "./localStack";

/** Folder of the examples. */
export const folder = join(__dirname, "..", "..", "examples");
const bucketName = "example-logs";
/** Types of the resources that grant roles on a folder and on a key. */
const folderRole = "ResourcemanagerFolderIamMember";
const keyRole = "KmsSymmetricKeyIamMember";

/** An example of the repository, and what it makes. */
export interface Example {
  readonly name: string;
  /** Configuration beyond organization, folder and bucket. */
  readonly configure?: (local: LocalStack) => Promise<Config> | Config;
  /** More environment variables of the CLI. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Types of the provider's resources. */
  readonly types: readonly string[];
  readonly trails?: number;
  /** Numbers of changed resources in the next preview, by operation. */
  readonly next?: Readonly<Record<string, number>>;
}

type Config = Readonly<Record<string, unknown>>;

export const examples: readonly Example[] = [
  { name: "minimal", types: sevenResources },
  {
    name: "hardened",
    configure: ({ emulator }) => ({ administrators: [emulator.cloud.deployer.id] }),
    types: [...sevenResources, "StorageBucket", "IamServiceAccount", folderRole, folderRole],
  },
  {
    name: "bring-your-own",
    configure: async ({ emulator }) => {
      using api = new Api(emulator);
      const { bucket, keyId, accountId, trailId } = await setUpTrail(emulator, api);
      await api.call("trails", "delete", { trailId });
      const { access, cloudId, folderId, deployer } = emulator.cloud;
      for (const roleId of ["resource-manager.admin", "resource-manager.editor"])
        access.add(cloudId, { roleId, subject: deployer });
      return {
        cloudId,
        existingBucketName: bucket,
        existingBucketFolderId: folderId,
        existingKeyId: keyId,
        existingServiceAccountId: accountId,
      };
    },
    types: [
      "AuditTrailsTrail",
      "OrganizationmanagerOrganizationIamMember",
      folderRole,
      keyRole,
      "ResourcemanagerFolder",
      "KmsSymmetricKey",
      "IamServiceAccount",
      "AuditTrailsTrail",
      "StorageBucket",
      folderRole,
      folderRole,
      keyRole,
    ],
    trails: 2,
  },
  {
    name: "several-trails",
    configure: ({ emulator: { cloud } }) => {
      const { cloudId, deployer, tree } = cloud;
      const paymentsFolderId = "b1gpayments";
      tree.put({
        type: "resource-manager.folder",
        id: paymentsFolderId,
        name: "payments",
        parentId: cloudId,
      });
      cloud.access.add(paymentsFolderId, { roleId: "resource-manager.admin", subject: deployer });
      return { paymentsFolderId };
    },
    types: [
      ...sevenResources,
      "AuditTrailsTrail",
      ...sevenResources.filter((type) => !type.startsWith("Organization")),
      folderRole,
    ],
    trails: 3,
  },
  { name: "unencrypted", types: sevenResources.filter((type) => !type.startsWith("Kms")) },
  {
    name: "explicit-provider",
    configure: ({ emulator }) => ({ token: emulator.issueToken() }),
    // What does not use the program's own provider is refused.
    environment: { YC_TOKEN: "nobody's" },
    types: [...sevenResources, "IamServiceAccount", folderRole, keyRole],
    // A language host that does not name the packages lets the engine take the SDK's version first, and the bridge's then.
    next: { update: 1 },
  },
];

/** The example that brings up most that no other test does. */
export const mostOfItsOwn = "bring-your-own";

/** Expects that an example comes up, that the next preview is as expected, and that a refresh finds nothing to change. */
export async function expectExample({
  name,
  configure = () => ({}),
  environment,
  types,
  trails = 1,
  next = {},
}: Example): Promise<void> {
  await using local = await LocalStack.start();
  const config = { bucketName, ...(await configure(local)) };
  // The components are sources here, which the check has compiled.
  const compiled = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };
  const own = { project: join(folder, name), environment: { ...compiled, ...environment } };
  const stack = await local.open(config, own);
  await stack.up();
  const { resources } = stack.state();
  const statuses = resources.filter(({ type }) => type.endsWith(":index:Trail"));
  expect(statuses.map(({ outputs }) => outputs?.trailStatus)).toEqual(Array(trails).fill("ACTIVE"));
  const made = resources.flatMap(({ type }) => /^yandex:.*:(\w+)$/.exec(type)?.[1] ?? []);
  expect(made.sort()).toEqual([...types].sort());
  const { same: _, ...others } = (await stack.preview()).changes;
  expect([{}, next]).toContainEqual(others);
  await stack.refresh({ args: ["--expect-no-changes"] });
}
