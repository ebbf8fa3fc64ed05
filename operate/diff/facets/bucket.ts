import { Hidden, type Resource, type Value } from "../../stack/engineJson";
import { isOpen } from "../../stack/references";
import { bucketPolicyType, type StackView } from "../../stack/stackView";
import { isOurs, splitUrn } from "../../stack/urn";
import { at, listOf, textOf } from "../../stack/values";
import { accessIn, judgePolicy, Policy } from "./access";
import { onRemoval, protection } from "./common";
import {
  type Facet,
  facet,
  flag,
  isTrue,
  listed,
  moreIsWeaker,
  nameOf,
  nothing,
  offIsWeaker,
  onOff,
  orNone,
  shorterIs,
  shown,
} from "./facet";
import { type Granted, grantsOn, judgeGranted, referenceTo, showGranted } from "./grants";
import {
  afterDays,
  leastDays,
  type Retention,
  retentionOf,
  type Scoped,
  showRetention,
  sooner,
} from "./lifecycle";

export const bucketFacets: readonly Facet[] = [
  facet<string>({
    name: "encryption",
    input: "serverSideEncryptionConfiguration",
    read: (bucket, view) => {
      const key = view.keyOf(bucket);
      if (!key) return undefined;
      const algorithm = textOf(
        at(
          bucket.inputs.serverSideEncryptionConfiguration,
          "rule",
          "applyServerSideEncryptionByDefault",
          "sseAlgorithm",
        ),
      );
      // The only algorithm of the service.
      const other = algorithm && algorithm !== "aws:kms" ? ` by ${algorithm}` : "";
      return isOpen(key) ? new Hidden("unknown") : `key ${nameOf(key)}${other}`;
    },
    show: orNone,
    judge: (before) => (before === undefined ? "stronger" : "weaker"),
    worst: "weaker",
    harm: "New logs are not encrypted with the key that they had. Older logs need that key for as long as they are kept.",
  }),
  facet<readonly string[]>({
    name: "public access",
    input: ["anonymousAccessFlags", "acl", "grants", "website"],
    read: openings,
    show: listed,
    judge: moreIsWeaker,
    worst: "weaker",
    harm: "Anybody may use the bucket in these ways.",
  }),
  facet<readonly string[]>({
    name: "grants",
    input: ["grants", "acl"],
    read: grantees,
    show: listed,
    judge: moreIsWeaker,
    worst: "weaker",
    harm: "They may use the bucket in these ways, regardless of their roles.",
  }),
  facet<Policy>({
    name: "policy",
    input: "policy",
    read: Policy.of,
    show: (policy) => policy?.lines() ?? "none",
    judge: judgePolicy,
    worst: "weaker",
    harm: "Roles alone, or wider rules than before, decide who may read and delete logs.",
  }),
  ...(
    [
      ["administrators", "Administrators may change the policy and read every log."],
      ["readers", "Readers may read every log."],
    ] as const
  ).map(([who, harm]) =>
    facet<readonly string[]>({
      name: `policy: ${who}`,
      read: (bucket, view) => accessIn(bucket, view)?.[who],
      show: listed,
      judge: moreIsWeaker,
      harm,
      // An added or removed policy has a row of its own.
      needsBoth: true,
    }),
  ),
  ...(
    [
      ["denyDelete", "deleting logs is denied", "Anyone who has the role may delete logs."],
      ["tlsOnly", "requests without TLS are denied", "Logs may be read over unencrypted connections."],
    ] as const
  ).map(([what, name, harm]) =>
    facet<boolean>({
      name: `policy: ${name}`,
      read: (bucket, view) => accessIn(bucket, view)?.[what],
      show: (value) => (value === undefined ? "none" : value ? "yes" : "no"),
      judge: offIsWeaker,
      harm,
      needsBoth: true,
    }),
  ),
  flag({
    name: "versioning",
    input: "versioning",
    read: ({ inputs }) => isTrue(at(inputs, "versioning", "enabled")),
    harm: "A log that is overwritten or deleted leaves no old version.",
  }),
  facet<Lock>({
    name: "lock",
    input: "objectLockConfiguration",
    read: ({ inputs }) => lockOf(inputs.objectLockConfiguration),
    show: (lock) =>
      lock ? (lock.mode ? `${lock.mode}, ${lock.days} days` : "on, without a default") : "none",
    note: (_, after) =>
      after?.mode === "COMPLIANCE"
        ? `No log that is delivered from then on can be deleted for ${after.days} days, and nobody can take that back.`
        : after?.mode === "GOVERNANCE"
          ? "Accounts that may bypass the lock can delete logs earlier. Locked logs stay locked after the setting is removed."
          : undefined,
    judge: (before, after) => {
      const loosened = before?.mode === "COMPLIANCE" && after?.mode !== "COMPLIANCE";
      return loosened || !after || after.days < (before?.days ?? 0) ? "weaker" : "stronger";
    },
    worst: "weaker",
    harm: "New logs can be deleted earlier.",
  }),
  facet<Scoped<Retention>>({
    name: "retention",
    input: "lifecycleRules",
    read: ({ inputs }) => retentionOf(inputs.lifecycleRules),
    show: showRetention,
    judge: sooner("unreadable", (retention) => retention?.expire),
    worst: "unreadable",
    harm: "The service deletes logs that are older, including existing ones.",
  }),
  facet<Scoped<number>>({
    name: "old versions deleted",
    input: "lifecycleRules",
    read: ({ inputs }) => leastDays(inputs.lifecycleRules, "noncurrentVersionExpiration", "days"),
    show: afterDays,
    judge: sooner("weaker", (days) => days),
    worst: "weaker",
    harm: "An overwritten or deleted log can be restored for a shorter time.",
  }),
  facet<Scoped<number>>({
    name: "unfinished uploads removed",
    input: "lifecycleRules",
    read: ({ inputs }) => leastDays(inputs.lifecycleRules, "abortIncompleteMultipartUploadDays"),
    show: afterDays,
    judge: nothing,
  }),
  facet<number>({
    name: "size limit",
    input: "maxSize",
    read: ({ inputs }) =>
      inputs.maxSize instanceof Hidden ? inputs.maxSize : Number(inputs.maxSize) || undefined,
    show: (bytes) => (bytes ? (bytes % 2 ** 30 === 0 ? `${bytes / 2 ** 30} GiB` : `${bytes} bytes`) : "none"),
    judge: shorterIs("weaker"),
    worst: "weaker",
    harm: "A full bucket takes no more logs, and its trails stop.",
  }),
  facet<readonly string[]>({
    name: "log of requests",
    input: "loggings",
    read: ({ inputs }) => {
      const targets = listOf(inputs.loggings).map((one) => shown(at(one, "targetBucket")));
      return targets.find((one) => one instanceof Hidden) ?? targets.map((bucket) => `in bucket ${bucket}`);
    },
    show: listed,
    judge: (before = [], after = []) => (before.some((one) => !after.includes(one)) ? "weaker" : "stronger"),
    worst: "weaker",
    harm: "Readers of the logs are no longer recorded there.",
  }),
  facet<boolean>({
    name: "forceDestroy",
    input: "forceDestroy",
    read: ({ inputs }) => isTrue(inputs.forceDestroy),
    show: onOff,
    judge: (_, after) => (after ? "unreadable" : "stronger"),
    worst: "unreadable",
    harm: "Removing the bucket deletes every log in it.",
  }),
  flag({
    name: "static keys refused",
    input: "disabledStatickeyAuth",
    read: ({ inputs }) => isTrue(inputs.disabledStatickeyAuth),
    harm: "Anyone who has a static key of an account with a role may use the bucket.",
  }),
  facet<readonly Granted[]>({
    name: "roles on it",
    read: (bucket, view) => grantsOn(referenceTo(bucket, view), view),
    show: showGranted,
    judge: judgeGranted,
    harm: "More people or accounts may use the logs.",
  }),
  facet<readonly Other[]>({
    name: "resources of others for it",
    read: (bucket, view) =>
      view
        .others(bucket)
        .filter(({ type, urn }) => !isOurs(urn) && type !== bucketPolicyType && !isGrant(type))
        .map(({ type, urn, inputs }) => ({
          what: `${type.split(":").at(-1)} ${splitUrn(urn).name}`,
          inputs,
        })),
    show: (others = []) => listed(others.map(({ what }) => what)),
    judge: () => "unknown",
    harm: "They change the bucket of the logs, or put objects into it. This tool does not judge that.",
  }),
  onRemoval,
  protection,
];

