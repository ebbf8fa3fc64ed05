import type { CloudApi } from "../../api/connection";
import { failureText, isCloudFailure, isNotFound } from "../../api/failures";
import { partsOf, readTrail, type TrailState } from "../../api/trails";
import { describeFault } from "../../components/engine/faultSentences";
import { findTrailFaults } from "../../components/engine/trailFaults";
import { placeName } from "../../components/places";
import type { Collected } from "../stack/events";
import type { Check } from "./check";
import type { TrailTarget } from "./target";

/**
 * The service's reasons for status ERROR, by words in them: https://yandex.cloud/en/docs/audit-trails/operations/error. Their exact
 * text is not documented.
 */
const reasons: readonly { readonly words: RegExp; readonly cause: string; readonly remedy: string }[] = [
  {
    words: /account .*(is gone|not found)/i,
    cause: "The trail's account does not exist.",
    remedy: "Recreate it, with its roles: pulumi up --refresh",
  },
  {
    words: /BUCKET_NOT_FOUND|bucket .*not found/i,
    cause: "The bucket does not exist.",
    remedy: "Recreate it with the same name and encryption: pulumi up --refresh",
  },
  {
    words: /BUCKET_CLOUD_QUOTA_EXCEEDED|storage is used up/i,
    cause: "The cloud's quota for storage is used up.",
    remedy: "Delete data in other buckets, or ask support for a larger quota.",
  },
  {
    words: /BUCKET_QUOTA_EXCEEDED|is full/i,
    cause: "The bucket is full.",
    remedy: "Raise its maxSizeGiB, or keep logs for a shorter time, and run: pulumi up",
  },
  {
    words: /BUCKET_INVALID_ENCRYPTION|key .*not active/i,
    cause: "The bucket's key is not active.",
    remedy: "Set the status of the key to Active, or cancel its deletion.",
  },
  {
    words: /ACCESS_DENIED|permission denied/i,
    cause:
      "The trail's account does not exist, lacks a role on scopes, bucket or key, or is denied by the bucket's policy.",
    remedy: "Restore the roles and the policy: pulumi up --refresh",
  },
];

const unknownReason = {
  cause: "The vendor's documentation does not list this reason.",
  remedy: "If the status stays, ask support.",
};

/** Checks of a trail itself. */
export interface TrailChecks {
  readonly checks: readonly Check[];
  readonly isActive: boolean;
}

/** Checks whether the trail is ACTIVE and has the settings of the stack. */
export async function checkTrail(target: TrailTarget, cloud: CloudApi): Promise<TrailChecks> {
  const name = "status";
  const { trailId } = target;
  try {
    const trail = await readTrail(trailId, cloud);
    const isActive = trail.status === "ACTIVE";
    const status: Check = isActive
      ? { name, result: "good", text: "The trail is ACTIVE." }
      : await brokenTrail(trail, cloud);
    return { checks: [status, settingsOf(target, trail)], isActive };
  } catch (error) {
    if (!isCloudFailure(error)) throw error;
    const gone = isNotFound(error);
    const text = gone
      ? `The trail ${trailId} does not exist: no log is delivered. To recreate it, run: pulumi up --refresh`
      : `The trail ${trailId} cannot be read: ${failureText(error)}`;
    return { checks: [{ name, result: gone ? "bad" : "unknown", text }], isActive: false };
  }
}

async function brokenTrail(trail: TrailState, cloud: CloudApi): Promise<Check> {
  const { status, statusErrorMessage: said } = trail;
  const parts = partsOf(trail);
  const faults = await findTrailFaults(parts, cloud);
  const { cause, remedy } = reasons.find(({ words }) => words.test(said)) ?? unknownReason;
  return {
    name: "status",
    result: "bad",
    text: `The trail is in status ${status}: no log is delivered.${said ? ` The service says: "${said}".` : ""} Repair it within 72 hours: then the service also delivers the events since the fault.`,
    details: [
      `Cause: ${cause}`,
      ...faults.map((fault) => `Found: ${describeFault(fault, parts)}`),
      `Remedy: ${remedy}`,
    ],
  };
}

/** Compares the settings of the trail with the state. */
function settingsOf(target: TrailTarget, trail: TrailState): Check {
  const { bucketId, objectPrefix } = trail.destination?.objectStorage ?? {};
  const collected = new Set(collectedIn(trail).map(collectedText));
  const wanted = new Set(target.collected.filter(({ scope }) => scope).map(collectedText));
  const pairs: readonly (readonly [string, string | undefined, string])[] = [
    ["bucket", bucketId, target.bucketName],
    ["prefix", objectPrefix ?? "", target.objectPrefix],
    ["service account", trail.serviceAccountId, target.accountId],
  ];
  const faults = [
    ...pairs.flatMap(([what, is, should]) =>
      is === should ? [] : [`Its ${what} is ${is || "none"}, not ${should || "none"}.`],
    ),
    ...[...wanted].filter((line) => !collected.has(line)).map((line) => `It does not collect ${line}.`),
    ...[...collected].filter((line) => !wanted.has(line)).map((line) => `It also collects ${line}.`),
  ];
  return faults.length === 0
    ? { name: "settings", result: "good", text: "Its settings are those of the stack." }
    : {
        name: "settings",
        result: "bad",
        text: "It was changed outside of the stack. To restore it, run: pulumi up --refresh",
        details: faults,
      };
}

export function collectedIn({ filteringPolicy }: TrailState): Collected[] {
  const { managementEventsFilter, dataEventsFilters = [] } = filteringPolicy ?? {};
  const scoped = (scopes: readonly { id: string; type: string }[] = []) =>
    scopes.map(({ id, type }) => placeName({ type, id }));
  return [
    ...scoped(managementEventsFilter?.resourceScopes).map(
      (scope): Collected => ({ kind: "management", scope, events: { mode: "allBut", types: [] } }),
    ),
    ...dataEventsFilters.flatMap(({ service, includedEvents, excludedEvents, resourceScopes }) => {
      const included = includedEvents?.eventTypes ?? [];
      const events =
        included.length > 0
          ? ({ mode: "only", types: [...included].sort() } as const)
          : ({ mode: "allBut", types: [...(excludedEvents?.eventTypes ?? [])].sort() } as const);
      return scoped(resourceScopes).map((scope): Collected => ({ kind: service, scope, events }));
    }),
  ];
}

export function collectedText({ kind, scope, events: { mode, types } }: Collected): string {
  const which = kind === "management" ? "management events" : `data events of ${kind}`;
  const some = types.length === 0 ? "" : ` (${mode === "only" ? "only" : "all but"} ${types.join(", ")})`;
  return `${which} of ${scope}${some}`;
}
