import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import type { LifecycleRule } from "../../api/bucketSettings";
import type { Version } from "../../api/objects";
import { counted, day, timeOf } from "./check";
import { type Integrity, isNarrow } from "./integrity";

/** Maximum number of versions that are kept by name. Older ones are a count and a digest for each day, so the file stays small. */
const mostNames = 20_000;

/** Key, version id, time and hidden flag of versions. Without versioning all ids are `null`, so the time is needed too. */
const namesSchema = z.array(z.tuple([z.string(), z.string(), z.number(), z.boolean()]));

/** Versions that a run saw, and the bucket's lifecycle rules. */
export const seenSchema = z.object({
  /** Bucket and prefix of the versions. */
  place: z.string(),
  /** The newest versions: key, version id, time and hidden flag of each, as compressed JSON in base64. */
  names: z.string().refine((names) => namesSchema.safeParse(unpacked(names)).success),
  /** Older versions, by the day on which they were written. */
  days: z.record(z.string(), z.object({ count: z.number(), digest: z.string() })),
  rules: z.array(z.unknown()),
});

export type Seen = z.infer<typeof seenSchema>;

type Name = z.infer<typeof namesSchema>[number];

const packed = (names: readonly Name[]): string => gzipSync(JSON.stringify(names)).toString("base64");

/** Reads packed names. @returns undefined for any other text. */
function unpacked(names: string): unknown {
  try {
    return JSON.parse(gunzipSync(Buffer.from(names, "base64")).toString());
  } catch {
    return undefined;
  }
}

const objectsIn = (versions: ReadonlyMap<string, readonly Version[]>): Version[] =>
  [...versions.values()].flat().filter(({ isDeleteMarker }) => !isDeleteMarker);

const dateOf = ({ at }: Version): string => timeOf(at).slice(0, 10);

/** Returns the memory of the versions that a run saw. */
export function remember(
  place: string,
  versions: ReadonlyMap<string, readonly Version[]>,
  rules: readonly LifecycleRule[],
  most = mostNames,
): Seen {
  const byDate = grouped(objectsIn(versions));
  const dates = [...byDate.keys()].sort().reverse();
  const names: Name[] = [];
  const days: Seen["days"] = {};
  for (const date of dates) {
    const here = byDate.get(date) ?? [];
    // Whole days, so that each day is in one of the two lists.
    if (Object.keys(days).length > 0 || names.length + here.length > most) days[date] = digestOf(here);
    else names.push(...here.map(({ key, versionId, at, isLatest }): Name => [key, versionId, at, !isLatest]));
  }
  return { place, names: packed(names), days, rules: [...rules] };
}

function grouped(all: readonly Version[]): Map<string, Version[]> {
  const byDate = new Map<string, Version[]>();
  for (const version of all) {
    const date = dateOf(version);
    const here = byDate.get(date);
    if (here) here.push(version);
    else byDate.set(date, [version]);
  }
  return byDate;
}

/** Computes a digest that does not depend on the order of versions. */
function digestOf(all: readonly Version[]): { count: number; digest: string } {
  const ids = all.map(({ key, versionId, at }) => JSON.stringify([key, versionId, at])).sort();
  const digest = createHash("sha256").update(ids.join("\n")).digest("base64url").slice(0, 22);
  return { count: all.length, digest };
}

/** Known facts for the check of a missing version. */
interface Surroundings {
  readonly rules: readonly LifecycleRule[];
  readonly isVersioned: boolean;
  /** Prefix of the keys of the trail's log objects. */
  readonly keyPrefix: string;
  /** Time of the newest version that the last run saw. */
  readonly through: number;
  readonly now: number;
}

/**
 * Finds versions that an earlier run saw and that are permanently deleted now. Deletions by the old or the present rules of the
 * bucket's lifecycle are no faults.
 */
