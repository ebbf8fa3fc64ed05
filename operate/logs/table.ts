import { type Copies, findCopies } from "./copies";
import { Database, defaultMemory } from "./database";
import {
  type Asked,
  type EventTable,
  type Logs,
  type OpenOptions,
  QueryFailure,
  type QueryOptions,
} from "./types";

type TableOptions = Pick<OpenOptions, "memory"> & Pick<QueryOptions, "signal" | "timeout">;

/**
 * Opens a table over the logs of one or more trails, which were opened for the same range. Only queries for the asked events see each
 * event once.
 *
 * @throws {QueryFailure} if comparing the copies in several trails fails or takes too long. @throws the signal's reason.
 */
export async function openTable(
  logs: readonly Logs[],
  asked: Asked,
  { memory = defaultMemory, signal, timeout }: TableOptions = {},
): Promise<EventTable> {
  const stored = logs.map((one) => one.stored);
  const [first] = stored;
  if (!first) throw new RangeError("A table needs the logs of a trail.");
  const spill = await first.makeSpill();
  const database = await Database.open({ memory, spill });
  try {
    const find = (until?: AbortSignal) => findCopies(database, stored, asked, spill, until);
    const { file, conflicts } = await limited(find, { signal, timeout });
    await database.lock({ logs: stored, range: asked.range, ...(file && { copies: file }) });
    return {
      conflicts,
      query: (sql, given) => database.query(sql, given),
      [Symbol.asyncDispose]: async () => database[Symbol.dispose](),
    };
  } catch (error) {
    database[Symbol.dispose]();
    throw error;
  }
}

/** Finds copies until a timeout. @throws {QueryFailure} as {@link openTable}. @throws the signal's reason. */
async function limited(
  find: (signal?: AbortSignal) => Promise<Copies>,
  { signal, timeout }: TableOptions,
): Promise<Copies> {
  const late = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  const signals = [signal, late].filter((one) => one !== undefined);
  try {
    return await find(signals.length > 0 ? AbortSignal.any(signals) : undefined);
  } catch (error) {
    signal?.throwIfAborted();
    if (late?.aborted)
      throw new QueryFailure(
        `Comparing the copies in several trails took longer than ${timeout} ms.`,
        "timeout",
      );
    throw new QueryFailure((error as Error).message, "failed");
  }
}
