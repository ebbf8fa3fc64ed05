import type { DuckDBConnection, DuckDBInstance, DuckDBResult, DuckDBValue } from "@duckdb/node-api";
import { type Engine, onlySelect } from "./onlySelect";
import { literal } from "./store/conversion";
import {
  type LogRows,
  type LogTime,
  type LogValue,
  MissingEngine,
  QueryFailure,
  type QueryOptions,
} from "./types";
import { allFilesOf, statementsOf, type Views } from "./views";

/** Release of DuckDB's binding that the tests use. */
export const engineRelease = "@duckdb/node-api@1.5.6-r.1";

/** Limits of DuckDB on this machine. */
export interface Room {
  /** Bytes of memory. DuckDB may exceed them for single large values and for lists that an aggregate creates. */
  readonly memory: number;
  /** Folder for data that does not fit into memory. */
  readonly spill: string;
  readonly threads?: number;
}

/** Default bytes of memory of a database. */
export const defaultMemory = 256 * 2 ** 20;
/** Maximum number of bytes on disk for data that does not fit into memory. */
const largestSpill = 4 * 2 ** 30;

/** In-memory database of DuckDB. All other code uses DuckDB through this class. */
export class Database implements Disposable {
  private constructor(
    private readonly engine: Engine,
    private readonly instance: DuckDBInstance,
  ) {}

  /** Opens an empty database. @throws {MissingEngine} if DuckDB is not installed. */
  static async open({ memory, spill, threads = 2 }: Room): Promise<Database> {
    const engine = await loadEngine();
    const instance = await engine.DuckDBInstance.create(":memory:", {
      memory_limit: `${Math.floor(memory / 2 ** 20)}MiB`,
      threads: String(threads),
      temp_directory: spill,
      max_temp_directory_size: `${largestSpill / 2 ** 30}GiB`,
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
    });
    const database = new Database(engine, instance);
    await database.run("SET GLOBAL TimeZone = 'UTC'");
    return database;
  }

  /** Runs a trusted statement and returns its rows. @param signal Interrupts it. */
  async run(
    sql: string,
    signal?: AbortSignal,
    parameters: QueryOptions["parameters"] = [],
  ): Promise<LogValue[][]> {
    const connection = await this.instance.connect();
    const interrupt = () => connection.interrupt();
    try {
      signal?.throwIfAborted();
      signal?.addEventListener("abort", interrupt);
      const reader = await connection.runAndReadAll(sql, [...parameters]);
      return reader.getRows().map((row) => row.map((value) => plain(value, this.engine)));
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
    }
  }

  /**
   * Creates the views over log files, and then locks the database. From then on it reads no other file, writes no file, and keeps
   * its settings. The order matters: https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
   */
  async lock(views: Views): Promise<void> {
    for (const statement of statementsOf(views)) await this.run(statement);
    // If directories were allowed, statements could also write there.
    await this.run(`SET allowed_paths = [${allFilesOf(views).map(literal).join(", ")}]`);
    await this.run("SET enable_external_access = false");
    await this.run("SET lock_configuration = true");
  }

  /** Answers one SELECT; see {@link EventTable.query}. @throws {QueryFailure} as described there. */
  async query(sql: string, { parameters = [], timeout, signal }: QueryOptions = {}): Promise<LogRows> {
    signal?.throwIfAborted();
    const connection = await this.instance.connect();
    const limit = new Limit(connection, timeout, signal);
    try {
      const prepared = await onlySelect(connection, sql, this.engine);
      if (prepared.parameterCount !== parameters.length)
        throw new QueryFailure(
          `The statement has ${prepared.parameterCount} parameters, and ${parameters.length} values were given.`,
          "usage",
        );
      if (parameters.length > 0) prepared.bind([...parameters]);
      const result = await prepared.stream().catch((error: unknown) => {
        throw limit.reasonOf(error);
      });
      return rowsOf(result, limit, this.engine);
    } catch (error) {
      limit[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.instance.closeSync();
  }
}

/** Checks that DuckDB is installed. @throws {MissingEngine} if it is not. */
export async function requireEngine(): Promise<void> {
  await loadEngine();
}

async function loadEngine(): Promise<Engine> {
  try {
    return await import("@duckdb/node-api");
  } catch (error) {
    if (!/MODULE_NOT_FOUND/.test((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw new MissingEngine(
      `search needs DuckDB, which is not installed. Run:\n  npm install ${engineRelease}`,
    );
  }
}

/** Timeout and signal that interrupt a query. */
class Limit implements Disposable {
  private readonly timer: NodeJS.Timeout | undefined;
  private isLate = false;
  private readonly interrupt = () => this.connection.interrupt();

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly timeout: number | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {
    // The timer does not keep the process running if nobody reads the rows.
    if (timeout !== undefined)
      this.timer = setTimeout(() => {
        this.isLate = true;
        this.interrupt();
      }, timeout).unref();
    signal?.addEventListener("abort", this.interrupt);
  }

  /** Returns the error to throw for a failed query: the signal's reason, a timeout, or DuckDB's message. */
  reasonOf(error: unknown): unknown {
    if (this.signal?.aborted) return this.signal.reason;
    if (this.isLate) return new QueryFailure(`The query took longer than ${this.timeout} ms.`, "timeout");
    return new QueryFailure((error as Error).message, "failed");
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.signal?.removeEventListener("abort", this.interrupt);
    this.connection.closeSync();
  }
}

function rowsOf(result: DuckDBResult, limit: Limit, engine: Engine): LogRows {
  const types = result.columnTypes();
  return {
    // DuckDB's JSON type is VARCHAR with an alias.
    columns: result.columnNames().map((name, i) => ({ name, type: types[i]?.alias ?? String(types[i]) })),
    async *[Symbol.asyncIterator]() {
      using _limit = limit;
      for (;;) {
        const chunk = await result.fetchChunk().catch((error: unknown) => {
          throw limit.reasonOf(error);
        });
        if (!chunk || chunk.rowCount === 0) return;
        for (const row of chunk.getRows()) yield row.map((value) => plain(value, engine));
      }
    },
  };
}

/** Time value of DuckDB. */
class Time implements LogTime {
  constructor(readonly micros: bigint) {}

  toString(): string {
    const fraction = ((this.micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
    const seconds = Number((this.micros - fraction) / 1_000_000n);
    const date = new Date(seconds * 1000);
    if (Number.isNaN(date.getTime())) return String(this.micros);
    const digits = fraction === 0n ? "" : `.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
    return date.toISOString().replace(".000Z", `${digits}Z`);
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Returns a value of DuckDB as a plain JavaScript value. Types that JavaScript lacks become text. */
function plain(value: DuckDBValue, engine: Engine): LogValue {
  if (value === null || typeof value !== "object") return value as LogValue;
  if (value instanceof engine.DuckDBTimestampTZValue || value instanceof engine.DuckDBTimestampValue)
    return new Time(value.micros);
  if (value instanceof engine.DuckDBListValue) return value.items.map((item) => plain(item, engine));
  if (value instanceof engine.DuckDBStructValue)
    return Object.fromEntries(
      Object.entries(value.entries).map(([name, inner]) => [name, plain(inner, engine)]),
    );
  return String(value);
}
