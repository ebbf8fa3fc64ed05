import { closeSync, promises as fs, openSync, readSync, writeSync } from "node:fs";
import type { Database } from "../database";
import { divide } from "../fit";
import type { KeyUnit } from "../keys";
import type { Cache } from "./cache";
import { afterEvent, beforeEvent, convert, join, lineMembers } from "./conversion";
import { memberTexts } from "./elements";
import { writeWhole } from "./files";
import type { LineSink } from "./lines";
import type { Part } from "./manifest";

/** Largest size of a file of lines, bytes. It bounds the memory of a conversion. */
const largestLines = 64 * 2 ** 20;
/** Maximum number of parts of a day that still gets events. More parts are joined. */
const mostParts = 8;

/** File with lines for DuckDB. */
interface LinesFile {
  readonly path: string;
  readonly events: number;
  readonly bytes: number;
  /** Bytes of the longest line. */
  readonly longest: number;
}

/** Number of bytes that are written at once. */
const bufferSize = 2 ** 20;

/** Writes lines into files of bounded size. */
export class LinesWriter implements LineSink {
  private readonly files: LinesFile[] = [];
  private current: { path: string; file: number; events: number; bytes: number; longest: number } | undefined;
  private readonly buffer = Buffer.allocUnsafe(bufferSize);
  /** Number of bytes in the buffer. */
  private filled = 0;

  /** @param newPath Returns the path of the next file. */
  constructor(private readonly newPath: () => string) {}

  write(before: string, bytes: Buffer = none, after = ""): void {
    const length = Buffer.byteLength(before) + bytes.length + Buffer.byteLength(after);
    if (this.current && this.current.bytes + length > largestLines) this.next();
    this.current ??= open(this.newPath());
    this.current.events += 1;
    this.current.bytes += length;
    this.current.longest = Math.max(this.current.longest, length);
    if (this.filled + length > bufferSize) this.flush(this.current.file);
    if (length > bufferSize) {
      writeSync(this.current.file, Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]));
      return;
    }
    this.filled += this.buffer.write(before, this.filled);
    this.filled += bytes.copy(this.buffer, this.filled);
    this.filled += this.buffer.write(after, this.filled);
  }

  /** Ends the last file. @returns all files. */
  end(): readonly LinesFile[] {
    this.next();
    return this.files;
  }

  private flush(file: number): void {
    for (let at = 0; at < this.filled; ) at += writeSync(file, this.buffer, at, this.filled - at);
    this.filled = 0;
  }

  private next(): void {
    if (!this.current) return;
    const { file, ...rest } = this.current;
    this.current = undefined;
    try {
      this.flush(file);
    } finally {
      closeSync(file);
    }
    this.files.push(rest);
  }
}

const none = Buffer.alloc(0);
const open = (path: string) => ({ path, file: openSync(path, "w", 0o600), events: 0, bytes: 0, longest: 0 });

/** Receives the fault of a record that DuckDB could not convert as it was delivered. */
export type RecordFault = (key: string, text: string) => void;

/**
 * Converts a file of lines into Parquet files, and removes it. If DuckDB fails, each half is converted separately. So large files
 * fit into memory, and one invalid record does not stop the others.
 */
export async function convertLines(
  lines: LinesFile,
  unit: KeyUnit,
  cache: Cache,
  database: Database,
  fault: RecordFault,
  signal?: AbortSignal,
): Promise<Part[]> {
  const { path, events, bytes, longest } = lines;
  const file = cache.newName(unit, "parquet");
  const again = (files: readonly LinesFile[]) =>
    files.reduce<Promise<Part[]>>(
      async (done, one) => [
        ...(await done),
        ...(await convertLines(one, unit, cache, database, fault, signal)),
      ],
      Promise.resolve([]),
    );
  try {
    const size = await writeWhole(cache.day(file), (aside) =>
      database.run(convert(path, aside, longest), signal),
    );
    await fs.rm(path);
    return [{ file, size, events, bytes }];
  } catch (error) {
    signal?.throwIfAborted();
    if (!isOfData(error)) throw error;
    if (events > 1)
      return again(await splitLines(lines, () => cache.temporary(cache.newName(unit, "lines"))));
    const changed = rewrite(await fs.readFile(path, "utf8"), fault, error as Error);
    await fs.rm(path);
    if (changed === undefined) return [];
    const writer = new LinesWriter(() => cache.temporary(cache.newName(unit, "lines")));
    writer.write(changed);
    return again(writer.end());
  }
}

/** Checks whether DuckDB failed because of its input, and not because of the disk or a defect. */
const isOfData = (error: unknown): boolean =>
  /^(Invalid Input|Conversion|Out of Memory|Out of Range)/.test((error as Error).message);

/** Divides a file of lines in two, and removes it. */
async function splitLines({ path, events }: LinesFile, newPath: () => string): Promise<LinesFile[]> {
  const halves = [new LinesWriter(newPath), new LinesWriter(newPath)];
  let count = 0;
  for (const line of linesIn(path)) {
    halves[count < events / 2 ? 0 : 1]?.write(line);
    count += 1;
  }
  await fs.rm(path);
  return halves.flatMap((half) => half.end());
}

/** Yields the lines of a file, each with its line feed. */
function* linesIn(path: string): Generator<string> {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(2 ** 20);
    let parts: Buffer[] = [];
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
      let from = 0;
      for (let end = buffer.indexOf(10, 0); end >= 0 && end < size; end = buffer.indexOf(10, from)) {
        yield Buffer.concat([...parts, buffer.subarray(from, end + 1)]).toString();
        parts = [];
        from = end + 1;
      }
      parts.push(Buffer.from(buffer.subarray(from, size)));
    }
  } finally {
    closeSync(file);
  }
}

/** Rewrites a line whose record has members twice. @returns undefined if the record has another fault. */
function rewrite(line: string, fault: RecordFault, error: Error): string | undefined {
  const members = new Map(memberTexts(line));
  const { object, position, rest, event } = lineMembers;
  const [key, number] = [object, position].map((name) => JSON.parse(members.get(name) ?? "null"));
  const record = members.get(event) ?? "{}";
  const divided = divide(record);
  if (members.has(rest) || divided.rest === undefined) {
    fault(key, `record ${number + 1} cannot be converted: ${error.message.split("\n")[0]?.slice(0, 200)}`);
    return undefined;
  }
  fault(key, `record ${number + 1} has a member twice; the last one counts`);
  return `${beforeEvent(JSON.stringify(key), number, divided.rest)}${divided.fit}${afterEvent}`;
}

/** Joins the small parts of a day if there are many or the day is closed. @returns the parts of the day. */
export async function joinParts(
  parts: readonly Part[],
  isClosed: boolean,
  unit: KeyUnit,
  cache: Cache,
  database: Database,
  signal?: AbortSignal,
): Promise<Part[]> {
  const small: Part[] = [];
  let bytes = 0;
  for (const part of [...parts].sort((one, other) => one.bytes - other.bytes))
    if (bytes + part.bytes <= largestLines) {
      small.push(part);
      bytes += part.bytes;
    }
  if (small.length < 2 || (!isClosed && small.length <= mostParts)) return [...parts];
  const file = cache.newName(unit, "parquet");
  const files = small.map((part) => cache.day(part.file));
  const size = await writeWhole(cache.day(file), (aside) => database.run(join(files, aside), signal));
  cache.replace(small.map((part) => part.file));
  const events = small.reduce((sum, part) => sum + part.events, 0);
  return [...parts.filter((part) => !small.includes(part)), { file, size, events, bytes }];
}
