import type { Subject } from "../iam/access";

export interface Grant {
  /** Permission, such as `PERMISSION_READ`. */
  readonly permission: string;
  readonly grantType: string;
  /** Id of an account; empty for groups of users. */
  readonly granteeId: string;
}

/** Access to a bucket or an object, in addition to roles: https://yandex.cloud/en/docs/storage/concepts/acl. */
export interface Acl {
  readonly grants: readonly Grant[];
}

/** Actions that READ and WRITE on a bucket allow: https://yandex.cloud/en/docs/storage/concepts/acl#permissions-types. */
const actions: Readonly<Record<string, readonly string[]>> = {
  PERMISSION_READ: [
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:ListBucketMultipartUploads",
    "s3:GetBucketLifecycle",
    "s3:GetBucketCors",
    "s3:GetBucketWebsite",
  ],
  PERMISSION_WRITE: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion"],
};
const everything = Object.values(actions).flat();

function isGrantee({ grantType, granteeId }: Grant, { type, id }: Subject): boolean {
  if (grantType === "GRANT_TYPE_ALL_USERS") return true;
  if (grantType === "GRANT_TYPE_ALL_AUTHENTICATED_USERS") return type !== "system";
  return granteeId === id;
}

/** Checks whether an ACL allows an action. */
export function aclAllows(acl: Acl | undefined, subject: Subject, action: string): boolean {
  return (acl?.grants ?? []).some((grant) => {
    const allowed = grant.permission === "PERMISSION_FULL_CONTROL" ? everything : actions[grant.permission];
    return allowed?.includes(action) && isGrantee(grant, subject);
  });
}
