import type { CloudApi } from "../../api/connection";

/** Place of a trail's log objects. */
export interface LogSource {
  /** Address of Object Storage, with a scheme: `CloudApi.storageEndpoint`. The path of the cache contains its host. */
  readonly storageEndpoint: string;
  readonly bucket: string;
  readonly trailId: string;
  /** Prefix of the trail's destination, without the slash before the trail's id. */
  readonly objectPrefix?: string;
  /** Days after which the bucket's lifecycle deletes log objects; undefined if unknown. Older days leave the cache. */
  readonly expiryDays?: number;
}

/** Range of event times, milliseconds since 1970, `to` excluded. `all` is everything in the bucket. */
export type LogRange = { readonly from: number; readonly to: number } | "all";

/** Progress of a long step. `done` and `total` count objects; in the step `list` they count days and months. */
export interface LogProgress {
  readonly step: "list" | "fetch" | "convert";
  readonly done: number;
  readonly total: number;
  /** Fetched bytes; 0 in other steps. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface OpenOptions {
  /** Connection to the cloud; absent to search only the cache (`--offline`). */
  readonly cloud?: CloudApi;
  /** True to list closed days again and report objects that were added, changed or deleted there (`--recheck`). */
  readonly recheck?: boolean;
  /** True to keep nothing. {@link Logs.close} then removes the temporary files (`--no-cache`). */
  readonly noCache?: boolean;
  /** Size limit of an object, bytes; 256 MiB by default. Larger ones are reported and not read. */
  readonly largestObject?: number;
  /** Receives the progress, at most every 200 ms. */
  readonly onProgress?: (progress: LogProgress) => void;
  /**
   * Decides whether to fetch more than 10,000 objects. Without it they are fetched.
   *
   * @returns true to fetch them. If it returns false, `openLogs` throws {@link NotAgreed}.
   */
  readonly confirm?: (fetch: { readonly objects: number; readonly bytes: number }) => Promise<boolean>;
  /** Stops listing, fetching and converting; `openLogs` then throws the signal's reason. Finished days stay in the cache. */
  readonly signal?: AbortSignal;
  /** Returns the machine's time, milliseconds since 1970. */
  readonly now?: () => number;
  /** Folder of the cache; by default the result of `cacheFolder`. */
  readonly folder?: string;
  /** Environment that names the user's cache folder. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Bytes of memory for DuckDB; 256 MiB by default. */
  readonly memory?: number;
}

/** Fault of a log object or of a record in it: it is invalid or could not be read. `text` continues a sentence after `key`. */
export interface ObjectFault {
  readonly key: string;
  /** Description, such as `ends early: 12 events read`. */
  readonly text: string;
}

/** Coverage of an answer: searched logs, and gaps. Keys of objects are untrusted text: print them through `inert`. */
export interface Coverage {
  /**
   * Requested range of event times, milliseconds since 1970. For `all` it is the range of the existing days, absent if there are
   * none.
   */
  readonly from?: number;
  readonly to?: number;
  /** Number of searched log objects, and of their events. Copies of an event count too. */
  readonly objects: number;
  readonly events: number;
  /** Objects that this run fetched. */
  readonly fetched: { readonly objects: number; readonly bytes: number; readonly keys: readonly string[] };
  /** Objects of the range that could not be fetched. Their events are not searched. The next run tries again. */
  readonly unread: readonly ObjectFault[];
  /** Objects of the range that are invalid as a whole or in part. Their valid events are searched. */
  readonly faults: readonly ObjectFault[];
  /** Keys, and prefixes of keys, in the range that do not belong to log objects. They are not read. */
  readonly foreign: readonly string[];
  /**
   * Days (`yyyy-mm-dd`) or months (`yyyy-mm`) that the cache lacks and this run did not read: it ran offline, or another process
   * fills the cache.
   */
  readonly missing: readonly string[];
  /** Days that were not over when they were cached, and that this run did not list: it ran offline, or another process fills the cache. */
  readonly stale: readonly string[];
  /** Objects that appeared in a closed day after the cache read the day. They are searched. */
  readonly added: readonly string[];
  /** Objects that were overwritten after the cache read them. The cache keeps the first version. */
  readonly changed: readonly string[];
  /** Cached objects that left the bucket before the bucket's expiry. They are searched. */
  readonly gone: readonly string[];
  /** Events whose copies in this trail differ. All copies are searched. */
  readonly conflicts: readonly Conflict[];
  /**
   * Milliseconds by which this machine's clock is behind the service's, accurate to some seconds; negative if it is ahead. Absent
   * without a listing.
   */
  readonly clockLag?: number;
  /** Process id of another process that fills the cache; this run then only reads it. */
  readonly filledBy?: number;
  /** True if the whole range was read: `unread`, `changed`, `faults`, `missing` and `stale` are empty. */
  readonly isWhole: boolean;
}

