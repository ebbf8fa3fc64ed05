import { type Allowed, and, bucket, grant, policy, type Violation } from "../../support/policyCases";
import { sound } from "../../support/policyStack";

/** Violations of the rule on public access. */
export const violations: readonly Violation[] = [
  ...["public-read", "public-read-write", "authenticated-read"].map(
    (acl): Violation => ["no-public-access", acl, bucket({ acl }), new RegExp(`acl "${acl}"`)],
  ),
  ...["read", "list", "configRead"].map(
    (flag): Violation => [
      "no-public-access",
      flag,
      bucket({ anonymousAccessFlags: { [flag]: true } }),
      new RegExp(`anonymousAccessFlags.${flag} true`),
    ],
  ),
  [
    "no-public-access",
    "a website",
    bucket({ website: { indexDocument: "index.html" } }),
    /must not be a website/,
  ],
  [
    "no-public-access",
    "a grant to all",
    bucket({
      grants: [
        { type: "Group", permissions: ["READ"], uri: "http://acs.amazonaws.com/groups/global/AllUsers" },
      ],
    }),
    /grants \["READ"\] to http:.*AllUsers/,
  ],
  [
    "no-public-access",
    "a policy for all",
    bucket(policy({ Sid: "open", Effect: "Allow", Principal: "*", Action: "*" })),
    /statement "open" gives access to everybody\. Name/,
  ],
  [
    "no-public-access",
    "a policy for all in another form",
    bucket(policy({ Effect: "Allow", Principal: { CanonicalUser: ["aje", "*"] } })),
    /gives access to everybody/,
  ],
  [
    "no-public-access",
    "a policy for all but some",
    bucket(policy({ Effect: "Allow", NotPrincipal: { CanonicalUser: "aje" } })),
    /gives access to everybody/,
  ],
  [
    "no-public-access",
    "one statement outside of a list",
    bucket({ policy: '{"Statement":{"Effect":"Allow","Principal":"*"}}' }),
    /gives access to everybody/,
  ],
  ["no-public-access", "a policy that is none", bucket({ policy: "{" }), /is not JSON/],
  [
    "no-public-access",
    "a policy as a resource of its own",
    and(sound, {
      type: "StorageBucketPolicy",
      name: "open",
      props: { bucket: "acme-logs", ...policy({ Effect: "Allow", Principal: "*" }) },
    }),
    /"open", of the bucket "bucket", has a policy/,
  ],
  [
    "no-public-access",
    "grants as a resource of their own",
    and(sound, {
      type: "StorageBucketGrant",
      name: "open",
      props: { bucket: "acme-logs", acl: "public-read" },
    }),
    /"open", of the bucket "bucket", has acl/,
  ],
  [
    "no-public-access",
    "a role for all on the folder",
    and(sound, grant("storage.viewer", undefined, { member: "system:allUsers" })),
    /"storage.viewer" on the folder to "system:allUsers"/,
  ],
  [
    "no-public-access",
    "a role for all on the bucket",
    and(
      sound,
      grant("storage.viewer", "StorageBucketIamBinding", {
        bucket: "acme-logs",
        member: undefined,
        members: ["system:allAuthenticatedUsers"],
      }),
    ),
    /"system:allAuthenticatedUsers"/,
  ],
  [
    "no-public-access",
    "a role for all on the key",
    and(
      sound,
      grant("kms.keys.decrypter", "KmsSymmetricKeyIamMember", {
        symmetricKeyId: "abjkey",
        member: "system:allUsers",
      }),
    ),
    /on the key/,
  ],
  [
    "no-public-access",
    "a role for all on the cloud",
    and(
      sound,
      grant("viewer", "ResourcemanagerCloudIamMember", { cloudId: "b1gcloud", member: "system:allUsers" }),
    ),
    /on the cloud/,
  ],
];

/** Similar resources that are correct. */
export const allowed: readonly Allowed[] = [
  [
    "other buckets",
    and(sound, {
      type: "StorageBucket",
      name: "site",
      protect: false,
      props: { bucket: "site", acl: "public-read", forceDestroy: true },
    }),
  ],
  [
    "policies of other buckets",
    and(sound, {
      type: "StorageBucketPolicy",
      name: "p",
      props: { bucket: "site", ...policy({ Effect: "Allow", Principal: "*" }) },
    }),
  ],
  [
    "denials for all",
    bucket(
      policy({ Effect: "Deny", Principal: "*" }, { Effect: "Allow", Principal: { CanonicalUser: ["aje"] } }),
    ),
  ],
  ["a private acl", bucket({ acl: "private", anonymousAccessFlags: { read: false } })],
  ["no website, as the provider shows it", bucket({ website: { indexDocument: "", errorDocument: "" } })],
];
