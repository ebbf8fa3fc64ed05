import fc from "fast-check";
import { readBucketSettings } from "../../../api/bucketSettings";
import type { Subject } from "../../../emulator/backend/iam/access";
import { roleIds } from "../../../emulator/backend/iam/roles";
import { anonymous } from "../../../emulator/backend/storage/bucketAccess";
import { CloudView } from "../../../operate/preflight/cloudView";
import { publicAccess } from "../../../operate/verify/publicAccess";
import { targetsOf } from "../../../operate/verify/target";
import { checkOf, linesOf, Stack } from "./stack";

/** Public access, its report, and the reported reach. */
interface Opening {
  readonly what: string;
  readonly isEncrypted?: boolean;
  readonly opens: (stack: Stack) => void;
  readonly result?: string;
  readonly says: readonly RegExp[];
}

const listOnly = /They can list the logs; key \w+ does not decrypt for them/;

const openings: readonly Opening[] = [
  {
    what: "storage.viewer for everybody on the bucket",
    opens: (stack) => stack.grant("audit-logs", "storage.viewer"),
    says: [
      /It is public: everybody \(system group allUsers\) may get log objects, by role storage\.viewer on bucket/,
      listOnly,
    ],
  },
  {
    what: "storage.viewer for everybody on the bucket, without encryption",
    isEncrypted: false,
    opens: (stack) => stack.grant("audit-logs", "storage.viewer"),
    says: [/They can read the logs\.$/m],
  },
  {
    what: "storage.viewer and kms.keys.decrypter for everybody with an account on the folder",
    opens: (stack) => {
      for (const role of ["storage.viewer", "kms.keys.decrypter"])
        stack.grant(stack.cloud.folderId, role, "allAuthenticatedUsers");
    },
    says: [
      /everybody with an account of the cloud \(system group allAuthenticatedUsers\) may get log objects, by role storage\.viewer on folder/,
      /They can read the logs: key \w+ decrypts for them/,
      /may decrypt with the key, by role kms\.keys\.decrypter on folder/,
    ],
  },
  {
    what: "a role for everybody on the cloud",
    opens: (stack) => stack.grant(stack.cloud.cloudId, "viewer"),
    says: [/by role viewer on cloud/, listOnly],
  },
  {
    what: "a role for everybody on the organization",
    opens: (stack) => stack.grant(stack.cloud.organizationId, "storage.editor"),
    says: [/may get log objects, change or delete logs, by role storage\.editor on organization/],
  },
  {
    what: "a role for all users of an organization",
    opens: (stack) => stack.grant(stack.cloud.folderId, "storage.admin", "group:organization:bpfother:users"),
    says: [/everybody in system group group:organization:bpfother:users may .*, give roles/],
  },
  {
    what: "decryption for everybody on the key, and nothing on the bucket",
    opens: (stack) => stack.grant(stack.keyId ?? "", "kms.keys.encrypterDecrypter"),
    says: [/everybody \(system group allUsers\) may decrypt with the key, by role .* on key/],
  },
  {
    what: "the trail's account for everybody",
    opens: (stack) => stack.grant(stack.accountId, "iam.serviceAccounts.tokenCreator"),
    says: [
      /may get log objects, change or delete logs, by role iam\.serviceAccounts\.tokenCreator on service account/,
    ],
  },
  {
    what: "anonymous reading",
    opens: (stack) => stack.set({ anonymousAccessFlags: { read: true, list: false, configRead: false } }),
    says: [/It is public: everybody may read\./, listOnly],
  },
  {
    what: "an ACL of the bucket",
    opens: (stack) =>
      stack.set({
        acl: {
          grants: [
            {
              grantType: "GRANT_TYPE_ALL_AUTHENTICATED_USERS",
              permission: "PERMISSION_READ",
              granteeId: "",
            },
          ],
        },
      }),
    says: [/It is public: its ACL gives READ to allAuthenticatedUsers/, listOnly],
  },
  {
    what: "a policy for everybody but one",
    opens: (stack) =>
      stack.set({
        policy: {
          Statement: [
            { Effect: "Allow", NotPrincipal: { CanonicalUser: ["aje"] }, Action: "*", Resource: "*" },
          ],
        },
      }),
    says: [/its policy gives access to everybody, by statement/],
  },
  {
    what: "a policy for everybody on a condition",
    opens: (stack) =>
      stack.set({
        policy: {
          Statement: [
            {
              ...{ Sid: "office", Effect: "Allow", Principal: "*", Action: "*", Resource: "*" },
              Condition: { IpAddress: { "aws:sourceip": "203.0.113.0/24" } },
            },
          ],
        },
      }),
    // The stack has no policy: that it has one is a finding of its own.
    says: [/Statement office of its policy gives access to everybody who meets a condition/],
  },
  {
    what: "an object's ACL, without encryption",
    isEncrypted: false,
    opens: (stack) => {
      const key = stack.deliver();
      for (let i = 0; i < 30; i += 1) stack.deliver();
      const grants = [{ grantType: "GRANT_TYPE_ALL_USERS", permission: "PERMISSION_READ", granteeId: "" }];
      stack.cloud.objectSettings.setAcl(stack.cloud.deployer, { bucket: "audit-logs", key }, { grants });
    },
    says: [
      /It is public: the ACL of \S+\.json grants READ to AllUsers/,
      /The ACLs of 20 of 31 objects were checked, chosen evenly/,
    ],
  },
  {
    what: "roles on the cloud that cannot be read",
    opens: ({ cloud }) =>
      cloud.access.remove(cloud.organizationId, {
        roleId: "resource-manager.auditor",
        subject: cloud.deployer,
      }),
    result: "unknown",
    says: [
      /It is unknown whether the bucket audit-logs is public\./,
      /unknown whether everybody has a role on cloud \w+: PERMISSION_DENIED.*Role resource-manager\.auditor on it allows to read the roles/,
    ],
  },
  {
    what: "a role that no document describes",
    opens: (stack) => {
      const list = stack.cloud.access.list.bind(stack.cloud.access);
      const role = { roleId: "storage.everything", subject: { type: "system", id: "allUsers" } };
      stack.cloud.access.list = (id) => [...list(id), ...(id === stack.cloud.folderId ? [role] : [])];
    },
    result: "unknown",
    says: [/everybody .* has role storage\.everything on folder \w+, and it is unknown what that allows/],
  },
  {
    what: "ACLs of objects that cannot be read",
    isEncrypted: false,
    opens: (stack) => {
      stack.deliver();
      const isAcl = (request: unknown) => (request as { query: URLSearchParams }).query.has("acl");
      stack.cloud.faults.fail({ method: "s3/GET", request: isAcl }, "PERMISSION_DENIED", { times: 99 });
    },
    result: "unknown",
    says: [/The ACLs of 1 of 1 object cannot be read: AccessDenied/],
  },
];

