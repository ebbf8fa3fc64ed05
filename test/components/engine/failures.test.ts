import { explainFailure, type Failure, isDenied } from "../../../components/engine/failures";
import real from "../../data/failures-0.137.0.json";

const bucket: Failure = {
  type: "yandex:index/storageBucket:StorageBucket",
  name: "logs",
  operation: "create",
  inputs: { folderId: "b1gfolder", bucket: "audit-logs" },
  error: "",
};
const grpc = (code: string) => `Error: rpc error: code = ${code} desc = words that nobody promised`;

test.each([
  [grpc("PermissionDenied"), "storage.admin on folder b1gfolder"],
  // Of the newer half of newer releases.
  ["Error: folder Not Found: folder b1gfolder", 'There is no folderId "b1gfolder"'],
  ["Failed to create resource: PERMISSION_DENIED: x", "storage.admin on folder b1gfolder"],
  ["Permission denied to resource-manager.folder b1gfolder", "storage.admin on folder b1gfolder"],
  ["rpc error: code = Unknown desc = AccessDenied: x", "storage.admin on folder b1gfolder"],
  ["NoSuchBucket: x", "The bucket does not exist any more"],
  ["AccessDenied: x\n\tstatus code: 403", "storage.admin on folder b1gfolder"],
  ["Forbidden: Forbidden\n\tstatus code: 403", "--role storage.admin"],
  [grpc("NotFound"), 'There is no folderId "b1gfolder"'],
  [grpc("Unauthenticated"), "yc iam create-token"],
  [grpc("AlreadyExists"), "choose another `bucketName`"],
  ["BucketAlreadyExists: x", "choose another `bucketName`"],
  [grpc("ResourceExhausted"), "A quota is used up"],
  ["BucketNotEmpty: x", "nor any log was"],
])("%j is explained by %j", (error, text) => {
  const explanation = explainFailure({ ...bucket, error });
  expect(explanation).toContain('Create of the bucket "logs" failed');
  expect(explanation).toContain(text);
});

/** Failures as provider 0.137.0 and the engine report them. In those of gRPC the cloud's own words are replaced by an x. */
const failures = real as unknown as Readonly<Record<keyof typeof real, Failure>>;
const again = "Then run the same command again";

test.each<[keyof typeof real, string[]]>([
  [
    "denied key",
    [
      'Create of the KMS key "audit-trails-key" failed (PermissionDenied).',
      "kms.admin on folder b1g1mf5pguek4hbgr05m",
      "yc resource-manager folder add-access-binding --id b1g1mf5pguek4hbgr05m --role kms.admin",
      again,
    ],
  ],
  ["denied bucket", ["storage.admin on folder b1g1mf5pguek4hbgr05m", again]],
  ["denied account", ["iam.serviceAccounts.admin on folder b1g1mf5pguek4hbgr05m", again]],
  [
    "denied binding of the organization",
    [
      "organization-manager.admin on organization bpf5h5mtj620vgnduefo",
      "yc organization-manager organization add-access-binding --id bpf5h5mtj620vgnduefo",
      "audit-trails.viewer on organization bpf5h5mtj620vgnduefo",
      again,
    ],
  ],
  [
    "denied read of the bindings of the organization",
    ["organization-manager.admin on organization bpf5h5mtj620vgnduefo", again],
  ],
  ["denied binding of the folder", ["resource-manager.admin on folder b1g1mf5pguek4hbgr05m", again]],
  [
    "denied binding of the key",
    [
      "kms.admin on key abjp4melh0fq4sa7v0s4",
      "yc kms symmetric-key add-access-binding --id abjp4melh0fq4sa7v0s4",
      again,
    ],
  ],
  [
    "denied trail",
    [
      'Create of the trail "audit-trails-organization" failed (PermissionDenied).',
      "audit-trails.editor on folder b1g1mf5pguek4hbgr05m",
      "iam.serviceAccounts.user on service account ajedaqpu0btim09lfg07",
      "the trail's service account lacks a role",
      "audit-trails.viewer on the scopes and storage.uploader on the bucket's folder, and",
      again,
    ],
  ],
  [
    "denied versioning of the bucket",
    ['Create of the bucket "audit-trails-bucket" failed (AccessDenied)', "storage.admin on folder"],
  ],
  ["denied policy of the bucket", ["Update of the bucket", "storage.admin on folder b1g1mf5pguek4hbgr05m"]],
  ["taken bucket name", ["Bucket names are unique in the whole service", "choose another `bucketName`"]],
  ["taken account name", ["choose another `serviceAccountName`"]],
  ["taken trail name", ["Names of trails are unique in a folder: choose another `name`"]],
  ["missing folder", ['There is no folderId "b1gdoesnotexist"']],
  ["missing folder of the account", ['There is no folderId "b1gdoesnotexist"']],
  ["missing organization", ['There is no organizationId "b1gdoesnotexist"']],
  ["expired token", ["The token is missing, wrong or expired", "yc iam create-token"]],
])("the real failure %s is explained", (name, texts) => {
  const explanation = explainFailure(failures[name]);
  for (const text of texts) expect(explanation).toContain(text);
});

