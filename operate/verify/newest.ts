import type { ObjectReader, Version } from "../../api/objects";
import { unitOf } from "../logs/keys";
import { type LogRecord, type Records, readRecords, unreadLines } from "./auditRecords";
import { type Check, lengthOf, minute, timeOf } from "./check";
import { isForeignPut } from "./integrity";

/** Maximum number of objects that are checked to find one that the trail delivered. */
const mostChecked = 20;

/** The service's time, and the difference of this machine's clock. */
export interface ServiceClock {
  /** The service's time, milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds by which this machine's clock is behind; absent if the service reports no time. */
  readonly behind?: number;
}

const name = "newest";

/**
 * Checks the age of the newest object that the trail delivered. Others with write access may put objects under the trail's
 * prefix: these do not count.
 *
 * @param versions Versions by key, newest first.
 * @param within Maximum age, in milliseconds.
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
      skipped.push(`Not counted: ${version.key}, written at ${timeOf(version.at)}, ${doubt}.`);
      continue;
    }
    const text = `The newest log object is ${lengthOf(age)} old: ${version.key}`;
    if (within === undefined) return { name, result: "info", text, details: details() };
    return age > within
      ? {
          name,
          result: "bad",
          text: `${text}. The maximum age is ${lengthOf(within)}.`,
          details: details(),
        }
      : { name, result: "good", text, details: details() };
  }
  if (candidates.length > mostChecked)
    return {
      name,
      result: within === undefined ? "unknown" : "bad",
      text: `The trail delivered none of the ${mostChecked} newest objects.`,
      details: details(),
    };
  return {
    name,
    result: within === undefined ? "unknown" : "bad",
    text: "There is no log object: none was delivered yet, or all are deleted.",
    details: details(),
  };
}

/** Returns the reason why the trail did not, or may not have, delivered an object. */
async function doubtAbout(
  version: Version,
  versions: ReadonlyMap<string, readonly Version[]>,
  known: Records,
  accountId: string,
  reader: ObjectReader,
): Promise<{ readonly doubt?: string; readonly isUnread?: boolean }> {
  const { key, versionId } = version;
  if (unitOf(key) === undefined) return { doubt: "does not have the name of a log object" };
  const first = versions.get(key)?.at(-1);
  if (first && first.versionId !== versionId) return { doubt: "overwrote an older object" };
  const author = known.records.find((record) => isPutOf(version, record) && isForeignPut(record, accountId));
  if (author)
    return { doubt: `was written by ${author.authentication?.subject_id}, not by the trail's account` };
  const isIt = (one: { readonly version: Version }) =>
    one.version.key === key && one.version.versionId === versionId;
  const isKnown = [known.objects, known.odd, known.unread].some((list) => list.some(isIt));
  const { objects, odd, unread } = isKnown ? known : await readRecords(reader, [version]);
  const failed = unread.filter(isIt);
  if (failed.length > 0) return { doubt: unreadLines(failed).join(" "), isUnread: true };
  if (objects.find(isIt)?.records.length) return {};
  return { doubt: odd.find(isIt)?.text ?? "holds no new event" };
}

const isPutOf = ({ key }: Version, { details }: LogRecord): boolean => details?.object_id === key;

/** Usual error of a machine's clock, in milliseconds. */
const tolerance = minute;

function clockLines({ behind }: ServiceClock): string[] {
  if (behind === undefined || Math.abs(behind) <= tolerance) return [];
  const how = behind > 0 ? "behind" : "ahead of";
  return [
    `The clock of this machine is ${lengthOf(Math.abs(behind))} ${how} the service's. Ages are by the service's clock.`,
  ];
}
