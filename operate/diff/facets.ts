import { canonicalDuration } from "../../components/duration";
import { Hidden, type Resource, type Value } from "../engine/json";
import {
  type Access,
  accessOf,
  at,
  canonical,
  isOfStack,
  isOpen,
  type Kind,
  listOf,
  type Reference,
  textOf,
  type World,
} from "../engine/world";
import type { Effect } from "./verdict";

/** One thing that a resource of the audit logs has, and what a change of it means. */
export interface Facet<T = unknown> {
  readonly name: string;
  /** The input that it is read from. Where that is secret, a change of it cannot be judged. */
  readonly input?: string;
  /** What it is; undefined if there is none. */
  read(resource: Resource, world: World): T | Hidden | undefined;
  /** As people read it; several items of a list are lines of their own. */
  show(value: T | undefined): string | readonly string[];
  /** What a change means; undefined if nothing. Not asked where one of the two is hidden. */
  judge(before: T | undefined, after: T | undefined): Effect | undefined;
  /** What it means if the value is not known before the update. */
  readonly worst?: Effect;
  /** The consequence of a change for the worse. */
  readonly harm?: string;
  /** Whether a change is told only where there is something before and after. */
  readonly needsBoth?: boolean;
}

const facet = <T>(definition: Facet<T>): Facet => definition as Facet;

const onOff = (value: boolean | undefined) => (value ? "on" : "off");
const orNone = (value: string | undefined) => value ?? "none";
const listed = (values: readonly string[] | undefined) => (values?.length ? values : "none");

/** More is worse: who gets rights, what is open. */
function moreIsWeaker(before: readonly string[] = [], after: readonly string[] = []): Effect | undefined {
  if (after.some((one) => !before.includes(one))) return "weaker";
  return before.length > after.length ? "stronger" : undefined;
}

/** A number of days, or none for ever. */
function shorterIs(effect: Effect) {
  return (before: number | undefined, after: number | undefined): Effect | undefined => {
    const [was, is] = [before ?? Number.POSITIVE_INFINITY, after ?? Number.POSITIVE_INFINITY];
    return is < was ? effect : is > was ? "stronger" : undefined;
  };
}

const offIsWeaker = (before: boolean | undefined, after: boolean | undefined): Effect | undefined =>
  before === after ? undefined : after ? "stronger" : "weaker";

const flag = (definition: Pick<Facet<boolean>, "name" | "input" | "read" | "harm">): Facet =>
  facet<boolean>({ show: onOff, judge: offIsWeaker, worst: "weaker", ...definition });

/** A switch inside of the inputs; what is hidden stays hidden. */
const isTrue = (value: Value | undefined) => (value instanceof Hidden ? value : value === true);

export const nameOf = (reference: Reference | undefined): string => {
  if (!reference) return "none";
  const name = reference.urn?.split("::").at(-1);
  if (name && reference.id) return `${name} (${reference.id})`;
  return name ?? reference.id ?? "known only after the update";
};

const protection = flag({
  name: "protection",
  read: (resource) => (isOfStack(resource) ? resource.protect : undefined),
  harm: "The next change may remove or replace it.",
});

const removalOrder = ["keep", "deleteIfEmpty", "deleteWithLogs"];

const onRemoval = facet<string>({
  name: "onRemoval",
  read: (resource, world) => {
    // The engine leaves a bucket out of its preview where nothing but this changes; the components tell it.
    const components = world.componentsOf(resource);
    const given = components.flatMap(({ inputs }) => textOf(inputs.onRemoval) ?? [])[0];
    const isDeleted = components.some(({ inputs }) => inputs.retainOnDelete === false);
    return given ?? (isDeleted || !resource.retainOnDelete ? "deleteIfEmpty" : "keep");
  },
  show: orNone,
  judge: (before, after) => {
    if (after === "deleteWithLogs") return "unreadable";
    const rank = (value = "keep") => removalOrder.indexOf(value);
    return rank(after) > rank(before) ? "weaker" : "stronger";
  },
  harm: "What leaves the stack is deleted in the cloud, and with it what it holds or decrypts.",
});

