import type { LogRange, LogSource, Logs, OpenOptions } from "./types";

export * from "./types";

/**
 * Opens the logs of a range: lists its days that may have changed, fetches the objects that the cache lacks, and keeps them as
 * Parquet.
 *
 * @throws {CloudFailure} if the bucket cannot be listed: the listing is the test of access.
 * @throws {MissingEngine} @throws {NotAgreed}
 */
export async function openLogs(
  _source: LogSource,
  _range: LogRange,
  _options: OpenOptions = {},
): Promise<Logs> {
  throw new Error("not built yet");
}

/** Removes cached logs: those of a trail, or all without one (`--purge`). @returns bytes that were removed. */
export async function purgeLogs(
  _of?: Pick<LogSource, "storageEndpoint" | "bucket" | "trailId">,
  _options: Pick<OpenOptions, "folder" | "environment"> = {},
): Promise<number> {
  throw new Error("not built yet");
}
