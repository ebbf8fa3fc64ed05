import { type Finding, type Rule, unknownFinding } from "../rule";
import { keyIdPath, type Resource, type Stack } from "../stack";
import { at, isUnknown, show } from "../values";

const algorithm = "aws:kms";

export const bucketEncrypted: Rule = {
  name: "bucket-encrypted",
  description: "The bucket of a trail encrypts logs with a KMS key.",
  level: "mandatory",
  check: (stack) => stack.used("bucket").flatMap(({ resource }) => encryptionFindings(stack, resource)),
};

function encryptionFindings(stack: Stack, bucket: Resource): Finding[] {
  const key = stack.find("key", bucket, keyIdPath);
  const used = at(bucket.properties, keyIdPath.replace("kmsMasterKeyId", "sseAlgorithm"));
  if (key.kind === "unknown" || (key.kind !== "none" && isUnknown(used)))
    return [unknownFinding(bucket, `whether the bucket "${bucket.name}" is encrypted, and with which key.`)];
  if (key.kind !== "none" && used === algorithm) return [];
  return [
    {
      resource: bucket,
      message:
        `The bucket "${bucket.name}" has ${key.kind === "none" ? "no KMS key" : `the encryption algorithm ${show(used)}`}: ` +
        `everybody who may read the bucket can read its logs. Set kmsMasterKeyId in its serverSideEncryptionConfiguration ` +
        `and the sseAlgorithm "${algorithm}", or name the bucket in "except".`,
    },
  ];
}