/** A resource outside of this library that belongs to the bucket. */
interface Other {
  readonly what: string;
  readonly inputs: Resource["inputs"];
}

const isGrant = (type: string) => type.endsWith(":StorageBucketGrant");

/** Returns the inputs that grant access to a bucket: its own, and those of separate grants. */
const grantingInputs = (bucket: Resource, view: StackView): Resource["inputs"][] => [
  bucket.inputs,
  ...view
    .others(bucket)
    .filter(({ type }) => isGrant(type))
    .map(({ inputs }) => inputs),
];

const isEverybody = (grant: Value) => /AllUsers|AuthenticatedUsers/.test(textOf(at(grant, "uri")) ?? "");

/** Returns the ways in which a bucket is open to everybody. */
function openings(bucket: Resource, view: StackView): readonly string[] | Hidden {
  const flags = bucket.inputs.anonymousAccessFlags;
  const granting = grantingInputs(bucket, view);
  const hidden = [flags, ...granting.flatMap(({ acl, grants }) => [acl, grants])].find(
    (value) => value instanceof Hidden,
  );
  if (hidden instanceof Hidden) return hidden;
  const open = ["read", "list", "configRead"].filter((name) => at(flags, name) === true);
  return [
    ...open.map((name) => `anonymous ${name}`),
    ...granting.flatMap(({ acl, grants }) => [
      ...(isPublic(textOf(acl)) ? [`ACL ${textOf(acl)}`] : []),
      ...listOf(grants)
        .filter(isEverybody)
        .map((grant) => `grant to ${textOf(at(grant, "uri"))?.split("/").at(-1)}: ${permissionsOf(grant)}`)
        .sort(),
    ]),
    ...(bucket.inputs.website ? ["website"] : []),
  ];
}

