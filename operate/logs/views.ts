import { columns, duckdbTypes, trailColumn } from "./record";
import { literal, readParquet } from "./store/conversion";
import type { LogRange, StoredLogs } from "./types";

/** Contents of the views `events` and `all_events`. */
export interface Views {
  readonly logs: readonly Pick<StoredLogs, "trailId" | "files" | "duplicates">[];
  /** Parquet file that lists the later ones of equal copies in different trails. */
  readonly copies?: string;
  /** Range of event times that the views are limited to. */
  readonly range: LogRange;
}

/** Returns the statements that create the views and the macros. */
export function statementsOf(views: Views): string[] {
  return [
    `CREATE VIEW all_events AS SELECT * FROM (${allEvents(views)}) WHERE ${within(views.range)}`,
    `CREATE VIEW events AS SELECT * FROM all_events${without(listsOf(views))}`,
    ...macros.map((macro) => `CREATE MACRO ${macro}`),
  ];
}

/** Returns the files that the views read. */
export const allFilesOf = (views: Views): string[] => [
  ...views.logs.flatMap(({ files }) => files),
  ...listsOf(views),
];

/** Returns the files that list repeated copies of events. */
const listsOf = ({ logs, copies }: Views): string[] =>
  [...logs.map(({ duplicates }) => duplicates), copies].filter((list) => list !== undefined);

/** Returns a join that leaves out the listed records; an empty text without lists. Keys of log objects contain the trail's id. */
export function without(lists: readonly string[]): string {
  const listed = lists.map((list) => `SELECT object, position FROM ${readParquet([list])}`);
  return listed.length === 0 ? "" : ` ANTI JOIN (${listed.join(" UNION ALL ")}) USING (object, position)`;
}

function allEvents({ logs }: Views): string {
  const parts = logs
    .filter(({ files }) => files.length > 0)
    .map(
      ({ trailId, files }) =>
        `SELECT *, ${literal(trailId)} AS "${trailColumn.name}" FROM ${readParquet(files)}`,
    );
  if (parts.length > 0) return parts.join(" UNION ALL ");
  return `SELECT ${columns.map(({ name, kind }) => `NULL::${duckdbTypes[kind]} AS "${name}"`).join(", ")} WHERE false`;
}

/** Returns the condition that an event is in a range. An event without a valid time is in every range. */
export function within(range: LogRange): string {
  if (range === "all") return "true";
  const [from, to] = [range.from, range.to].map((time) => `TIMESTAMPTZ '${new Date(time).toISOString()}'`);
  return `(event_time IS NULL OR event_time >= ${from} AND event_time < ${to})`;
}

/** Macros for users. They avoid a trap: `->>` binds weaker than `=` and AND. */
const macros = [
  "detail(document, member) AS json_extract_string(document, '$.' || member)",
  `granted(details) AS list_transform(
    list_filter(
      from_json(
        json_extract(details, '$.access_binding_deltas'),
        '[{"action":"VARCHAR","access_binding":{"role_id":"VARCHAR","subject_id":"VARCHAR","subject_type":"VARCHAR"}}]'
      ),
      lambda delta: delta.action = 'ADD'
    ),
    lambda delta: delta.access_binding
  )`,
];
