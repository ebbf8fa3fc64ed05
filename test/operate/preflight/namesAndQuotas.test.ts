import type { Emulator } from "../../../emulator";
import { Api } from "../../support/api";
import { byDeployer } from "../../support/localStack";
import { encryptedBucket, testProblems } from "./setUp";

testProblems([
  {
    what: "the bucket's name is taken in the folder",
    breaks: encryptedBucket,
    lines: [
      /^ {2}problem +bucket name audit-logs: It is taken by a bucket in folder (\S+)\. .*\n +\$ pulumi config set bucketFolderId \1$/m,
    ],
  },
  {
    what: "the bucket's name is taken by somebody else",
    breaks: async ({ cloud, ...emulator }: Emulator) => {
      const id = cloud.ids.make("b1g", cloud.organizationId, "foreign");
      cloud.tree.put({ type: "resource-manager.cloud", id, name: "foreign" });
      cloud.tree.put({ type: "resource-manager.folder", id: `${id}f`, name: "foreign", parentId: id });
      const stranger = { type: "userAccount", id: "ajestranger" };
      cloud.access.add(`${id}f`, { roleId: "storage.admin", subject: stranger });
      const call = { ...byDeployer({ cloud, ...emulator } as Emulator), subject: stranger };
      cloud.buckets.create(call, { name: "audit-logs", folderId: `${id}f` });
    },
    lines: [
      /^ {2}problem +bucket name audit-logs: It is taken by a bucket that you may not read.*\n +\$ pulumi config set bucketName /m,
    ],
  },
  {
    what: "the account's name is taken in another folder of the cloud",
    breaks: ({ cloud }) => {
      cloud.tree.put({
        type: "resource-manager.folder",
        id: "b1gother",
        name: "other",
        parentId: cloud.cloudId,
      });
      cloud.access.add("b1gother", { roleId: "iam.serviceAccounts.admin", subject: cloud.deployer });
      cloud.serviceAccounts.create(byDeployer({ cloud } as Emulator), {
        folderId: "b1gother",
        name: "audit-trails-account",
      });
    },
    lines: [
      /^ {2}problem +service account name audit-trails-account: It is taken by service account (\S+) in folder b1gother\. .*\n +\$ pulumi config set serviceAccountId \1$/m,
    ],
  },
  {
    what: "the trail's name is taken",
    breaks: async (emulator) => {
      await encryptedBucket(emulator);
      const { trails } = emulator.cloud;
      const [trail] = trails.all();
      if (!trail) throw new Error("there is no trail");
      using api = new Api(emulator);
      await api.call("trails", "update", {
        ...trail,
        ...{ trailId: trail.id, name: "audit-trails-organization", updateMask: { paths: ["name"] } },
      });
    },
    ids: () => ({ bucketName: "other-logs" }),
    lines: [/^ {2}problem +trail name audit-trails-organization in folder \S+: It is taken by trail \S+\./m],
  },
  {
    what: "the cloud has all the trails that it may",
    options: { quotas: { trails: 0 } },
    lines: [
      /^ {2}problem +room for 1 more trail: Cloud (\S+) has 0 of 0 trails\.\n +\$ yc quota-manager quota-request create --resource-id \1 --resource-type resource-manager.cloud --desired-limit quota-id=audit-trails.trails.count,value=1$/m,
    ],
  },
  {
    what: "the cloud has all the buckets that it may",
    options: { quotas: { buckets: 0 } },
    lines: [/^ {2}problem +room for 1 more bucket: /m],
  },
  {
    what: "the cloud has all the accounts that it may",
    options: { quotas: { serviceAccounts: 0 } },
    lines: [/^ {2}problem +room for 1 more service account: /m],
  },
]);