const trailFacets: readonly Facet[] = [
  facet<string>({
    name: "name",
    input: "name",
    read: ({ inputs }) => shown(inputs.name),
    show: orNone,
    judge: nothing,
  }),
  facet<string>({
    name: "bucket",
    input: "storageDestination",
    read: (trail, world) =>
      textOf(world.inStack(world.bucketOf(trail))?.inputs.bucket) ??
      shown(at(trail.inputs, "storageDestination", "bucketName")),
    show: orNone,
    judge: () => "stop",
    worst: "stop",
    harm: "Events may be lost between the two destinations. Better add a second trail, and take the first one out when the second delivers.",
  }),
  facet<string>({
    name: "prefix",
    input: "storageDestination",
    read: (trail) => shown(at(trail.inputs, "storageDestination", "objectPrefix")),
    show: orNone,
    judge: () => "stop",
    worst: "stop",
    harm: "Events may be lost between the two destinations. Better add a second trail, and take the first one out when the second delivers.",
  }),
  facet<string>({
    name: "service account",
    input: "serviceAccountId",
    read: (trail, world) => nameOf(world.accountOf(trail)),
    show: orNone,
    judge: nothing,
  }),
  facet<readonly string[]>({
    name: "roles that it lacks",
    read: lackOf,
    show: listed,
    judge: (before = [], after = []) =>
      after.some((one) => !before.includes(one))
        ? "stop"
        : before.length > after.length
          ? "wider"
          : undefined,
    harm: "Without it the service refuses or stops the trail.",
  }),
  facet<string>({
    name: "status",
    read: ({ outputs }) => textOf(outputs.status)?.toUpperCase(),
    show: orNone,
    judge: (_, after) => (after === "ACTIVE" ? "wider" : "stop"),
    harm: "A trail that is not ACTIVE delivers nothing.",
    // A trail that is made anew has none yet.
    needsBoth: true,
  }),
  protection,
];

