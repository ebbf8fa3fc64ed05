import { inert } from "../inert";
import type { Conflict, Coverage, LogProgress } from "../logs";
import type { Query } from "./options";
import { defaultDays } from "./range";

/** Number of objects or days that are named. The others are only counted. */
const mostNamed = 5;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Returns a number of bytes in words, such as `19.6 kB`. */
export const sizeText = (bytes: number): string => {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
};

/** Returns the first items, each in a line of its own, and the number of the others. */
export function listText(items: readonly string[]): string {
  const more = items.length > mostNamed ? `\n  and ${items.length - mostNamed} more` : "";
  return `${items
    .slice(0, mostNamed)
    .map((item) => `\n  ${inert(item)}`)
    .join("")}${more}`;
}

const named = ({ key, text }: { readonly key: string; readonly text: string }): string => `${key} ${text}`;

/** Returns a paragraph for each gap and each fault of the searched logs; none for a complete answer on valid logs. */
export function coverageLines(coverage: Coverage): string[] {
  const { filledBy, conflicts } = coverage;
  const parts: readonly (readonly [title: string, items: readonly string[]])[] = [
    ["Log objects that could not be read, so their events are missing", coverage.unread.map(named)],
    ["Invalid log objects or records, so events may be missing", coverage.faults.map(named)],
    ["Days or months that were not read, so their events are missing", coverage.missing],
    ["Days or months that were not listed, so newer events may be missing", coverage.stale],
    ["Log objects that were overwritten later; the first version is searched", coverage.changed],
    ["Log objects that left the bucket before they expired; the cached copies are searched", coverage.gone],
    ["Log objects that appeared in a day after it was over; they are searched", coverage.added],
    ["Keys under the trail's prefix that do not belong to log objects; they are not read", coverage.foreign],
    ["Events that were delivered in different copies; all copies are searched", conflicts.map(conflictText)],
  ];
  return [
    ...(filledBy === undefined ? [] : [`Process ${filledBy} fills the cache. This run only reads it.`]),
    ...parts.flatMap(([title, items]) =>
      items.length > 0 ? [`${title}: ${items.length}${listText(items)}`] : [],
    ),
  ];
}

const conflictText = ({ eventId, objects }: Conflict): string => `${eventId} in ${objects.join(", ")}`;

/** Returns a paragraph about events whose copies in different trails differ; none if there are no such events. */
export const conflictLines = (conflicts: readonly Conflict[]): string[] =>
  conflicts.length === 0
    ? []
    : [
        `Events that several trails delivered in different copies; all copies are searched: ${conflicts.length}${listText(conflicts.map(conflictText))}`,
      ];

/** Returns a range of times in words, in UTC. */
export function rangeText({
  range,
  isOpen,
  isDefaultRange,
}: Pick<Query, "range" | "isOpen" | "isDefaultRange">): string {
  if (range === "all") return "everything in the bucket";
  const shown = (at: number) => new Date(at).toISOString().replace(/(:00)?\.\d+Z$/, "Z");
  const to = isOpen ? "now" : shown(range.to);
  return `from ${shown(range.from)} to ${to}${isDefaultRange ? `, the last ${defaultDays} days` : ""}`;
}

/** Largest difference of clocks that is not reported, milliseconds. */
const tolerance = 3_600_000;

/** Returns a sentence if this machine's clock is so wrong that an open range may miss events; otherwise undefined. */
export function clockText(
  { clockLag = 0 }: Pick<Coverage, "clockLag">,
  { range, isOpen }: Pick<Query, "range" | "isOpen">,
): string | undefined {
  if (range === "all" || !isOpen || Math.abs(clockLag) <= tolerance) return undefined;
  const hours = counted(Math.round(Math.abs(clockLag) / tolerance), "hour");
  const wrong = clockLag > 0 ? "behind" : "ahead of";
  return `This machine's clock is ${hours} ${wrong} the service's, and the range follows it. Events may be missing. Correct the clock.`;
}

/** Returns the number of searched events and objects, in one line. */
export function searchedText({ objects, events, fetched }: Coverage): string {
  const got =
    fetched.objects > 0 ? ` ${counted(fetched.objects, "object")} fetched, ${sizeText(fetched.bytes)}.` : "";
  return `Searched ${counted(events, "event")} in ${counted(objects, "log object")}.${got}`;
}

const steps: Readonly<Record<LogProgress["step"], string>> = {
  list: "Listing",
  fetch: "Fetching log objects",
  convert: "Converting log objects",
};

/** Returns the progress of a step, in one line. */
export const progressText = ({ step, done, total, bytes, totalBytes }: LogProgress): string =>
  `${steps[step]}: ${done} of ${total}${totalBytes > 0 ? `, ${sizeText(bytes)} of ${sizeText(totalBytes)}` : ""}`;
