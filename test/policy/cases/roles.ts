import {
  type Allowed,
  and,
  folder,
  grant,
  member,
  organization,
  scoped,
  trail,
  type Violation,
} from "../../support/policyCases";
import { changed, sound, without } from "../../support/policyStack";

/** Violations of the rules on scopes, roles and keys of accounts. */
export const violations: readonly Violation[] = [
  [
    "organization-scope",
    "a folder",
    changed(
      and(sound, grant("audit-trails.viewer", undefined, { folderId: "b1gother" })),
      "trail",
      scoped(folder),
    ),
    /"resource-manager.folder" "b1gother".*name the trail in "except"/,
  ],
  [
    "organization-scope",
    "data events alone",
    trail({ filteringPolicy: { dataEventsFilters: [{ service: "kms", resourceScopes: [organization] }] } }),
    /management events of nothing/,
  ],
  [
    "organization-scope",
    "parts, in the older form",
    trail({
      filteringPolicy: undefined,
      filter: { pathFilter: { someFilter: { anyFilters: [folder], ...organization } } },
    }),
    /"b1gother"/,
  ],
  [
    "account-roles",
    "a missing viewer",
    without(sound, "viewer"),
    /the role audit-trails.viewer on the organization "bpforganization"/,
  ],
  [
    "account-roles",
    "a missing uploader",
    without(sound, "uploader"),
    /the role storage.uploader on the folder of the bucket "bucket"/,
  ],
  [
    "account-roles",
    "a missing role on the key",
    without(sound, "encrypter"),
    /kms.keys.encrypterDecrypter on the key "key"/,
  ],
  [
    "account-roles",
    "an unneeded role",
    and(sound, grant("storage.admin")),
    /the role "storage.admin" on the folder, which it does not need/,
  ],
  [
    "account-roles",
    "a needed role somewhere else too",
    and(sound, grant("storage.uploader", undefined, { folderId: "b1gother" })),
    /"storage.uploader" on the folder, which it does not need/,
  ],
  [
    "account-roles",
    "a role on a whole cloud",
    and(sound, grant("storage.uploader", "ResourcemanagerCloudIamMember", { cloudId: "b1gcloud" })),
    /on the cloud, which it does not need/,
  ],
  [
    "account-roles",
    "a role on something else",
    and(sound, grant("lockbox.payloadViewer", "LockboxSecretIamMember")),
    /on the something else, which it does not need/,
  ],
  [
    "account-roles",
    "roles of a group",
    and(sound, {
      type: "OrganizationmanagerGroupMembership",
      name: "group",
      props: { groupId: "g", members: ["ajeother", "ajeaccount"] },
    }),
    /a member of a group/,
  ],
  ...["admin", "editor", "viewer", "auditor"].map(
    (role): Violation => [
      "no-primitive-roles",
      role,
      and(sound, grant(role)),
      new RegExp(`the role "${role}" on the folder`),
    ],
  ),
  [
    "no-authoritative-bindings",
    "a binding of a role that it has too",
    and(
      sound,
      grant("storage.uploader", "ResourcemanagerFolderIamBinding", { members: [member], member: undefined }),
    ),
    /has the type ResourcemanagerFolderIamBinding: .* the role "storage.uploader" from every other account.*ResourcemanagerFolderIamMember/,
  ],
  [
    "no-authoritative-bindings",
    "a binding without it",
    and(
      sound,
      grant("audit-trails.viewer", "OrganizationmanagerOrganizationIamBinding", {
        organizationId: "bpforganization",
        members: ["userAccount:x"],
      }),
    ),
    /A trail whose account loses its role stops/,
  ],
  [
    "no-authoritative-bindings",
    "a policy of the folder",
    and(sound, {
      type: "ResourcemanagerFolderIamPolicy",
      name: "policy",
      props: { folderId: "b1gfolder", policyData: "{}" },
    }),
    /every other role/,
  ],
  [
    "no-account-keys",
    "a static key",
    and(sound, {
      type: "IamServiceAccountStaticAccessKey",
      name: "static",
      props: { serviceAccountId: "ajeaccount", secretKey: "hush" },
    }),
    /"static" is a static key of the trail's account "account"/,
  ],
  [
    "no-account-keys",
    "an API key",
    and(sound, { type: "IamServiceAccountApiKey", name: "api", props: { serviceAccountId: "ajeaccount" } }),
    /an API key/,
  ],
  [
    "no-account-keys",
    "an authorized key",
    and(sound, { type: "IamServiceAccountKey", name: "own", props: { serviceAccountId: "ajeaccount" } }),
    /an authorized key/,
  ],
  [
    "no-account-keys",
    "a federated credential",
    and(sound, {
      type: "IamWorkloadIdentityFederatedCredential",
      name: "github",
      props: { serviceAccountId: "ajeaccount" },
    }),
    /a federated credential/,
  ],
];

/** Similar resources that are correct. */
export const allowed: readonly Allowed[] = [
  ["the organization beside a folder", and(trail(scoped(folder, organization)))],
  [
    "the organization in the older form",
    trail({ filteringPolicy: undefined, filter: { pathFilter: { anyFilter: organization } } }),
  ],
  ["the narrower role on the key", changed(sound, "encrypter", { role: "kms.keys.encrypter" })],
  [
    "the uploader on the bucket, by the only resource that there is for it",
    and(without(sound, "uploader"), {
      type: "StorageBucketIamBinding",
      name: "uploader",
      props: { bucket: "acme-logs", role: "storage.uploader", members: [member] },
    }),
  ],
  ["roles of others", and(sound, grant("admin", undefined, { member: "serviceAccount:ajeother" }))],
  [
    "bindings of other roles",
    and(
      sound,
      grant("compute.viewer", "ResourcemanagerFolderIamBinding", {
        member: undefined,
        members: ["userAccount:x"],
      }),
    ),
  ],
  [
    "keys of other accounts",
    and(sound, {
      type: "IamServiceAccountStaticAccessKey",
      name: "s",
      props: { serviceAccountId: "ajeother" },
    }),
  ],
];
