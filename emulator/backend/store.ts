import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writePrivately } from "./privateFile";

const format = "yandex-cloud-emulator";
const version = 1;

/** Number of changes above which the journal is rewritten, if it also has twice as many changes as rows. */
const mostAppended = 20_000;

/** Notice at the beginning of an export. */
const notice =
  "This state contains the material of KMS keys and the contents of buckets as plain text: anyone who reads it can decrypt all data of its keys. Tokens and static keys are left out.";

/** Tables that an export leaves out: readers of a bug report must not get access. */
const secretTables: readonly string[] = ["tokenSecret", "accessKeySecrets"];

/** A problem of a state file that people can solve. The message names the file and the solution. */
export class StateFileError extends Error {
  override readonly name = "StateFileError";
}

/** A whole state as readable JSON. */
export interface ExportedState {
  readonly notice?: string;
  readonly format: string;
  readonly version: number;
  /** Rows, by table and id. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A change of a row: the new row, or null for a deleted one. */
type Change = readonly [table: string, id: string, row: unknown];

/** A change that is not durable yet, and the row before it. */
interface Pending {
  readonly change: Change;
  readonly before: unknown;
}

interface Grouping<Row> {
  readonly keyOf: (row: Row) => string;
  readonly groups: Map<string, Map<string, Row>>;
}

function groupOf<Row>(groups: Map<string, Map<string, Row>>, key: string): Map<string, Row> {
  let group = groups.get(key);
  if (!group) {
    group = new Map();
    groups.set(key, group);
  }
  return group;
}

/** Rows by id. A row is plain JSON and is replaced, never changed in place. */
export class Table<Row> {
  private readonly rows = new Map<string, Row>();
  private readonly groupings: Grouping<Row>[] = [];

  constructor(private readonly changed: (id: string, row: Row | null, before?: Row) => void) {}

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  put(id: string, row: Row): void {
    const before = this.rows.get(id);
    this.restore(id, row);
    this.changed(id, row, before);
  }

  delete(id: string): void {
    const before = this.rows.get(id);
    if (before === undefined) return;
    this.restore(id, undefined);
    this.changed(id, null, before);
  }

  /** Restores a row, or deletes it if there was none. */
  restore(id: string, row: Row | undefined): void {
    const before = this.rows.get(id);
    for (const { keyOf, groups } of this.groupings) {
      const key = row === undefined ? undefined : keyOf(row);
      // A row that stays in its group keeps its place.
      if (before !== undefined && keyOf(before) !== key) groups.get(keyOf(before))?.delete(id);
      if (row !== undefined && key !== undefined) groupOf(groups, key).set(id, row);
    }
    if (row === undefined) this.rows.delete(id);
    else this.rows.set(id, row);
  }

  /** Builds an index. @returns a function that finds the rows with the same text. */
  groupedBy(keyOf: (row: Row) => string): (key: string) => Row[] {
    const groups = new Map<string, Map<string, Row>>();
    for (const [id, row] of this.rows) groupOf(groups, keyOf(row)).set(id, row);
    this.groupings.push({ keyOf, groups });
    return (key) => [...(groups.get(key)?.values() ?? [])];
  }

  get size(): number {
    return this.rows.size;
  }

  values(): Row[] {
    return [...this.rows.values()];
  }

  entries(): [string, Row][] {
    return [...this.rows];
  }
}

/**
 * State of the cloud: tables in memory, and a journal of their changes if a file is named. A commit appends one line
 * with all changes since the last one. So a killed process loses at most changes of calls without an answer. An
 * incomplete last line is dropped.
 */
export class Store {
  private readonly tables = new Map<string, Table<unknown>>();
  private pending: Pending[] = [];
  /** Changes in the journal since it was rewritten. */
  private appended = 0;
  /** Error of a failed write of the journal. */
  private fault: StateFileError | undefined;

  /**
   * Opens a state.
   *
   * @param file Journal; created with its folder if it does not exist. Without it the state is in memory only.
   * @param state Export of an earlier state.
   * @throws {StateFileError} if file or state is broken, of another kind or of a newer version, or if both have a state.
   */
  constructor(
    private readonly file?: string,
    state?: ExportedState,
  ) {
    if (file) this.open(file);
    if (state) this.import(state);
  }

  private open(file: string): void {
    for (const [table, id, row] of readJournal(file)) {
      if (row === null) this.table(table).delete(id);
      else this.table(table).put(id, row);
    }
    this.pending = [];
    this.compact(file);
  }

