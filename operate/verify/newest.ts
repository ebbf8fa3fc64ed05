import type { ObjectReader, Version } from "../../api/objects";
import { unitOf } from "../logs/keys";
import { type Check, lengthOf, minute, timeOf } from "./check";
import { isForeignPut } from "./integrity";
import { type LogRecord, type Records, readRecords, unreadLines } from "./records";

/** Objects that are checked until one is found that the trail delivered. */
const mostChecked = 20;

/** The service's time, and how far this machine's clock is from it. */
export interface ServiceClock {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds by which the machine is behind; absent where the service gives no time. */
  readonly behind?: number;
}

const name = "newest";

/**
 * How old the newest object is that the trail delivered. Whoever may write into the bucket may put objects under the trail's prefix:
 * these do not count.
 *
 * @param versions By key, the newest first.
 * @param within Milliseconds that it may be old.
 */
export async function checkNewest(
  versions: ReadonlyMap<string, readonly Version[]>,
  records: Records,
  accountId: string,
  clock: ServiceClock,
  within: number | undefined,
  reader: ObjectReader,
): Promise<Check> {
  const candidates = [...versions.values()]
    .flat()
    .filter(({ isDeleteMarker }) => !isDeleteMarker)
    .sort((one, other) => other.at - one.at);
  const skipped: string[] = [];
  const details = () => [...skipped, ...clockLines(clock)];
  for (const version of candidates.slice(0, mostChecked)) {
    const { doubt, isUnread } = await doubtAbout(version, versions, records, accountId, reader);
    const age = clock.now - version.at;
    if (isUnread)
      return {
        name,
        result: "unknown",
        text: `The newest object is ${lengthOf(age)} old, and it is unknown whether the trail delivered it: ${doubt}`,
        details: details(),
      };
    if (doubt) {
      skipped.push(`Not counted: ${version.key}, put at ${timeOf(version.at)}, ${doubt}.`);
      continue;
    }
    const text = `The newest log object is ${lengthOf(age)} old: ${version.key}`;
    if (within === undefined) return { name, result: "told", text, details: details() };
    return age > within
      ? {
          name,
          result: "bad",
          text: `${text}. It may be ${lengthOf(within)} old at most.`,
          details: details(),
        }
      : { name, result: "good", text, details: details() };
  }
  if (candidates.length > mostChecked)
    return {
      name,
      result: within === undefined ? "unknown" : "bad",
      text: `None of the ${mostChecked} newest objects is one that the trail delivered.`,
      details: details(),
    };
  return {
    name,
    result: within === undefined ? "unknown" : "bad",
    text: "No log object has been delivered yet, or none is left.",
    details: details(),
  };
}

/** Why an object is none that the trail delivered, or may be none. */
async function doubtAbout(
  version: Version,
  versions: ReadonlyMap<string, readonly Version[]>,
  known: Records,
  accountId: string,
  reader: ObjectReader,
): Promise<{ readonly doubt?: string; readonly isUnread?: boolean }> {
  const { key, versionId } = version;
  if (unitOf(key) === undefined) return { doubt: "is not named as log objects are" };
  const first = versions.get(key)?.at(-1);
  if (first && first.versionId !== versionId) return { doubt: "was put over an older object" };
  const author = known.records.find((record) => isPutOf(version, record) && isForeignPut(record, accountId));
  if (author) return { doubt: `was put by ${author.authentication?.subject_id}, not by the trail's account` };
  const isIt = (one: { readonly version: Version }) =>
    one.version.key === key && one.version.versionId === versionId;
  const isKnown = [known.objects, known.odd, known.unread].some((list) => list.some(isIt));
  const { objects, odd, unread } = isKnown ? known : await readRecords(reader, [version]);
  const failed = unread.filter(isIt);
  if (failed.length > 0) return { doubt: unreadLines(failed).join(" "), isUnread: true };
  if (objects.find(isIt)?.records.length) return {};
  return { doubt: odd.find(isIt)?.text ?? "holds no event that another object did not hold before" };
}

const isPutOf = ({ key }: Version, { details }: LogRecord): boolean => details?.object_id === key;

/** Clocks of machines are off by less. */
const tolerance = minute;

function clockLines({ behind }: ServiceClock): string[] {
  if (behind === undefined || Math.abs(behind) <= tolerance) return [];
  const how = behind > 0 ? "behind" : "ahead of";
  return [
    `The clock of this machine is ${lengthOf(Math.abs(behind))} ${how} the service's. Ages are by the service's clock.`,
  ];
}
