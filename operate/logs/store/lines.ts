import { isUtf8 } from "node:buffer";
import { divide, fits } from "../fit";
import { ArrayCutter } from "./elements";

/** Largest number of characters of a record. DuckDB needs twice as much memory for it. */
const longestRecord = 32 * 2 ** 20;
/** Number of faults of an object that are reported in words. */
const shownFaults = 3;

/** Summary of a log object. */
export interface ObjectLines {
  readonly events: number;
  /** Upper bound of the bytes of the longest line. */
  readonly longest: number;
  /** Faults, as the continuation of a sentence after the object's key; absent if the object is valid. */
  readonly fault?: string;
}

/**
 * Converts the records of a log object into lines for DuckDB. It reports and skips elements that are not records. If the object ends
 * early, the records before the end are kept.
 */
export class RecordReader {
  private readonly cutter = new ArrayCutter(longestRecord);
  private readonly faults: string[] = [];
  private readonly object: string;
  private position = 0;
  private events = 0;
  /** Upper bound of the bytes of the longest line so far. */
  longest = 0;
  private isFirst = true;
  private isText = true;
  /** True after an element that is not JSON. The rest of the object is not read. */
  private isBroken = false;

  constructor(key: string) {
    this.object = JSON.stringify(key);
  }

  /** Returns the lines of the records that end in a chunk, with line feeds. @param chunk Bytes that end between characters. */
  push(chunk: Buffer): string {
    if (this.isBroken) return "";
    if (!isUtf8(chunk)) this.isText = false;
    const text = this.isFirst ? chunk.toString().replace(/^\ufeff/, "") : chunk.toString();
    this.isFirst = false;
    const lines: string[] = [];
    for (const { text: element, length } of this.cutter.push(text)) {
      const record =
        element === undefined ? `is too large to be read: ${length} characters` : recordOf(element);
      if (record === undefined) {
        this.isBroken = true;
        break;
      }
      if (typeof record === "string") this.say(record);
      else lines.push(this.lineOf(record));
      this.position += 1;
    }
    return lines.join("");
  }

  /** Returns the summary of the object, after its last chunk. */
  end(): ObjectLines {
    const { events, longest } = this;
    const end = this.isBroken ? "is not JSON" : this.cutter.end();
    const whole = [
      ...(end === undefined ? [] : [events > 0 ? `${end}: ${countedEvents(events)} read` : end]),
      ...(this.isText ? [] : ["has bytes that are not UTF-8 and are replaced"]),
    ];
    const fault = [...whole, ...shortened(this.faults)].join("; ");
    return { events, longest, ...(fault && { fault }) };
  }

  private lineOf({ fit, rest, faults }: RecordText): string {
    for (const fault of faults) this.say(fault);
    const line = `{"o":${this.object},"p":${this.position}${rest === undefined ? "" : `,"r":${rest}`},"e":${fit}}\n`;
    this.events += 1;
    // A UTF-16 code unit takes at most three bytes.
    this.longest = Math.max(this.longest, line.length * 3);
    return line;
  }

  private say(fault: string): void {
    this.faults.push(`record ${this.position + 1} ${fault}`);
  }
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

/** Returns a record in one line, or the fault of an element that is not a record; undefined if it is not JSON. */
function recordOf(element: string): RecordText | string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(element);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "is not an object";
  const { event_id, event_type, event_time } = value as Readonly<Record<string, unknown>>;
  const has = { event_id, event_type, event_time };
  const missing = Object.entries(has).flatMap(([name, member]) =>
    typeof member === "string" && member !== "" ? [] : [name],
  );
  if (missing.length === Object.keys(has).length) return "is not an event";
  const faults = missing.map((name) => `has no ${name}`);
  let text = element;
  // In JSON, line feeds stand only between tokens.
  if (text.includes("\n") || text.includes("\r")) text = text.replace(/[\r\n]+/g, " ");
  if (text.includes("\\u")) {
    const whole = wellFormed(text);
    if (whole !== text) faults.push("has half of a character pair, which is replaced");
    text = whole;
  }
  return fits(value) ? { fit: text, faults } : { ...divide(text), faults };
}

/** Replaces single surrogates by the replacement character, since DuckDB refuses them. */
const wellFormed = (text: string): string =>
  text.replace(
    /\\\\|(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g,
    (found, pair) => (found === "\\\\" || pair !== undefined ? found : "\\ufffd"),
  );