export function goneSince(
  seen: Seen,
  versions: ReadonlyMap<string, readonly Version[]>,
  around: Surroundings,
): Integrity {
  const faults: string[] = [];
  const unclear: string[] = [];
  const file = (verdict: Verdict, text: string) => {
    if (verdict === "deleted") faults.push(text);
    if (verdict === "unclear") unclear.push(`${text}; perhaps by the bucket's lifecycle`);
  };
  const rules = [seen.rules as readonly LifecycleRule[], around.rules];
  const ageOf = (at: number) => around.now - at;
  for (const [key, versionId, at, wasHidden] of unpacked(seen.names) as readonly Name[]) {
    const left = versions.get(key) ?? [];
    if (left.some((one) => one.versionId === versionId && one.at === at)) continue;
    const after = left.filter((one) => one.at >= at).sort((one, other) => one.at - other.at)[0];
    if (versionId === "null" && after?.versionId === "null" && !after.isDeleteMarker) {
      faults.push(`${key}, written at ${timeOf(at)}, was overwritten at ${timeOf(after.at)}`);
      continue;
    }
    const hiddenFor = after ? ageOf(after.at) : wasHidden ? ageOf(at) : undefined;
    const verdict = mildest(
      rules.map((some) =>
        judge(
          some.map((rule) => [rule, appliesTo(rule, (prefix) => key.startsWith(prefix))] as const),
          { age: ageOf(at), hiddenFor, isExpiredForGood: versionId === "null" },
        ),
      ),
    );
    const version = versionId === "null" ? "" : ` (version ${versionId})`;
    file(verdict, `${key}${version}, written at ${timeOf(at)}, was permanently deleted since the last run`);
  }
  const byDate = grouped(objectsIn(versions).filter(({ at }) => at <= around.through));
  for (const [date, { count, digest }] of Object.entries(seen.days)) {
    const left = digestOf(byDate.get(date) ?? []);
    if (left.digest === digest) continue;
    const put = Date.parse(date);
    const judgeAt = (at: number, hidden: boolean) =>
      mildest(
        rules.map((some) =>
          judge(
            some.map((rule) => [rule, appliesBelow(rule, around.keyPrefix)] as const),
            {
              age: ageOf(at),
              hiddenFor: hidden ? ageOf(at) : undefined,
              isExpiredForGood: !around.isVersioned,
            },
          ),
        ),
      );
    const youngest = judgeAt(put + day, false);
    const verdict = youngest === "deleted" && judgeAt(put, true) !== "deleted" ? "unclear" : youngest;
    const missing = count - left.count;
    const text =
      missing > 0
        ? `${missing} of ${counted(count, "version")} that were written on ${date} were permanently deleted since the last run`
        : `The versions that were written on ${date} are not those that the last run saw`;
    file(missing > 0 ? verdict : "deleted", text);
  }
  return { faults, unclear };
}

type Verdict = "lifecycle" | "unclear" | "deleted";
const mildness: readonly Verdict[] = ["lifecycle", "unclear", "deleted"];
const mildest = (verdicts: readonly Verdict[]): Verdict =>
  mildness.find((one) => verdicts.includes(one)) ?? "deleted";

type Applies = "yes" | "maybe" | "no";

/** Checks whether a rule applies to an object by its key. Tags and size of a deleted object are unknown. */
function appliesTo({ enabled, filter = {} }: LifecycleRule, isFor: (prefix: string) => boolean): Applies {
  const { andOperator = {}, ...plain } = filter;
  if (!enabled || !isFor(andOperator.prefix || plain.prefix || "")) return "no";
  return isNarrow(filter) ? "maybe" : "yes";
}

/** Checks whether a rule applies to objects with a prefix. */
function appliesBelow(rule: LifecycleRule, keyPrefix: string): Applies {
  const whole = appliesTo(rule, (prefix) => keyPrefix.startsWith(prefix));
  if (whole !== "no") return whole;
  return appliesTo(rule, (prefix) => prefix.startsWith(keyPrefix)) === "no" ? "no" : "maybe";
}

interface Gone {
  /** Milliseconds since it was written. */
  readonly age: number;
  readonly hiddenFor?: number;
  /** True if an expired object is permanently deleted, because the bucket keeps no versions. */
  readonly isExpiredForGood: boolean;
}

/** Checks whether rules delete a version permanently. A current version expires first, and is then deleted as an old version. */
function judge(
  rules: readonly (readonly [LifecycleRule, Applies])[],
  { age, hiddenFor, isExpiredForGood }: Gone,
): Verdict {
  const verdicts = rules.flatMap(([rule, applies]): Verdict[] => {
    if (applies === "no") return [];
    const verdict = applies === "yes" ? "lifecycle" : "unclear";
    const { expiration, noncurrentExpiration } = rule;
    const isDated = expiration?.date !== undefined;
    if (isExpiredForGood && (isDated || (expiration?.days && age >= Number(expiration.days) * day)))
      return [verdict];
    const hidden = Number(noncurrentExpiration?.noncurrentDays) * day;
    if (!(hidden > 0)) return [];
    if (hiddenFor !== undefined) return hiddenFor >= hidden ? [verdict] : [];
    const expiring = rules.flatMap(([other, its]) => {
      if (its === "no" || !other.expiration) return [];
      const { days, date } = other.expiration;
      return date !== undefined ? [0] : days ? [Number(days) * day] : [];
    });
    return expiring.some((expires) => age >= expires + hidden) ? [verdict] : [];
  });
  return mildest(verdicts);
}
