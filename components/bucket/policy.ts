import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Fault } from "../guard";
import * as values from "../values";

/** Who may do what with the log bucket, on top of their roles. Whoever is not listed is shut out, whatever their role. */
export interface BucketAccessArgs {
  /**
   * Ids of users and service accounts that may do everything but what is denied to all. The deploying account must be among
   * them, or it shuts itself out.
   */
  readonly administrators: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Ids of users and service accounts that may list and read logs.
   * @default none but the administrators
   */
  readonly readers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether requests without TLS are denied.
   * @default true
   */
  readonly tlsOnly?: boolean;
  /**
   * Whether deleting logs is denied to everybody, administrators included; lifecycle rules still work.
   * @default true
   */
  readonly denyDelete?: boolean;
}

export function accessSchema({ late, yesOrNo }: values.Kinds) {
  const users = z.array(late(values.id("a user or service account")), "must be a list of ids");
  return values.only({
    administrators: late(
      users.min(1, "must list the deploying account at least: whoever is not listed is shut out"),
    ),
    readers: late(users).optional(),
    tlsOnly: yesOrNo(values.yesOrNo).optional(),
    denyDelete: yesOrNo(values.yesOrNo).optional(),
  });
}

/** Longest policy that the service takes, bytes: https://yandex.cloud/en/docs/storage/concepts/limits */
const longestPolicy = 20 * 1024;

/** A policy that is too long, judged with the longest names that it may have and the ids that are known. */
export function accessFaults(access: BucketAccessArgs | undefined): (Fault | false)[] {
  if (!access) return [];
  const { administrators, readers, ...others } = access;
  const policy = { ...others, administrators: knownIds(administrators), readers: knownIds(readers) };
  const bytes = Buffer.byteLength(bucketPolicyOf("x".repeat(63), ["x".repeat(50)], policy));
  return [
    bytes > longestPolicy && {
      path: "access",
      reason: `makes a policy of ${bytes} bytes; the service takes ${longestPolicy}`,
    },
  ];
}

/** The ids of a list that do not come late. */
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
 * The policy of a log bucket: what no statement allows is denied, and a denial wins
 * (https://yandex.cloud/en/docs/storage/security/policy). The trails' accounts may upload; administrators may do all that
 * is not denied, so that the policy can always be changed.
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