/** Returns the grants in a bucket's ACL to single users and groups. Grants to everybody are left out. */
function grantees(bucket: Resource, view: StackView): readonly string[] | Hidden {
  const granting = grantingInputs(bucket, view);
  const hidden = granting
    .flatMap(({ acl, grants }) => [acl, grants])
    .find((value) => value instanceof Hidden);
  if (hidden instanceof Hidden) return hidden;
  return granting.flatMap(({ acl, grants }) => [
    ...(["", "private"].includes(textOf(acl) ?? "") || isPublic(textOf(acl)) ? [] : [`ACL ${textOf(acl)}`]),
    ...listOf(grants)
      .filter((grant) => !isEverybody(grant))
      .map((grant) => {
        const who = ["type", "id", "uri"].flatMap((name) => textOf(at(grant, name)) || []);
        return `${permissionsOf(grant)} for ${who.join(" ")}`;
      })
      .sort(),
  ]);
}

const isPublic = (acl: string | undefined) => acl?.startsWith("public") || acl === "authenticated-read";

const permissionsOf = (grant: Value) =>
  listOf(at(grant, "permissions"))
    .flatMap((one) => textOf(one) ?? [])
    .sort()
    .join(", ");

interface Lock {
  /** Empty without a default. */
  readonly mode: string;
  readonly days: number;
}

function lockOf(lock: Value | undefined): Lock | Hidden | undefined {
  const enabled = textOf(at(lock, "objectLockEnabled"));
  // The only value of the service.
  if (enabled && enabled !== "Enabled") return undefined;
  const retention = at(lock, "rule", "defaultRetention");
  if (retention instanceof Hidden) return retention;
  const mode = textOf(at(retention, "mode"));
  if (!mode) return enabled ? { mode: "", days: 0 } : undefined;
  const [days, years] = [Number(at(retention, "days") ?? 0), Number(at(retention, "years") ?? 0)];
  return { mode, days: days || years * 365 };
}
