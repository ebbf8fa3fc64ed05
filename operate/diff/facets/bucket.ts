import { Hidden, type Resource, type Value } from "../../engine/json";
import { at, isOpen, listOf, textOf } from "../../engine/world";
import { accessIn, policyOf } from "./access";
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
import { grantsOn, referenceTo } from "./grants";
import { afterDays, leastDays, type Retention, retentionOf, showRetention } from "./retention";

export const bucketFacets: readonly Facet[] = [
  facet<string>({
    name: "encryption",
    input: "serverSideEncryptionConfiguration",
    read: (bucket, world) => {
      const key = world.keyOf(bucket);
      if (!key) return undefined;
      return isOpen(key) ? new Hidden("unknown") : `key ${nameOf(key)}`;
    },
    show: orNone,
    judge: (before) => (before === undefined ? "stronger" : "weaker"),
    worst: "weaker",
    harm: "New logs are not encrypted with the key that they had. Older logs need that key for as long as they are kept.",
  }),
  facet<readonly string[]>({
    name: "public access",
    read: ({ inputs }) => openings(inputs),
    show: listed,
    judge: moreIsWeaker,
    worst: "weaker",
    harm: "Anybody may use the bucket in these ways.",
  }),
  facet<string>({
    name: "policy",
    input: "policy",
    read: (bucket, world) => {
      const access = policyOf(bucket, world);
      return access instanceof Hidden || access === undefined || typeof access === "string"
        ? access
        : "who is not listed is shut out";
    },
    show: (value) => (value?.startsWith("{") ? "another policy (see the raw diff)" : orNone(value)),
    judge: (before) => (before === undefined ? "stronger" : "weaker"),
    worst: "weaker",
    harm: "Roles alone decide who may read and delete logs, or rules that this tool does not judge.",
  }),
  ...(
    [
      ["administrators", "Administrators may change the policy and read every log."],
      ["readers", "Readers may read every log."],
    ] as const
  ).map(([who, harm]) =>
    facet<readonly string[]>({
      name: `policy: ${who}`,
      read: (bucket, world) => accessIn(bucket, world)?.[who],
      show: listed,
      judge: moreIsWeaker,
      harm,
      // A policy that comes or goes is a line of its own.
      needsBoth: true,
    }),
  ),
  ...(
    [
      ["denyDelete", "deleting logs is denied", "Whoever has the role may delete logs."],
      ["tlsOnly", "requests without TLS are denied", "Logs may be read over unencrypted connections."],
    ] as const
  ).map(([what, name, harm]) =>
    facet<boolean>({
      name: `policy: ${name}`,
      read: (bucket, world) => accessIn(bucket, world)?.[what],
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
    read: ({ inputs }) => lockOf(at(inputs, "objectLockConfiguration", "rule", "defaultRetention")),
    show: (lock) => (lock ? `${lock.mode}, ${lock.days} days` : "none"),
    judge: (before, after) => {
      const loosened = before?.mode === "COMPLIANCE" && after?.mode !== "COMPLIANCE";
      return loosened || (after?.days ?? 0) < (before?.days ?? 0) ? "weaker" : "stronger";
    },
    worst: "weaker",
    harm: "New logs can be deleted earlier.",
  }),
  facet<Retention>({
    name: "retention",
    input: "lifecycleRules",
    read: ({ inputs }) => retentionOf(inputs.lifecycleRules),
    show: showRetention,
    judge: (before, after) => shorterIs("unreadable")(before?.expire, after?.expire),
    worst: "unreadable",
    harm: "The service deletes logs that are older, also those that are there already.",
  }),
  facet<number>({
    name: "old versions deleted",
    input: "lifecycleRules",
    read: ({ inputs }) => leastDays(inputs.lifecycleRules, "noncurrentVersionExpiration", "days"),
    show: afterDays,
    judge: shorterIs("weaker"),
    worst: "weaker",
    harm: "An overwritten or deleted log can be restored for a shorter time.",
  }),
  facet<number>({
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
  facet<string>({
    name: "log of requests",
    input: "loggings",
    read: ({ inputs }) => {
      const [first] = listOf(inputs.loggings);
      return first === undefined ? undefined : shown(at(first, "targetBucket"));
    },
    show: (bucket) => (bucket ? `in bucket ${bucket}` : "none"),
    judge: (_, after) => (after ? "stronger" : "weaker"),
    worst: "weaker",
    harm: "Who reads the logs is not recorded there any more.",
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
  facet<readonly string[]>({
    name: "roles on it",
    read: (bucket, world) => grantsOn(referenceTo(bucket, world), world),
    show: listed,
    judge: moreIsWeaker,
    harm: "More people or accounts may use the logs.",
  }),
  onRemoval,
  protection,
];

/** Ways in which a bucket is open to everybody. */
function openings(inputs: Resource["inputs"]): readonly string[] | Hidden {
  const flags = inputs.anonymousAccessFlags;
  if (flags instanceof Hidden) return flags;
  const open = ["read", "list", "configRead"].filter((name) => at(flags, name) === true);
  const acl = textOf(inputs.acl);
  const everybody = listOf(inputs.grants).filter((grant) =>
    /AllUsers|AuthenticatedUsers/.test(textOf(at(grant, "uri")) ?? ""),
  );
  return [
    ...open.map((name) => `anonymous ${name}`),
    ...(acl?.startsWith("public") || acl === "authenticated-read" ? [`ACL ${acl}`] : []),
    ...everybody.map((grant) => `grant to ${textOf(at(grant, "uri"))?.split("/").at(-1)}`),
    ...(inputs.website ? ["website"] : []),
  ];
}

interface Lock {
  readonly mode: string;
  readonly days: number;
}

function lockOf(retention: Value | undefined): Lock | Hidden | undefined {
  if (retention instanceof Hidden) return retention;
  const mode = textOf(at(retention, "mode"));
  if (!mode) return undefined;
  const [days, years] = [Number(at(retention, "days") ?? 0), Number(at(retention, "years") ?? 0)];
  return { mode, days: days || years * 365 };
}
