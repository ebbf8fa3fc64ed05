import { appendFileSync } from "node:fs";
import {
  type Change,
  format,
  readJournal,
  requireReadable,
  StateFileError,
  unwritable,
  version,
} from "./journal";
import { writePrivately } from "./privateFile";
import { Table } from "./table";

/** Number of changes above which the journal is rewritten, if it also has twice as many changes as rows. */
const mostAppended = 20_000;

/** Notice at the beginning of an export. */
const notice =
  "This state contains the material of KMS keys and the contents of buckets as plain text: anyone who reads it can decrypt all data of its keys. Tokens and static keys are left out.";

/** Tables that an export leaves out: readers of a bug report must not get access. */
const secretTables: readonly string[] = ["tokenSecret", "accessKeySecrets"];

/** A whole state as readable JSON. */
export interface ExportedState {
  readonly notice?: string;
  readonly format: string;
  readonly version: number;
  /** Rows, by table and id. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A change that is not durable yet, and the row before it. */
interface Pending {
  readonly change: Change;
  readonly before: unknown;
}

/**
 * State of the cloud: tables in memory, and a journal of their changes if a file is named. A commit appends one line
 * with all changes since the last one. So a killed process loses at most changes of calls without an answer. The
 * store ignores an incomplete last line.
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
   * @throws {StateFileError} if the file cannot be written. Then every later commit throws too, because changes after an incomplete
   * line would be lost.
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