test.each(openings)("$what: reported with the logs that it reaches", async (opening) => {
  const { isEncrypted, opens, result = "bad", says } = opening;
  await using stack = await Stack.start({ isEncrypted });
  opens(stack);
  const check = checkOf(await stack.verify(), "bucket");
  for (const line of says) expect(linesOf(check)).toMatch(line);
  expect(check.result).toBe(result);
});

test.each([true, false])(
  "a bucket that is closed to everybody (encrypted: %s) is good",
  async (isEncrypted) => {
    await using stack = await Stack.start({ isEncrypted });
    stack.deliver();
    // Roles that reach no log, for everybody, and roles that do, for somebody.
    stack.grant(stack.cloud.folderId, "kms.keys.encrypter");
    stack.grant(stack.cloud.folderId, "storage.admin", "ajesomebody", "userAccount");
    const check = checkOf(await stack.verify(), "bucket");
    expect([check.result, linesOf(check)]).toEqual([
      "good",
      expect.stringMatching(/^The bucket audit-logs is not public;/),
    ]);
  },
);

test("a bucket that is not public gives nothing to strangers or without a token, for any roles of system groups", async () => {
  await using stack = await Stack.start();
  const { cloud, keyId = "", accountId } = stack;
  const key = stack.deliver();
  const { organizationId, cloudId, folderId } = cloud;
  const places = [organizationId, cloudId, folderId, "audit-logs", keyId, accountId];
  const grants = fc.array(
    fc.record({
      place: fc.constantFrom(...places),
      roleId: fc.constantFrom(...roleIds),
      id: fc.constantFrom("allUsers", "allAuthenticatedUsers"),
    }),
    { maxLength: 3 },
  );
  const strangers = [anonymous, { type: "userAccount", id: "ajestranger" }];
  const tries = [
    (by: Subject) => cloud.objects.list(by, "audit-logs"),
    (by: Subject) => cloud.objects.get(by, "audit-logs", key),
    (by: Subject) => cloud.objectDeletions.delete(by, "audit-logs", key, "no such version"),
  ];
  const api = await stack.connect();
  const settings = await readBucketSettings("audit-logs", api);
  const [target] = targetsOf(stack.view);
  if (!settings || !target) throw new Error("there is no bucket or no trail");
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(grants, async (some) => {
      for (const { place, roleId, id } of some) stack.grant(place, roleId, id);
      const { faults, unclear } = await publicAccess(target, settings, new CloudView(api), api);
      const isReached = strangers.some((by) => tries.some((attempt) => isAllowed(() => attempt(by))));
      for (const { place, roleId, id } of some)
        cloud.access.remove(place, { roleId, subject: { type: "system", id } });
      const verdict = faults.length > 0 ? "public" : unclear.length > 0 ? "unknown" : "closed";
      if (isReached) expect(verdict).toBe("public");
      outcomes.add(`${verdict}, ${isReached ? "reached" : "not reached"}`);
    }),
    { numRuns: 60 },
  );
  expect([...outcomes]).toEqual(expect.arrayContaining(["public, reached", "closed, not reached"]));
});

function isAllowed(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
