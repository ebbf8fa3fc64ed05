import { deployerRoles, type Emulator, startEmulator } from "../../emulator";
import { type Permission, permissionsOf } from "../../emulator/backend/iam/roles";
import { Api, bucketRequest, keyRequest, setUpTrail, trailRequest } from "../support/api";

type Cloud = Emulator["cloud"];
type Call = (api: Api, emulator: Emulator) => Promise<unknown>;

const accountOf = ({ trails }: Cloud): string => trails.all()[0]?.serviceAccountId ?? "";

/** Calls that the deployer makes by each of its roles. */
const uses: readonly (readonly [role: string, permission: Permission, call: Call])[] = [
  [
    "kms.admin",
    "kms.keys.create",
    (api, { cloud }) => api.call("keys", "create", keyRequest(cloud.folderId, "another")),
  ],
  [
    "storage.admin",
    "storage.buckets.create",
    (api, { cloud }) => api.call("buckets", "create", bucketRequest(cloud.folderId, "another")),
  ],
  ["iam.serviceAccounts.admin", "iam.serviceAccounts.create", (api) => api.createServiceAccount("another")],
  [
    "resource-manager.admin",
    "resource-manager.folders.updateAccessBindings",
    (api, { cloud }) => api.bind("folders", cloud.folderId, "storage.uploader", accountOf(cloud)),
  ],
  [
    "organization-manager.admin",
    "organization-manager.organizations.updateAccessBindings",
    (api, { cloud }) =>
      api.bind("organizations", cloud.organizationId, "audit-trails.viewer", accountOf(cloud)),
  ],
  [
    "audit-trails.editor",
    "audit-trails.trails.create",
    (api, emulator) => {
      const request = trailRequest(emulator, "audit-logs", accountOf(emulator.cloud));
      return api.call("trails", "create", { ...request, name: "another" });
    },
  ],
];

test.each(uses)(
  "a deployer without %s lacks the permission %s, even with all its other roles",
  async (roleId, permission, call) => {
    const granting = Object.values(deployerRoles)
      .flat()
      .filter((role) => permissionsOf(role)?.has(permission));
    expect(granting).toEqual([roleId]);

    await using emulator = await startEmulator();
    using api = new Api(emulator);
    await setUpTrail(emulator, api);
    const { access, organizationId, folderId, deployer } = emulator.cloud;
    for (const id of [organizationId, folderId]) access.remove(id, { roleId, subject: deployer });
    await expect(call(api, emulator)).rejects.toThrow("PERMISSION_DENIED");
    for (const id of [organizationId, folderId]) access.add(id, { roleId, subject: deployer });
    await call(api, emulator);
  },
);