test("the real failures that a missing role or a policy causes are denials", () => {
  for (const [name, { error }] of Object.entries(failures))
    expect([name, isDenied(error)]).toEqual([name, name.startsWith("denied")]);
});

const takeIn = "pulumi import type name id --generate-code=false --yes";

test.each([
  "denied versioning of the bucket",
  "taken bucket name",
  "taken account name",
  "taken trail name",
] as const)(
  "%s, and the resource exists outside of the state: the message has the import command, or names the stack that owns it",
  (name) => {
    const unknown = explainFailure(failures[name], { namesake: { takeIn } });
    for (const text of [takeIn, "it corrects the other settings", "do not import it"])
      expect(unknown).toContain(text);
    expect(unknown).not.toContain("it continues with the existing resources");
    expect(unknown?.match(/choose another `/g)).toHaveLength(1);
    const owner = "stack other of project other";
    const others = explainFailure(failures[name], { namesake: { takeIn, owner } });
    expect(others).toContain(`It belongs to ${owner}. `);
    expect(others).toContain("choose another `");
    expect(others).not.toContain("pulumi import");
  },
);

test.each(["denied reading of the bucket", "denied policy of the bucket"] as const)(
  "the message of %s by the bucket's policy names the administrators of the policy, and no roles",
  (name) => {
    const explanation = explainFailure(failures[name], { shutOutBy: ["colleague"] });
    expect(explanation).toContain("The policy of the bucket denies access");
    expect(explanation).toContain("allows everything to these accounts: colleague");
    expect(explanation).not.toContain("storage.admin");
  },
);

test("the message about a trail without its bucket has the name of the bucket", () => {
  const explanation = explainFailure({
    type: "yandex:index/auditTrailsTrail:AuditTrailsTrail",
    name: "trail",
    operation: "update",
    inputs: { folderId: "f", serviceAccountId: "s", storageDestination: { bucketName: "gone" } },
    error: grpc("NotFound"),
  });
  expect(explanation).toContain('Update of the trail "trail" failed (NotFound)');
  expect(explanation).toContain('bucketName "gone"');
});

test("the message about a refused trail names the faults of its parts, not the roles of the deploying account", () => {
  const failure: Failure = {
    type: "yandex:index/auditTrailsTrail:AuditTrailsTrail",
    name: "trail",
    operation: "create",
    inputs: { folderId: "f", serviceAccountId: "s", storageDestination: { bucketName: "b" } },
    error: grpc("PermissionDenied"),
  };
  const explanation = explainFailure(failure, { wrong: ["A is missing."], suspect: ["B may be full."] });
  expect(explanation).toContain("Found:\n  - A is missing.\n  - B may be full.");
  expect(explanation).not.toContain("The deploying account");
  const onlySuspected = explainFailure(failure, { suspect: ["B may be full."] });
  for (const text of ["audit-trails.editor on folder f", "B may be full."])
    expect(onlySuspected).toContain(text);
});

test.each([
  ["organizationmanagerOrganizationIamMember", "organization Not Found: organization x", "organizationId"],
  ["resourcemanagerCloudIamMember", "cloud Not Found: cloud x", "cloudId"],
  ["resourcemanagerFolderIamMember", "folder Not Found: folder x", "folderId"],
  ["kmsSymmetricKeyIamMember", "symmetric_key Not Found: symmetric_key x", "symmetricKeyId"],
])("the message about a %s that says %j names the wrong id", (resource, error, input) => {
  const type = `yandex:index/${resource}:${resource.charAt(0).toUpperCase()}${resource.slice(1)}`;
  const explanation = explainFailure({ ...bucket, type, inputs: { [input]: "x", role: "r" }, error });
  expect(explanation).toContain(`There is no ${input} "x"`);
});

test("the message about a policy that is denied names the missing role or the existing policy", () => {
  const type = "yandex:index/storageBucketPolicy:StorageBucketPolicy";
  const failure = { ...bucket, type, inputs: { bucket: "audit-logs" }, error: "AccessDenied: x" };
  const explanation = explainFailure(failure);
  expect(explanation).toContain("storage.admin on folder <id of the folder>");
  expect(explanation).toContain("add the account to the administrators of `access`");
});

test("a resource that is missing at its deletion is not reported as a wrong id", () => {
  const explanation = explainFailure({ ...bucket, operation: "delete", error: "symmetric_key Not Found" });
  expect(explanation).toContain("does not exist any more");
  expect(explanation).toContain("pulumi refresh");
});

test.each([
  ["another code", { ...bucket, error: grpc("Internal") }],
  ["another code beside words that sound like one", { ...bucket, error: `${grpc("Internal")}: Not Found` }],
  ["a code's words in small letters", { ...bucket, error: "open key.json: permission denied" }],
  ["a code as part of another word", { ...bucket, error: "MyAccessDeniedThing" }],
  ["another type of resource", { ...bucket, type: "aws:s3/bucket:Bucket", error: grpc("NotFound") }],
  [
    "a fault without advice",
    { ...bucket, type: "yandex:index/kmsSymmetricKey:KmsSymmetricKey", error: grpc("AlreadyExists") },
  ],
])("%s is left to the provider's own message", (_, failure) => {
  expect(explainFailure(failure)).toBeUndefined();
});