/** Time of a TIMESTAMP or TIMESTAMPTZ value. */
export interface LogTime {
  /** Microseconds since 1970. */
  readonly micros: bigint;
  /** Returns RFC 3339 in UTC, such as `2026-03-03T10:20:30.123456Z`. A fraction of zero is left out. */
  toString(): string;
}

/** Value in a row. The value of a JSON column is its text. */
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
  /** Milliseconds after which the query fails with {@link QueryFailure} of kind `timeout`. */
  readonly timeout?: number;
  /** Interrupts the query, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Stream of the rows of an answer. */
export interface LogRows extends AsyncIterable<readonly LogValue[]> {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Fetched logs of a trail in a range. */
export interface Logs extends AsyncDisposable {
  readonly coverage: Coverage;
  readonly stored: StoredLogs;
  /**
   * Fetches an object again and returns the text of a record in it, as it was delivered.
   *
   * @throws {CloudFailure} if the object cannot be fetched, or the logs were opened offline.
   */
  raw(object: string, position: number): Promise<string>;
  /** Removes temporary files. Tables over the logs must be closed before. */
  close(): Promise<void>;
}

/** Cached files of a trail's logs. */
export interface StoredLogs {
  readonly trailId: string;
  /** Parquet files with the records of the range's days. They also have other events of these days. */
  readonly files: readonly string[];
  /** Parquet file that lists the repeated copies of events; absent if there are none. */
  readonly duplicates?: string;
  /** Creates a folder for temporary files. It is removed when the logs are closed, or later. */
  makeSpill(): Promise<string>;
}

/** Event whose copies differ, with the log objects that have them. */
export interface Conflict {
  readonly eventId: string;
  readonly objects: readonly string[];
}

/** Events that a table is asked for. */
export interface Asked {
  readonly range: LogRange;
  /** Condition on the columns of the table, as SQL. @default every event */
  readonly where?: string;
  /** Values of its parameters `$1`, `$2` and so on. */
  readonly parameters?: QueryOptions["parameters"];
}

/** Table over the logs of one or more trails. */
export interface EventTable extends AsyncDisposable {
  /** Events whose copies in different trails differ. Both views have all differing copies. */
  readonly conflicts: readonly Conflict[];
  /**
   * Answers one SELECT. It can use:
   * - the views `events` (each event once) and `all_events` (with copies);
   * - the macro `detail(json, 'a.b')`: text of a member;
   * - the macro `granted(details)`: roles that access binding deltas add, a list of STRUCT(role_id, subject_id, subject_type).
   *
   * It can read no file. Both views have the events of the range. They also have events without a valid time, if their log objects
   * are of the range's days, or of the days after it (for late events).
   *
   * Queries may run in parallel. To release a query, read all of its rows or leave the loop by `break`.
   *
   * @throws {QueryFailure} if the text is not one SELECT, if the statement fails, and after the timeout.
   */
  query(sql: string, options?: QueryOptions): Promise<LogRows>;
}

/** Refused or failed SQL. */
export class QueryFailure extends Error {
  override readonly name = "QueryFailure";
  /** @param kind `usage`: not one SELECT, or invalid SQL. `failed`: an error at run time. `timeout`: the time is over. */
  constructor(
    message: string,
    readonly kind: "usage" | "failed" | "timeout",
  ) {
    super(message);
  }
}

/** Refusal to fetch many objects: `confirm` returned false. */
export class NotAgreed extends Error {
  override readonly name = "NotAgreed";
}

/** Refusal to delete a cache that another process fills. */
export class CacheInUse extends Error {
  override readonly name = "CacheInUse";
}

/** Absence of the package `@duckdb/node-api`. The message has the command that installs it. */
export class MissingEngine extends Error {
  override readonly name = "MissingEngine";
}
