import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import type { LifecycleRule } from "../../api/bucketSettings";
import type { Version } from "../../api/objects";
import { counted, day, timeOf } from "./check";
import { type Integrity, isNarrow } from "./integrity";

/** Versions that are kept by name; of older ones each day has a count and a digest, so that the file stays small. */
const mostNames = 20_000;

/** A version is one of a key, an id and a time: without versioning all have the id `null`. */
const namesSchema = z.array(z.tuple([z.string(), z.string(), z.number(), z.boolean()]));

/** The versions that a run saw, and the lifecycle that the bucket had. */
export const seenSchema = z.object({
  /** Bucket and prefix under which they are. */
  place: z.string(),
  /** Key, version id, time and whether it was hidden of each of the newest, as compressed JSON in base64. */
  names: z.string().refine((names) => namesSchema.safeParse(unpacked(names)).success),
  /** Of all older ones, by the day on which they were put. */
  days: z.record(z.string(), z.object({ count: z.number(), digest: z.string() })),
  rules: z.array(z.unknown()),
});

export type Seen = z.infer<typeof seenSchema>;

type Name = z.infer<typeof namesSchema>[number];

const packed = (names: readonly Name[]): string => gzipSync(JSON.stringify(names)).toString("base64");

/** @returns nothing for what was not packed. */
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

/** What a run keeps of the versions that it saw. */
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
    // Whole days, so that each is in one of the two.
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

/** In whatever order they come. */
function digestOf(all: readonly Version[]): { count: number; digest: string } {
  const ids = all.map(({ key, versionId, at }) => JSON.stringify([key, versionId, at])).sort();
  const digest = createHash("sha256").update(ids.join("\n")).digest("base64url").slice(0, 22);
  return { count: all.length, digest };
}

/** What is known when it is judged who took a version away. */
interface Surroundings {
  readonly rules: readonly LifecycleRule[];
  readonly isVersioned: boolean;
  /** What the keys of the trail's log objects begin with. */
  readonly keyPrefix: string;
  /** Time of the newest version that the last run saw. */
  readonly through: number;
  readonly now: number;
}

/**
 * Finds versions that an earlier run saw and that are gone for good, though the bucket's lifecycle deletes none so young: neither by
 * its rules of then nor by those of now.
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
    if (verdict === "unclear") unclear.push(`${text}; the bucket's lifecycle may have done it`);
  };
  const rules = [seen.rules as readonly LifecycleRule[], around.rules];
  const ageOf = (at: number) => around.now - at;
  for (const [key, versionId, at, wasHidden] of unpacked(seen.names) as readonly Name[]) {
    const left = versions.get(key) ?? [];
    if (left.some((one) => one.versionId === versionId && one.at === at)) continue;
    const after = left.filter((one) => one.at >= at).sort((one, other) => one.at - other.at)[0];
    if (versionId === "null" && after?.versionId === "null" && !after.isDeleteMarker) {
      faults.push(`${key}, put at ${timeOf(at)}, was overwritten at ${timeOf(after.at)}`);
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
    file(verdict, `${key}${version}, put at ${timeOf(at)}, is gone for good since the last run`);
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
        ? `${missing} of ${counted(count, "version")} that were put on ${date} are gone for good since the last run`
        : `The versions that were put on ${date} are not those that the last run saw`;
    file(missing > 0 ? verdict : "deleted", text);
  }
  return { faults, unclear };
}

type Verdict = "lifecycle" | "unclear" | "deleted";
const mildness: readonly Verdict[] = ["lifecycle", "unclear", "deleted"];
const mildest = (verdicts: readonly Verdict[]): Verdict =>
  mildness.find((one) => verdicts.includes(one)) ?? "deleted";

type Applies = "yes" | "maybe" | "no";

/** Whether a rule is for an object, as far as its key tells: tags and size are in no listing of what is gone. */
function appliesTo({ enabled, filter = {} }: LifecycleRule, isFor: (prefix: string) => boolean): Applies {
  const { andOperator = {}, ...plain } = filter;
  if (!enabled || !isFor(andOperator.prefix || plain.prefix || "")) return "no";
  return isNarrow(filter) ? "maybe" : "yes";
}

/** Whether a rule is for some objects with a prefix. */
function appliesBelow(rule: LifecycleRule, keyPrefix: string): Applies {
  const whole = appliesTo(rule, (prefix) => keyPrefix.startsWith(prefix));
  if (whole !== "no") return whole;
  return appliesTo(rule, (prefix) => prefix.startsWith(keyPrefix)) === "no" ? "no" : "maybe";
}

interface Gone {
  /** Milliseconds since it was put, and since another version or a marker hid it. */
  readonly age: number;
  readonly hiddenFor?: number;
  /** Whether an expired object is gone, since no versions are kept. */
  readonly isExpiredForGood: boolean;
}

/** Whether rules delete a version for good: what is current expires first, and is then deleted as an old version. */
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
