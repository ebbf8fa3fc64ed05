import { isUtf8 } from "node:buffer";
import { ArrayCutter } from "./elements";
import { divide, fits } from "./fit";

/** Characters of the longest record that is read. DuckDB takes twice as much memory for one. */
const longestRecord = 32 * 2 ** 20;
/** Faults of one object that are reported in words. */
const shownFaults = 3;

/** Contents of an object, as far as it is a log. */
export interface ObjectLines {
  readonly events: number;
  /** Characters of the longest line. */
  readonly longest: number;
  /** Text that continues a sentence that begins with the object's key; absent if the object is as logs are. */
  readonly fault?: string;
}

/**
 * Makes lines for DuckDB of the records of a log object. Whatever is no record is left out and reported; records before a cut are
 * kept.
 *
 * @param chunks Contents, cut between characters.
 * @param write Is given the lines, each with its line feed.
 */
export function linesOf(key: string, chunks: Iterable<Buffer>, write: (lines: string) => void): ObjectLines {
  const cutter = new ArrayCutter(longestRecord);
  const faults: string[] = [];
  const object = JSON.stringify(key);
  let [position, events, longest] = [0, 0, 0];
  let [isText, isFirst] = [true, true];
  let broken: string | undefined;
  for (const chunk of chunks) {
    if (!isUtf8(chunk)) isText = false;
    const text = isFirst ? chunk.toString().replace(/^\ufeff/, "") : chunk.toString();
    isFirst = false;
    const lines: string[] = [];
    for (const { text: element, length } of cutter.push(text)) {
      const record =
        element === undefined ? `is too large to be read: ${length} characters` : recordOf(element);
      if (record === undefined) {
        broken = "is no JSON";
        break;
      }
      const say = (what: string) => faults.push(`record ${position + 1} ${what}`);
      if (typeof record === "string") say(record);
      else {
        for (const fault of record.faults) say(fault);
        const { fit, rest } = record;
        const line = `{"o":${object},"p":${position}${rest === undefined ? "" : `,"r":${rest}`},"e":${fit}}\n`;
        lines.push(line);
        events += 1;
        longest = Math.max(longest, line.length);
      }
      position += 1;
    }
    if (lines.length > 0) write(lines.join(""));
    if (broken) break;
  }
  const end = broken ?? cutter.end();
  const whole = [
    ...(end === undefined ? [] : [events > 0 ? `${end}: ${countedEvents(events)} read` : end]),
    ...(isText ? [] : ["has bytes that are no UTF-8, which are replaced"]),
  ];
  const fault = [...whole, ...shortened(faults)].join("; ");
  return { events, longest, ...(fault && { fault }) };
}

const countedEvents = (count: number): string => `${count} event${count === 1 ? "" : "s"}`;

function shortened(faults: readonly string[]): string[] {
  const shown = faults.slice(0, shownFaults);
  const more = faults.length - shown.length;
  return more > 0 ? [...shown, `${more} more`] : shown;
}

interface RecordText {
  readonly fit: string;
  readonly rest?: string;
  readonly faults: readonly string[];
}

/** Returns a record in one line, or why it is none; nothing if it is no JSON. */
function recordOf(element: string): RecordText | string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(element);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "is no object";
  const { event_id, event_type, event_time } = value as Readonly<Record<string, unknown>>;
  const has = { event_id, event_type, event_time };
  const missing = Object.entries(has).flatMap(([name, member]) =>
    typeof member === "string" && member !== "" ? [] : [name],
  );
  if (missing.length === Object.keys(has).length) return "is no event";
  const faults = missing.map((name) => `has no ${name}`);
  let text = element;
  // A text of JSON has line feeds between its tokens only.
  if (text.includes("\n") || text.includes("\r")) text = text.replace(/[\r\n]+/g, " ");
  if (text.includes("\\u")) {
    const whole = wellFormed(text);
    if (whole !== text) faults.push("has half a character, which is replaced");
    text = whole;
  }
  return fits(value) ? { fit: text, faults } : { ...divide(text), faults };
}

/** Puts the replacement character in the place of half a pair: DuckDB reads no text with one. */
const wellFormed = (text: string): string =>
  text.replace(
    /\\\\|(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g,
    (found, pair) => (found === "\\\\" || pair !== undefined ? found : "\\ufffd"),
  );
