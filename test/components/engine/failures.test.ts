import { explainFailure, type Failure } from "../../../components/engine/failures";

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
  ["NoSuchBucket: x", "The bucket is not there any more"],
  ["AccessDenied: x\n\tstatus code: 403", "storage.admin on folder b1gfolder"],
  ["Forbidden: Forbidden\n\tstatus code: 403", "--role storage.admin"],
  [grpc("NotFound"), 'There is no folderId "b1gfolder"'],
  [grpc("Unauthenticated"), "yc iam create-token"],
  [grpc("AlreadyExists"), "choose another `bucketName`"],
  ["BucketAlreadyExists: x", "choose another `bucketName`"],
  [grpc("ResourceExhausted"), "A quota is used up"],
  ["BucketNotEmpty: x", "no log was"],
])("%j is explained by %j", (error, text) => {
  const explanation = explainFailure({ ...bucket, error });
  expect(explanation).toContain('Create of the bucket "logs" failed');
  expect(explanation).toContain(text);
});

test("a trail that refers to a bucket which is not there is told so by the bucket's name", () => {
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

test("a refused trail is explained by what is wrong around it, and not by the deploying account's roles", () => {
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
])("a %s that says %j is told which id is wrong", (resource, error, input) => {
  const type = `yandex:index/${resource}:${resource.charAt(0).toUpperCase()}${resource.slice(1)}`;
  const explanation = explainFailure({ ...bucket, type, inputs: { [input]: "x", role: "r" }, error });
  expect(explanation).toContain(`There is no ${input} "x"`);
});

test("a policy that may not be put is explained by the missing role, or by the policy that is there", () => {
  const type = "yandex:index/storageBucketPolicy:StorageBucketPolicy";
  const failure = { ...bucket, type, inputs: { bucket: "audit-logs" }, error: "AccessDenied: x" };
  const explanation = explainFailure(failure);
  expect(explanation).toContain("storage.admin on folder <id of the folder>");
  expect(explanation).toContain("among the administrators of `access`");
});

test("what is to be deleted and is not there any more is no wrong id", () => {
  const explanation = explainFailure({ ...bucket, operation: "delete", error: "symmetric_key Not Found" });
  expect(explanation).toContain("is not there any more");
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