  table<Row>(name: string): Table<Row> {
    let table = this.tables.get(name);
    if (!table) {
      table = new Table((id, row, before) => this.pending.push({ change: [name, id, row], before }));
      this.tables.set(name, table);
    }
    return table as Table<Row>;
  }

  /**
   * Makes all changes since the last commit durable, together.
   *
   * @throws {StateFileError} if the file cannot be written. Then it throws again at each commit: changes after an incomplete line
   * would be lost.
   */
  commit(): void {
    if (this.fault) throw this.fault;
    if (this.pending.length === 0) return;
    const { file, pending } = this;
    if (file)
      this.write(file, () =>
        appendFileSync(file, `${JSON.stringify(pending.map(({ change }) => change))}\n`),
      );
    this.appended += this.pending.length;
    this.pending = [];
    if (this.file && this.appended > mostAppended && this.appended > 2 * this.size) this.compact(this.file);
  }

  /** Does some work, all or nothing. If it throws, all its changes are undone. */
  attempt<T>(work: () => T): T {
    const mark = this.pending.length;
    try {
      return work();
    } catch (error) {
      for (const { change, before } of this.pending.splice(mark).reverse())
        this.table(change[0]).restore(change[1], before);
      throw error;
    }
  }

  /** Exports the state without the secrets of tokens and static keys. */
  export(): ExportedState {
    const tables = [...this.tables].filter(([name]) => !secretTables.includes(name));
    return {
      notice,
      format,
      version,
      tables: Object.fromEntries(
        tables.map(([name, table]) => [name, Object.fromEntries(table.entries())] as const),
      ),
    };
  }

  private import(state: ExportedState): void {
    requireReadable("The imported file", state);
    if ([...this.tables.values()].some((table) => table.values().length > 0))
      throw new StateFileError(`${this.file} has a state already. Name another file, or do not import.`);
    for (const [name, rows] of Object.entries(state.tables ?? {}))
      for (const [id, row] of Object.entries(rows)) this.table(name).put(id, row);
    this.commit();
  }

  private get size(): number {
    return [...this.tables.values()].reduce((sum, table) => sum + table.size, 0);
  }

  private compact(file: string): void {
    const rows = [...this.tables].flatMap(([name, table]) =>
      table.entries().map(([id, row]) => [name, id, row]),
    );
    const header = JSON.stringify({ format, version });
    const text = `${header}\n${rows.length ? `${JSON.stringify(rows)}\n` : ""}`;
    this.write(file, () => writePrivately(file, text));
    this.appended = 0;
  }

  private write(file: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fault = unwritable(file, error);
      throw this.fault;
    }
  }
}

/** Returns the error for a file that cannot be written, with the solution. */
export function unwritable(file: string, error: unknown): StateFileError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === "ENOSPC" ? "the disk is full" : (code ?? message);
  return new StateFileError(
    `${file} cannot be written: ${why}. Repair that, or name another file. Then start the local cloud again.`,
  );
}

function readJournal(file: string): Change[] {
  let text: string;
  try {
    mkdirSync(dirname(file), { recursive: true });
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new StateFileError(`${file} cannot be read: ${code}. Name another file.`);
  }
  // Text after the last line break is an incomplete line.
  const [header, ...lines] = text.split("\n").slice(0, -1);
  requireReadable(file, parsed(header) as { format?: string; version?: number } | undefined);
  return lines.flatMap((line, index) => {
    const changes = parsed(line);
    if (areChanges(changes)) return changes;
    throw new StateFileError(
      `${file} is broken in line ${index + 2}. It was not changed. Restore a copy of it, or name another file.`,
    );
  });
}

const areChanges = (value: unknown): value is Change[] =>
  Array.isArray(value) &&
  value.every((change) => Array.isArray(change) && change.length === 3 && typeof change[0] === "string");

function requireReadable(name: string, header: { format?: string; version?: number } | undefined): void {
  if (header?.format !== format)
    throw new StateFileError(`${name} is not a state file of the local cloud. Name another file.`);
  if (Number(header.version) > version)
    throw new StateFileError(
      `${name} has version ${header.version}; this local cloud reads up to version ${version}. Update it, or name another file.`,
    );
}

/** Parses JSON. @returns undefined for text that is not JSON. */
function parsed(line = ""): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