const bucketFacets: readonly Facet[] = [
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

const keyFacets: readonly Facet[] = [
  facet<string>({
    name: "rotation",
    input: "rotationPeriod",
    read: ({ inputs }) => shown(inputs.rotationPeriod),
    show: (period) => (period ? `every ${period}` : "none"),
    judge: (before, after) => (secondsOf(after) > secondsOf(before) ? "weaker" : "stronger"),
    worst: "weaker",
    harm: "One version of the key encrypts more logs.",
  }),
  facet<string>({
    name: "algorithm",
    input: "defaultAlgorithm",
    read: ({ inputs }) => shown(inputs.defaultAlgorithm),
    show: orNone,
    judge: (before, after) => (after === "AES_128" || before === "AES_256_HSM" ? "weaker" : undefined),
    worst: "weaker",
    harm: "New logs are encrypted less strongly, or outside of a hardware module.",
  }),
  flag({
    name: "deletion protection in KMS",
    input: "deletionProtection",
    read: ({ inputs }) => isTrue(inputs.deletionProtection),
    harm: "KMS no longer refuses to delete the key. Without it no log can be read.",
  }),
  facet<readonly string[]>({
    name: "roles on it",
    read: (key, world) => grantsOn(referenceTo(key, world), world),
    show: listed,
    judge: moreIsWeaker,
    harm: "More people or accounts may decrypt the logs, or change the key.",
  }),
  onRemoval,
  protection,
];

const accountFacets: readonly Facet[] = [
  facet<Roles>({
    name: "roles",
    read: (account, world) => rolesOf(referenceTo(account, world), world),
    show: ({ needed, surplus } = { needed: [], surplus: [] }) =>
      listed([...needed, ...surplus.map((role) => `${role} (not needed)`)]),
    judge: (before, after) => moreIsWeaker(before?.surplus, after?.surplus),
    harm: "No trail needs it. Whoever takes the account over has it too.",
  }),
  facet<readonly string[]>({
    name: "roles on it",
    read: (account, world) => grantsOn(referenceTo(account, world), world),
    show: listed,
    judge: moreIsWeaker,
    harm: "More people or accounts may act as the account, or change it.",
  }),
  facet<readonly string[]>({
    name: "keys of the account",
    read: (account, world) =>
      world.credentialsOf(referenceTo(account, world)).map(({ urn }) => nameOf({ urn })),
    show: listed,
    judge: moreIsWeaker,
    harm: "The trail needs no key. Whoever has it may overwrite logs.",
  }),
  protection,
];

export const facets: Readonly<Record<Kind, readonly Facet[]>> = {
  trail: trailFacets,
  bucket: bucketFacets,
  key: keyFacets,
  account: accountFacets,
};

function nothing(): undefined {
  return undefined;
}

function shown(value: Value | undefined): string | Hidden | undefined {
  if (value instanceof Hidden) return value;
  return value === undefined || value === null || value === "" ? undefined : String(value);
}

/** Seconds of a period such as `8760h`; no period never ends. */
function secondsOf(period: string | undefined): number {
  const units = /^(\d+)h(\d+)m(\d+)s$/.exec(period ? canonicalDuration(period) : "");
  if (!units) return Number.POSITIVE_INFINITY;
  const [hours = 0, minutes = 0, seconds = 0] = units.slice(1).map(Number);
  return (hours * 60 + minutes) * 60 + seconds;
}

/** What the trail needs and does not have, in words. */
function lackOf(trail: Resource, world: World): readonly string[] {
  const account = world.accountOf(trail);
  if (isOpen(account)) return [];
  const roles = world.needsOf(trail).flatMap((need) => {
    const isTaken = world.takenBy(need, account) !== undefined;
    return world.isMet(need, account) && !isTaken
      ? []
      : [`${need.role} on ${need.onWhat} ${nameOf(need.on)}`];
  });
  const bucket = world.inStack(world.bucketOf(trail));
  const access = bucket && accessIn(bucket, world);
  const isShutOut = access && account.id !== undefined && !access.uploaders.includes(account.id);
  return [...roles, ...(isShutOut ? ["the right to upload, by the bucket's policy"] : [])].sort();
}

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

/** What the policy of a bucket says; the text of one that is not of this library's form. */
function policyOf(bucket: Resource, world: World): Access | Hidden | string | undefined {
  const policy = world.policyOf(bucket);
  if (policy instanceof Hidden) return policy;
  if (typeof policy !== "string" || policy === "") return undefined;
  return accessOf(policy, textOf(bucket.inputs.bucket) ?? "") ?? canonical(policy);
}

function accessIn(bucket: Resource, world: World): Access | undefined {
  const access = policyOf(bucket, world);
  return typeof access === "object" && !(access instanceof Hidden) ? access : undefined;
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

interface Retention {
  readonly cold?: number;
  readonly ice?: number;
  readonly expire?: number;
  /** A day on which logs are deleted, whatever their age. */
  readonly onDate?: string;
}

function retentionOf(rules: Value | undefined): Retention | Hidden | undefined {
  if (rules instanceof Hidden) return rules;
  const enabled = enabledRules(rules);
  const onDate = enabled.flatMap((rule) => textOf(at(rule, "expiration", "date")) ?? [])[0];
  const retention = {
    cold: transitionDays(enabled, "COLD"),
    ice: transitionDays(enabled, "ICE"),
    expire: onDate ? 0 : least(enabled.map((rule) => at(rule, "expiration", "days"))),
    onDate,
  };
  return Object.values(retention).some((value) => value !== undefined) ? retention : undefined;
}

function showRetention({ cold, ice, expire, onDate }: Retention = {}): string {
  const steps = [
    cold && `cold storage after ${cold} days`,
    ice && `ice storage after ${ice} days`,
    onDate ? `deleted on ${onDate}` : expire ? `deleted after ${expire} days` : "never deleted",
  ];
  return steps.filter(Boolean).join(", ");
}

const transitionDays = (rules: readonly Value[], storageClass: string) =>
  least(
    rules
      .flatMap((rule) => listOf(at(rule, "transitions")))
      .filter((one) => at(one, "storageClass") === storageClass)
      .map((one) => at(one, "days")),
  );

const enabledRules = (rules: Value | undefined) =>
  listOf(rules).filter((rule) => at(rule, "enabled") === true);

/** The least number of days that a rule says; undefined if none does. */
function leastDays(rules: Value | undefined, ...path: readonly string[]): number | Hidden | undefined {
  if (rules instanceof Hidden) return rules;
  return least(enabledRules(rules).map((rule) => at(rule, ...path)));
}

function least(values: readonly (Value | undefined)[]): number | undefined {
  const numbers = values.filter((value) => typeof value === "number" && value > 0) as number[];
  return numbers.length > 0 ? Math.min(...numbers) : undefined;
}

function afterDays(days: number | undefined): string {
  return days ? `after ${days} days` : "never";
}

/** Roles on something of those who are no service account of a trail. */
function grantsOn(target: Reference, world: World): readonly string[] {
  const accounts = world.all("account").map((account) => referenceTo(account, world));
  return world
    .grants()
    .filter(({ on }) => world.isSame(on, target))
    .flatMap(({ role, members }) =>
      members
        .filter((member) => !accounts.some((account) => world.isMember(member, account)))
        .map((member) => `${role} for ${nameOf(member)}`),
    )
    .sort();
}

interface Roles {
  readonly needed: readonly string[];
  readonly surplus: readonly string[];
}

/** Roles of a trail's service account, apart by whether a trail needs them. */
function rolesOf(account: Reference, world: World): Roles {
  const needs = neededGrants(world);
  const grants = world.grantsOf(account);
  const isUsed = world.all("trail").some((trail) => world.isSame(world.accountOf(trail), account));
  const named = (isNeeded: boolean) =>
    grants
      // Without a trail there is nothing to measure the need by.
      .filter(({ resource }) => (!isUsed || needs.has(resource.urn)) === isNeeded)
      .map(({ role, on, onWhat }) => `${role} on ${onWhat} ${nameOf(on)}`)
      .sort();
  return { needed: named(true), surplus: named(false) };
}

const referenceTo = (resource: Resource, world: World): Reference => ({
  urn: isOfStack(resource) ? world.identity(resource.urn) : undefined,
  id: resource.id,
});

/** URNs of the grants that trails need. */
function neededGrants(world: World): ReadonlySet<string> {
  const needed = world.all("trail").flatMap((trail) => {
    const account = world.accountOf(trail);
    const needs = world.needsOf(trail);
    return world
      .grantsOf(account)
      .filter((grant) =>
        needs.some(
          ({ role, on, onWhat }) =>
            grant.role === role && grant.onWhat === onWhat && (isOpen(on) || world.isSame(grant.on, on)),
        ),
      );
  });
  return new Set(needed.map(({ resource }) => resource.urn));
}
