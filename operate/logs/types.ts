import type { CloudApi } from "../../api/connection";

/** Place of a trail's log objects. */
export interface LogSource {
  /** Address of Object Storage, with a scheme: `CloudApi.storageEndpoint`. It is part of the cache's place. */
  readonly storageEndpoint: string;
  readonly bucket: string;
  readonly trailId: string;
  /** Prefix of the trail's destination, without the slash before the trail's id. */
  readonly objectPrefix?: string;
  /** Days after which the bucket's lifecycle deletes log objects, where it is known. Older days leave the cache. */
  readonly expiryDays?: number;
}

/** Time of events: milliseconds since 1970, `to` excluded. `all` is everything in the bucket. */
export type LogRange = { readonly from: number; readonly to: number } | "all";

/** Work that may take long. `done` and `total` count objects, or days where the step is `list`. */
export interface LogProgress {
  readonly step: "list" | "fetch" | "convert";
  readonly done: number;
  readonly total: number;
  /** Bytes of the objects that are fetched; 0 in other steps. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface OpenOptions {
  /** The cloud; absent for a search in the cache alone (`--offline`). */
  readonly cloud?: CloudApi;
  /** Lists closed days too, and reports objects that were added, changed or deleted there since (`--recheck`). */
  readonly recheck?: boolean;
  /** Keeps nothing: works in temporary space that {@link Logs.close} removes (`--no-cache`). */
  readonly noCache?: boolean;
  /** Bytes of the largest object that is read; 256 MiB by default. Larger ones are reported. */
  readonly largestObject?: number;
  /** Is told of the progress, at most every 200 ms. */
  readonly onProgress?: (progress: LogProgress) => void;
  /**
   * Is asked before more than 10,000 objects are fetched.
   *
   * @returns whether to fetch them. Otherwise `openLogs` throws {@link NotAgreed}.
   */
  readonly confirm?: (fetch: { readonly objects: number; readonly bytes: number }) => Promise<boolean>;
  /** Ends listing, fetching and converting; `openLogs` then throws the signal's reason. What is whole stays in the cache. */
  readonly signal?: AbortSignal;
  /** The machine's time, milliseconds since 1970. */
  readonly now?: () => number;
  /** Folder of the cache; by default the user's cache folder, as `cacheFolder` gives it. */
  readonly folder?: string;
  /** Environment that names the user's cache folder. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Bytes of memory for DuckDB; 256 MiB by default. */
  readonly memory?: number;
}

/** Object, or record in it, that is not as logs have them, or could not be read. `text` continues a sentence that begins with `key`. */
export interface ObjectFault {
  readonly key: string;
  /** Such as `ends early: 12 events read`. */
  readonly text: string;
}

/** What an answer rests on. Keys of objects are text of others: print them through `inert`. */
export interface Coverage {
  /** Range of event times that was asked for, milliseconds since 1970. With `all`: of the days that are there; absent if there are none. */
  readonly from?: number;
  readonly to?: number;
  /** Log objects and events that are searched. Events count copies too. */
  readonly objects: number;
  readonly events: number;
  /** Objects fetched by this run. */
  readonly fetched: { readonly objects: number; readonly bytes: number; readonly keys: readonly string[] };
  /** Objects of the range that could not be fetched: none of their events is searched. The next run tries again. */
  readonly unread: readonly ObjectFault[];
  /** Objects of the range of which all or some is no log: their other events are searched. */
  readonly faults: readonly ObjectFault[];
  /** Keys, and beginnings of keys, among those of the range that no log object has. They are not read. */
  readonly foreign: readonly string[];
  /** Days (`yyyy-mm-dd`) or months (`yyyy-mm`) that are not in the cache and were not read: offline, or another process fills it. */
  readonly missing: readonly string[];
  /** Days that were not over when the cache was last filled, and were not listed by this run, for the same reasons. */
  readonly stale: readonly string[];
  /** Objects that appeared in a closed day after it was read. They are searched. */
  readonly added: readonly string[];
  /** Objects that were overwritten after they were read. The cache keeps what was read first. */
  readonly changed: readonly string[];
  /** Objects that the cache has and the bucket no longer lists, though their day is not past the bucket's expiry. They are searched. */
  readonly gone: readonly string[];
  /** Events whose copies differ. All of them are searched. */
  readonly conflicts: readonly { readonly eventId: string; readonly objects: readonly string[] }[];
  /** Pid of another process that fills the cache, in which case this run only reads it. */
  readonly filledBy?: number;
  /** Whether all of the range was read: nothing unread or changed, no faults, nothing missing or stale. */
  readonly isWhole: boolean;
}

/** Time of a TIMESTAMP or TIMESTAMPTZ value. */
export interface LogTime {
  /** Microseconds since 1970. */
  readonly micros: bigint;
  /** RFC 3339 in UTC, such as `2026-03-03T10:20:30.123456Z`; without a fraction where it is zero. */
  toString(): string;
}

/** Value of a row. JSON columns give their text. */
export type LogValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | LogTime
  | readonly LogValue[]
  | { readonly [name: string]: LogValue };

export interface QueryOptions {
  /** Values of the parameters `$1`, `$2` and so on. */
  readonly parameters?: readonly (string | number | bigint | boolean | null)[];
  /** Milliseconds after which the query ends with {@link QueryFailure} of kind `timeout`. */
  readonly timeout?: number;
  /** Interrupts the query at once; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Rows of an answer, as they come: nothing is kept. */
export interface LogRows extends AsyncIterable<readonly LogValue[]> {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The logs of a range. */
export interface Logs extends AsyncDisposable {
  readonly coverage: Coverage;
  /**
   * Answers one SQL statement of kind SELECT, ours or the user's. It sees the views `events` (each event once) and `all_events`, both
   * of the days of the range **and of the days in which late events of it may lie**: a condition on `event_time` is the caller's. It
   * sees the macros `detail(json, 'a.b')` (text of a member) and `granted(details)` (roles that access binding deltas add, as a list
   * of STRUCT(role_id, subject_id, subject_type)), and no file.
   *
   * Queries may run side by side. One ends when its rows are read, or left by `break`.
   *
   * @throws {QueryFailure} for text that is not one SELECT, for a statement that fails, and after the timeout.
   */
  query(sql: string, options?: QueryOptions): Promise<LogRows>;
  /**
   * Returns the record as it was delivered: the text in the object, which is fetched again.
   *
   * @throws {CloudFailure} if the object cannot be fetched, or the logs were opened offline.
   */
  raw(object: string, position: number): Promise<string>;
  /** Releases the database and what is temporary. */
  close(): Promise<void>;
}

/** SQL that was refused or failed. */
export class QueryFailure extends Error {
  override readonly name = "QueryFailure";
  /** @param kind `usage`: it is not one SELECT, or DuckDB does not understand it. `failed`: it failed as it ran. */
  constructor(
    message: string,
    readonly kind: "usage" | "failed" | "timeout",
  ) {
    super(message);
  }
}

/** Nobody agreed to fetch so many objects. */
export class NotAgreed extends Error {
  override readonly name = "NotAgreed";
}

/** The package `@duckdb/node-api` is missing. The message has the command that installs it. */
export class MissingEngine extends Error {
  override readonly name = "MissingEngine";
}
