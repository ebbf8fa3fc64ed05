import type { LogRows, Logs, LogTime, LogValue, QueryOptions } from "../logs";
import type { Query } from "./options";
import type { Place } from "./place";
import { partFor } from "./statements";

/** A trail to search, with its open logs. */
export interface OpenTrail {
  readonly place: Place;
  readonly logs: Logs;
}

type Row = readonly LogValue[];
type Order = (one: LogValue, other: LogValue) => number;

/**
 * Answers a query over several trails. Copies of an event in several trails are one event. It reads the trails in step, in the order
 * of time, or of event ids to count. So its memory does not grow with the number of events.
 */
export async function answerOverAll(
  query: Query,
  trails: readonly OpenTrail[],
  options: QueryOptions,
): Promise<LogRows> {
  const answers: LogRows[] = [];
  for (const { place, logs } of trails) {
    const { text, values: parameters } = partFor(query, query.condition(place.logging));
    answers.push(await logs.query(text, { ...options, parameters }));
  }
  const columns = answers[0]?.columns.slice(0, -2) ?? [];
  const isCounted = query.isCount || query.by.length > 0;
  const rows = merged(answers, isCounted ? byText : newestFirst);
  if (!isCounted) return { columns, [Symbol.asyncIterator]: () => rows };
  return {
    columns: [...columns, { name: "events", type: "BIGINT" }],
    async *[Symbol.asyncIterator]() {
      yield* await counted(rows, query.by.length === 0);
    },
  };
}

/**
 * Merges sorted rows. Each ends with the value that they are sorted by, and with the event's id. Both are left out. A row whose id
 * came with the same value from another trail is left out, too. Differing copies within a trail stay.
 */
async function* merged(parts: readonly AsyncIterable<Row>[], order: Order): AsyncGenerator<Row> {
  const readers = parts.map((part) => part[Symbol.asyncIterator]());
  const sortedBy = (row: Row) => row.at(-2) ?? null;
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()));
    const sources = new Map<LogValue, number>();
    for (let last: LogValue = null; ; ) {
      const [first] = heads
        .flatMap(({ done, value }, part) => (done ? [] : [{ row: value as Row, part }]))
        .sort((one, other) => order(sortedBy(one.row), sortedBy(other.row)));
      if (!first) return;
      const { row, part } = first;
      heads[part] = (await readers[part]?.next()) ?? { done: true, value: undefined };
      if (order(sortedBy(row), last) !== 0) sources.clear();
      last = sortedBy(row);
      const id = row.at(-1) || null;
      const source = id === null ? part : (sources.get(id) ?? part);
      if (source !== part) continue;
      sources.set(id, part);
      yield row.slice(0, -2);
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.return?.()));
  }
}

/** Returns each different row with the number of its events, the largest number first. @param isOne True for one row in any case. */
async function counted(rows: AsyncIterable<Row>, isOne: boolean): Promise<Row[]> {
  const counts = new Map<string, { readonly row: Row; count: number }>();
  if (isOne) counts.set("[]", { row: [], count: 0 });
  for await (const row of rows) {
    const key = JSON.stringify(row, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { row, count: 1 });
  }
  return [...counts.values()]
    .sort((one, other) => other.count - one.count || compareRows(one.row, other.row))
    .map(({ row, count }) => [...row, BigInt(count)]);
}

const isTime = (value: LogValue): value is LogTime =>
  typeof value === "object" && value !== null && "micros" in value;

/** Orders times, the newest first and unknown ones last. */
const newestFirst: Order = (one, other) => {
  if (!isTime(one) || !isTime(other)) return Number(isTime(other)) - Number(isTime(one));
  return one.micros === other.micros ? 0 : one.micros > other.micros ? -1 : 1;
};

/** Orders texts by their bytes as DuckDB does, and NULL last. */
const byText: Order = (one, other) => {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  if (typeof one === "number" && typeof other === "number") return one - other;
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
};

const compareRows = (one: Row, other: Row): number =>
  one.reduce<number>((order, value, i) => order || byText(value, other[i] ?? null), 0);
