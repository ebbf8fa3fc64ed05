import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Fault } from "../guard";
import * as values from "../values";

/** Access to the log bucket, in addition to roles. An account that is not listed has no access, regardless of its roles. */
export interface BucketAccessArgs {
  /**
   * Ids of users and service accounts that may do everything except actions that are denied to all. The list must
   * contain the deploying account. Otherwise the account loses its own access.
   */
  readonly administrators: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Ids of users and service accounts that may list and read logs.
   * @default none: only administrators may
   */
  readonly readers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Denies requests without TLS if true.
   * @default true
   */
  readonly tlsOnly?: boolean;
  /**
   * Denies the deletion of logs to everybody, including administrators, if true. Lifecycle rules still delete logs.
   * @default true
   */
  readonly denyDelete?: boolean;
}

export function accessSchema({ late, yesOrNo }: values.Kinds) {
  const users = z.array(late(values.id("a user or service account")), "must be a list of ids");
  return values.only({
    administrators: late(
      users.min(1, "must contain at least the deploying account: an account that is not listed loses access"),
    ),
    readers: late(users).optional(),
    tlsOnly: yesOrNo(values.yesOrNo).optional(),
    denyDelete: yesOrNo(values.yesOrNo).optional(),
  });
}

/** Maximum length of a policy in bytes: https://yandex.cloud/en/docs/storage/concepts/limits */
const longestPolicy = 20 * 1024;

/** Reports a policy that is too long. The check uses the longest possible names and the ids that are known already. */
export function accessFaults(access: BucketAccessArgs | undefined): (Fault | false)[] {
  if (!access) return [];
  const { administrators, readers, ...others } = access;
  const policy = { ...others, administrators: knownIds(administrators), readers: knownIds(readers) };
  const bytes = Buffer.byteLength(bucketPolicyOf("x".repeat(63), ["x".repeat(50)], policy));
  return [
    bytes > longestPolicy && {
      path: "access",
      reason: `makes a policy of ${bytes} bytes; the maximum is ${longestPolicy}`,
    },
  ];
}

/** Returns the ids of a list that are known already. */
export const knownIds = (ids: BucketAccessArgs["readers"]): string[] =>
  Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal: "*" | { readonly CanonicalUser: readonly string[] };
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Returns the policy of a log bucket. The service denies every action that no statement allows, and a denial has
 * priority (https://yandex.cloud/en/docs/storage/security/policy). The trails' accounts may upload. Administrators may
 * do everything that is not denied, so they can always change the policy.
 *
 * @param uploaders Ids of the trails' service accounts.
 * @returns the policy as JSON.
 */
export function bucketPolicyOf(
  bucket: string,
  uploaders: readonly string[],
  access: pulumi.Unwrap<BucketAccessArgs>,
): string {
  const { administrators, readers = [], tlsOnly = true, denyDelete = true } = access;
  const whole = `arn:aws:s3:::${bucket}`;
  const objects = `${whole}/*`;
  const users = (ids: readonly string[]) => ({ CanonicalUser: [...new Set(ids)].sort() });
  const statements: readonly (Statement & { readonly when: boolean })[] = [
    {
      Sid: "trails-upload",
      when: true,
      Effect: "Allow",
      Principal: users(uploaders),
      Action: ["s3:PutObject"],
      Resource: [objects],
    },
    {
      Sid: "administrators",
      when: true,
      Effect: "Allow",
      Principal: users(administrators),
      Action: ["s3:*"],
      Resource: [whole, objects],
    },
    {
      Sid: "readers-read",
      when: readers.length > 0,
      Effect: "Allow",
      Principal: users(readers),
      Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions"],
      Resource: [whole, objects],
    },
    {
      Sid: "nobody-deletes",
      when: denyDelete,
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
      Resource: [objects],
    },
    {
      Sid: "tls-only",
      when: tlsOnly,
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:*"],
      Resource: [whole, objects],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
  const Statement = statements.filter(({ when }) => when).map(({ when: _, ...statement }) => statement);
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
