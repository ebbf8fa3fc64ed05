import { auditEventMembers, type Members } from "../../../components/auditEvent";
import { addedColumns, duckdbTypes, memberColumns, placeColumns } from "../record";

/** Short names of the members of a line that the store writes for DuckDB. */
export const lineMembers = { object: "o", position: "p", rest: "r", event: "e" } as const;

/**
 * Returns the text of a line before its event.
 *
 * @param object Key of the log object, as JSON. @param rest Members that do not fit, as JSON.
 */
export const beforeEvent = (object: string, position: number, rest: string | undefined): string =>
  `{"o":${object},"p":${position}${rest === undefined ? "" : `,"r":${rest}`},"e":`;

/** Text of a line after its event. */
export const afterEvent = "}\n";

const quoted = (name: string): string => `"${name}"`;
const fields = (place: readonly string[]): string => [lineMembers.event, ...place].map(quoted).join(".");

/** Returns the DuckDB type of a group of members. Times are text in it. */
const structOf = (members: Members): string =>
  `STRUCT(${Object.entries(members)
    .map(([name, member]) => {
      if ("members" in member) return `${quoted(name)} ${structOf(member.members)}`;
      const { kind } = member;
      const type = kind === "time" ? "text" : kind === "object" ? "json" : kind;
      return `${quoted(name)} ${duckdbTypes[type]}`;
    })
    .join(", ")})`;

const lineColumns = [
  `o: 'VARCHAR', p: 'INTEGER', r: 'JSON'`,
  `e: '${structOf(auditEventMembers).replaceAll("'", "''")}'`,
].join(", ");

const time = fields(["event_time"]);
const path = fields(["resource_metadata", "path"]);

/** SQL expressions of {@link addedColumns}, by name. */
const added: Readonly<Record<(typeof addedColumns)[number]["name"], string>> = {
  // The type keeps six digits. Zeros after them are no loss.
  event_time_text: `CASE WHEN regexp_matches(${time}, '\\.\\d{6}\\d*[1-9]') OR TRY_CAST(${time} AS TIMESTAMPTZ) IS NULL THEN ${time} END`,
  rest: "r",
  object: "o",
  position: "p",
};

const selected = [
  ...memberColumns.map(({ name, kind, members }) => {
    const values = members.map(fields);
    const value = values.length > 1 ? `COALESCE(${values.join(", ")})` : values.join();
    return `${kind === "time" ? `TRY_CAST(${value} AS TIMESTAMPTZ)` : value} AS ${quoted(name)}`;
  }),
  ...placeColumns.map(({ name, of, member }) => {
    const element =
      of === undefined ? `${path}[-1]` : `list_filter(${path}, lambda x: x.resource_type = '${of}')[1]`;
    return `${element}.${member} AS ${quoted(name)}`;
  }),
  ...addedColumns.map(({ name }) => `${added[name]} AS ${quoted(name)}`),
].join(", ");

/** Returns a text as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Returns a call that reads Parquet files. */
export const readParquet = (files: readonly string[]): string =>
  `read_parquet([${files.map(literal).join(", ")}])`;

/** COPY options of all Parquet files of the store. */
const parquet = "FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2";

/**
 * Returns the statement that converts a file of lines into a Parquet file. It does not sort: objects arrive nearly in the order of
 * time, and sorting takes a quarter of the processor time.
 *
 * @param longest Bytes of the longest line.
 */
export const convert = (lines: string, to: string, longest: number): string =>
  `COPY (SELECT ${selected} FROM read_json(${literal(lines)}, format = 'newline_delimited', ` +
  `maximum_object_size = ${longest + 1024}, columns = {${lineColumns}})) TO ${literal(to)} (${parquet})`;

/** Returns the statement that joins Parquet files of the store into one. */
export const join = (files: readonly string[], to: string): string =>
  `COPY (SELECT * FROM ${readParquet(files)}) TO ${literal(to)} (${parquet})`;
