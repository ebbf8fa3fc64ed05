import { explainFailure, type Failure } from "../../components/failures";

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

test.each([
  ["another code", { ...bucket, error: grpc("Internal") }],
  ["a code as part of another word", { ...bucket, error: "MyAccessDeniedThing" }],
  ["another type of resource", { ...bucket, type: "aws:s3/bucket:Bucket", error: grpc("NotFound") }],
  [
    "a fault without advice",
    { ...bucket, type: "yandex:index/kmsSymmetricKey:KmsSymmetricKey", error: grpc("AlreadyExists") },
  ],
])("%s is left to the provider's own message", (_, failure) => {
  expect(explainFailure(failure)).toBeUndefined();
});
