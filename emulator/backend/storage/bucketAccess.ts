import type { Caller } from "../calls";
import { CloudError } from "../errors";
import type { Access, Subject } from "../iam/access";
import type { Permission } from "../iam/roles";
import type { Switches } from "../switches";
import type { Bucket } from "./bucket";
import { aclAllows } from "./bucketAcl";
import { type BucketPolicy, policyAllows } from "./bucketPolicy";

/** Subject of a request to a bucket, and properties of the request. */
export interface Requester extends Subject {
  readonly sourceIp?: string;
  /** True if the request asks to bypass GOVERNANCE locks. */
  readonly bypassGovernance?: boolean;
  /** True if the request has a presigned URL. */
  readonly isPresigned?: boolean;
  /** The call; absent if the cloud itself acts. */
  readonly call?: Caller;
}

/** Subject of requests without credentials. */
export const anonymous: Subject = { type: "system", id: "anonymous" };

/** Permissions behind the actions on objects: https://yandex.cloud/en/docs/storage/s3/api-ref/policy/actions. */
const permissions: Readonly<Record<string, Permission>> = {
  "s3:GetObject": "storage.objects.get",
  "s3:GetObjectVersion": "storage.objects.get",
  "s3:ListBucket": "storage.objects.list",
  "s3:ListBucketVersions": "storage.objects.list",
  "s3:ListBucketMultipartUploads": "storage.objects.list",
  "s3:PutObject": "storage.objects.create",
  "s3:AbortMultipartUpload": "storage.objects.create",
  "s3:PutObjectRetention": "storage.objects.create",
  // Uploaders may do this: https://yandex.cloud/en/docs/storage/security/#storage-uploader
  "s3:PutObjectLegalHold": "storage.objects.create",
  "s3:PutObjectTagging": "storage.objects.create",
  "s3:PutObjectAcl": "storage.buckets.administer",
  "s3:DeleteObject": "storage.objects.delete",
  "s3:DeleteObjectVersion": "storage.objects.delete",
  "s3:BypassGovernanceRetention": "storage.buckets.administer",
};

/** Decides on requests for objects. A role, a public flag or the ACL must allow them, and also the bucket's policy if it has one. */
export class BucketAccess {
  constructor(
    private readonly access: Access,
    private readonly switches: Switches,
  ) {}

  isAllowed(by: Requester, action: string, bucket: Bucket, key?: string): boolean {
    const permission = permissions[action];
    const byRole = permission !== undefined && this.access.isAllowed(by, permission, bucket.name);
    const { read, list } = bucket.anonymousAccessFlags ?? {};
    const isPublic = (read && action === "s3:GetObject") || (list && action === "s3:ListBucket");
    const isGranted = byRole || isPublic || aclAllows(bucket.acl, by, action);
    return Boolean(isGranted) && this.passesPolicy(by, action, bucket, key);
  }

  /** Checks a request. @throws {CloudError} PERMISSION_DENIED */
  require(by: Requester, action: string, bucket: Bucket, key?: string): void {
    if (!this.isAllowed(by, action, bucket, key)) throw new CloudError("PERMISSION_DENIED", "Access denied");
  }

  /** Checks whether the policy allows a request, without roles and ACLs. */
  passesPolicy(by: Requester, action: string, { name, policy }: Bucket, key?: string): boolean {
    if (!policy) return true;
    const context = {
      "aws:securetransport": String(this.switches.plainHttp === "counts-as-tls"),
      ...(by.sourceIp && { "aws:sourceip": by.sourceIp }),
    };
    const resource = key === undefined ? name : `${name}/${key}`;
    return policyAllows(policy as unknown as BucketPolicy, { subject: by, action, resource, context });
  }
}
