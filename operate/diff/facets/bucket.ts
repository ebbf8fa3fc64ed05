import { Hidden, type Resource } from "../../stack/engineJson";
import { isOpen } from "../../stack/references";
import { bucketPolicyType } from "../../stack/stackView";
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
  numberOf,
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
import { lock } from "./lock";
import { grantees, isGrant, openings } from "./openings";

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
    harm: "New logs are no longer encrypted with the old key. Older logs need the old key for as long as they are kept.",
  }),
  facet<readonly string[]>({
    name: "public access",
    input: ["anonymousAccessFlags", "acl", "grants", "website"],
    read: openings,
    show: listed,
    judge: moreIsWeaker,
    worst: "weaker",
    harm: "Everybody, or every user of Yandex Cloud, has this access to the bucket.",
  }),
  facet<readonly string[]>({
    name: "grants",
    input: ["grants", "acl"],
    read: grantees,
    show: listed,
    judge: moreIsWeaker,
    worst: "weaker",
    harm: "They have this access to the bucket, regardless of their roles.",
  }),
  facet<Policy>({
    name: "policy",
    input: "policy",
    read: Policy.of,
    show: (policy) => policy?.lines() ?? "none",
    judge: judgePolicy,
    worst: "weaker",
    harm: "The policy no longer limits access to the logs, or allows more than before.",
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
    harm: "Overwritten and deleted logs are lost: no old version is kept.",
  }),
  lock,
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
    read: ({ inputs }) => numberOf(inputs.maxSize),
    show: (bytes) => (bytes ? (bytes % 2 ** 30 === 0 ? `${bytes / 2 ** 30} GiB` : `${bytes} bytes`) : "none"),
    judge: shorterIs("weaker"),
    worst: "weaker",
    harm: "A full bucket accepts no logs, and its trails stop.",
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
    harm: "They change the bucket of the logs, or put objects into it. Their effect on the audit logs is unknown.",
  }),
  onRemoval,
  protection,
];

/** A resource outside of this library that belongs to the bucket. */
interface Other {
  readonly what: string;
  readonly inputs: Resource["inputs"];
}
