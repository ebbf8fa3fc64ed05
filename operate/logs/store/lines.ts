import { isUtf8 } from "node:buffer";
import { divide, fits, requiredMembers } from "../fit";
import { afterEvent, beforeEvent } from "./conversion";
import { ArrayCutter, withoutMark } from "./elements";
import { RecordScanner } from "./scanner";

/** Largest number of characters of a record. DuckDB needs twice as much memory for it. */
const longestRecord = 32 * 2 ** 20;
/** Largest number of bytes of an incomplete record that the scanner sees again with the next chunk. */
const longestScanned = 4 * 2 ** 20;
/** Number of faults of an object that are reported in words. */
const shownFaults = 3;

/** Summary of a log object. */
export interface ObjectLines {
  readonly events: number;
  /** Faults, as the continuation of a sentence after the object's key; absent if the object is valid. */
  readonly fault?: string;
}

/** Receives the lines of records. */
export interface LineSink {
  /** Takes a line, given as text before and after a piece of bytes. */
  write(before: string, bytes: Buffer, after: string): void;
}

/**
 * Converts the records of a log object into lines for DuckDB. It reports and skips elements that are not records. If the object ends
 * early, the records before the end are kept.
 *
 * A scanner passes ordinary records on as bytes. All others are read as text, and so is everything after a byte that the scanner
 * does not accept.
 */
export class RecordReader {
  private readonly scanner = new RecordScanner();
  /** Beginning of an element whose end is in a later chunk. */
  private left: Buffer = Buffer.alloc(0);
  /** Reader of text, once the scanner has stopped. */
  private cutter: ArrayCutter | undefined;
  private readonly faults: string[] = [];
  private readonly object: string;
  private position = 0;
  private events = 0;
  private isText = true;
  /** True after an element that is not JSON. The rest of the object is not read. */
  private isBroken = false;

  constructor(
    key: string,
    private readonly sink: LineSink,
  ) {
    this.object = JSON.stringify(key);
  }

  /** Reads a chunk. @param chunk Bytes that end between characters. */
  push(chunk: Buffer): void {
    if (this.isBroken) return;
    if (!isUtf8(chunk)) this.isText = false;
    if (this.cutter) this.cut(chunk.toString(), this.cutter);
    else this.scan(chunk);
  }

  private scan(chunk: Buffer): void {
    const bytes = this.left.length > 0 ? Buffer.concat([this.left, chunk]) : chunk;
    const { scanner } = this;
    const scanned = this.isText
      ? scanner.scan(bytes, (begin, end, isOrdinary) => {
          if (isOrdinary) this.writeLine({ fit: bytes.subarray(begin, end) });
          else this.read(bytes.toString("utf8", begin, end));
        })
      : 0;
    this.left = bytes.subarray(scanned);
    if (scanner.hasStopped || !this.isText || this.left.length > longestScanned) this.cutLeft();
  }

  /** Returns the summary of the object, after its last chunk. */
  end(): ObjectLines {
    const { events } = this;
    if (this.scanner.state !== "closed") this.cutLeft();
    const end = this.isBroken ? "is not JSON" : this.cutter?.end();
    const whole = [
      ...(end === undefined ? [] : [events > 0 ? `${end}: ${countedEvents(events)} read` : end]),
      ...(this.isText ? [] : ["has bytes that are not UTF-8 and are replaced"]),
    ];
    const fault = [...whole, ...shortened(this.faults)].join("; ");
    return { events, ...(fault && { fault }) };
  }

  /** Continues with the reader of text after the last element that was scanned. */
  private cutLeft(): void {
    if (this.cutter) return;
    this.cutter = new ArrayCutter(longestRecord, this.scanner.state);
    const text = this.left.toString();
    this.cut(this.scanner.state === "start" ? withoutMark(text) : text, this.cutter);
  }

  private cut(chunk: string, cutter: ArrayCutter): void {
    for (const { text: element, length } of cutter.push(chunk)) {
      if (element !== undefined) this.read(element);
      else this.skip(`is too large to be read: ${length} characters`);
      if (this.isBroken) return;
    }
  }

  /** Reads the text of an element. */
  private read(element: string): void {
    if (this.isBroken) return;
    const record = recordOf(element);
    if (record === undefined) this.isBroken = true;
    else if (typeof record === "string") this.skip(record);
    else {
      for (const fault of record.faults) this.say(fault);
      this.writeLine({ ...record, fit: Buffer.from(record.fit) });
    }
  }

  private writeLine({ fit, rest }: { readonly fit: Buffer; readonly rest?: string }): void {
    this.sink.write(beforeEvent(this.object, this.position, rest), fit, afterEvent);
    this.events += 1;
    this.position += 1;
  }

  private skip(fault: string): void {
    this.say(fault);
    this.position += 1;
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
  const record = value as Readonly<Record<string, unknown>>;
  const missing = requiredMembers.filter((name) => typeof record[name] !== "string" || record[name] === "");
  if (missing.length === requiredMembers.length) return "is not an event";
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
