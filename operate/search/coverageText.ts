import { inert } from "../inert";
import type { Coverage, LogProgress } from "../logs";
import type { Query } from "./options";
import { defaultDays } from "./range";

/** Objects and days that are named; the others are counted. */
const mostNamed = 5;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

export const sizeText = (bytes: number): string => {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
};

function list(items: readonly string[]): string {
  const more = items.length > mostNamed ? `\n  and ${items.length - mostNamed} more` : "";
  return `${items
    .slice(0, mostNamed)
    .map((item) => `\n  ${inert(item)}`)
    .join("")}${more}`;
}

const named = ({ key, text }: { readonly key: string; readonly text: string }): string => `${key} ${text}`;

/** Returns what an answer does not rest on, and what is odd, a paragraph each; none for a whole answer on sound logs. */
export function coverageLines(coverage: Coverage): string[] {
  const { filledBy, conflicts } = coverage;
  const parts: readonly (readonly [title: string, items: readonly string[]])[] = [
    ["Not read, so that their events are missing: log objects", coverage.unread.map(named)],
    ["Odd, so that events may be missing: log objects or records", coverage.faults.map(named)],
    ["Not read, so that their events are missing: days or months", coverage.missing],
    ["Not listed, so that newer events may be missing: days or months", coverage.stale],
    ["Overwritten after they were read, and searched as they were first: log objects", coverage.changed],
    ["No longer in the bucket before they expire, and searched all the same: log objects", coverage.gone],
    ["New in days that were over, and searched: log objects", coverage.added],
    ["Under the trail's prefix, and no log objects by their keys", coverage.foreign],
    [
      "Delivered in copies that differ, and all searched: events",
      conflicts.map(({ eventId, objects }) => `${eventId} in ${objects.join(", ")}`),
    ],
  ];
  return [
    ...(filledBy === undefined ? [] : [`Process ${filledBy} fills the cache. This run only reads it.`]),
    ...parts.flatMap(([title, items]) =>
      items.length > 0 ? [`${title}: ${items.length}${list(items)}`] : [],
    ),
  ];
}

/** Returns a range in words, in UTC. */
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

/** Returns what was searched, in one line. */
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

export const progressText = ({ step, done, total, bytes, totalBytes }: LogProgress): string =>
  `${steps[step]}: ${done} of ${total}${totalBytes > 0 ? `, ${sizeText(bytes)} of ${sizeText(totalBytes)}` : ""}`;
