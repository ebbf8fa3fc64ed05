import { byDeployer } from "../../support/localStack";
import { testBreaks } from "./stacks";

testBreaks([
  {
    what: "the role on the organization is gone, and the trail has noticed",
    breaks: (copy) => {
      copy.cloud.access.remove(copy.cloud.organizationId, {
        roleId: "audit-trails.viewer",
        subject: copy.account,
      });
      copy.pass({ minutes: 5 });
    },
    check: "status",
    reported:
      /status ERROR.*"ACCESS_DENIED.*72 hours[\s\S]*Cause: .*lacks a role[\s\S]*Found: .*no role audit-trails.viewer[\s\S]*Remedy: /,
  },
  {
    what: "the bucket is full",
    breaks: (copy) => {
      copy.deliver();
      copy.set({ maxSize: 1 });
      copy.pass({ minutes: 5 });
    },
    check: "status",
    reported: /Cause: The bucket is full/,
  },
  {
    what: "the account is gone",
    emulator: { switches: { accountInUse: "delete" } },
    breaks: (copy) => {
      copy.cloud.serviceAccounts.delete(byDeployer(copy.emulator), copy.account.id);
      copy.pass({ minutes: 5 });
    },
    check: "status",
    reported: /Cause: The trail's account does not exist/,
  },
  {
    what: "the key is off, and the service gives no code",
    emulator: { switches: { statusErrorMessage: "text-only" } },
    breaks: (copy) => {
      copy.cloud.keys.update(byDeployer(copy.emulator), { keyId: copy.keyId, status: "INACTIVE" }, [
        "status",
      ]);
      copy.pass({ minutes: 5 });
    },
    check: "status",
    reported: /Cause: The bucket's key is not active/,
  },
  {
    what: "the trail is gone",
    breaks: (copy) => copy.cloud.trails.delete(byDeployer(copy.emulator), copy.trail.id),
    check: "status",
    reported: /does not exist.*pulumi up --refresh/,
  },
  {
    what: "the trail may not be read",
    breaks: (copy) =>
      copy.cloud.faults.fail({ method: "TrailService/Get" }, "PERMISSION_DENIED", { times: 99 }),
    check: "status",
    result: "unknown",
    reported: /cannot be read: PERMISSION_DENIED: .*\(request [-\w]+\)/,
  },
  {
    what: "the trail delivers to another bucket",
    breaks: (copy) => {
      copy.cloud.buckets.create(byDeployer(copy.emulator), {
        folderId: copy.cloud.folderId,
        name: "other-logs",
      });
      copy.cloud.trails.update(
        byDeployer(copy.emulator),
        {
          trailId: copy.trail.id,
          destination: { objectStorage: { bucketId: "other-logs", objectPrefix: "" } },
        },
        ["destination"],
      );
    },
    check: "settings",
    reported: /changed outside of the stack.*\nIts bucket is other-logs, not audit-logs\./,
  },
  {
    what: "the trail collects less",
    breaks: (copy) =>
      copy.cloud.trails.update(
        byDeployer(copy.emulator),
        {
          trailId: copy.trail.id,
          filteringPolicy: {
            managementEventsFilter: {
              resourceScopes: [{ id: copy.cloud.folderId, type: "resource-manager.folder" }],
            },
          },
        },
        ["filtering_policy"],
      ),
    check: "settings",
    reported:
      /It does not collect management events of organization \w+\.\nIt also collects management events of folder/,
  },
]);
