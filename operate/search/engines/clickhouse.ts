import { pathMembers } from "../../../components/auditEvent";
import { addedColumns, type Column, memberColumns, type PlaceColumn, placeColumns } from "../../logs/record";
import {
  type Condition,
  type Field,
  fieldOf,
  inJson,
  isInJson,
  matches,
  numberPattern,
  searchedColumns,
} from "../conditions";
import { daysOf, type Question } from "./question";
import { type Dialect, jsonPath, likePattern, render } from "./render";

/** Characters that act on a terminal or in a literal, as UTF-8 bytes in hexadecimal digits. */
const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const asBytes = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");

/** Returns a text as a literal: https://clickhouse.com/docs/sql-reference/syntax#string. YQL reads it as well. */
export const literal = (text: string): string =>
  `'${text.replace(/[\\']/g, "\\$&").replace(acting, asBytes)}'`;

/** Returns a condition as ClickHouse's SQL over the columns of {@link eventsFrom}. */
export const clickhouseCondition = (condition: Condition): string => render(condition, new ClickhouseText());

/** How ClickHouse writes conditions. What is missing is an empty text there. */
class ClickhouseText implements Dialect {
  oneOf(field: Field, values: readonly string[]): string {
    const texts = values.map(literal);
    const condition =
      texts.length === 1 ? `${textOf(field)} = ${texts}` : `${textOf(field)} in (${texts.join(", ")})`;
    return butNull(field, values.includes("null"), condition);
  }

  like(field: Field, pattern: string): string {
    const condition = `${textOf(field)} like ${literal(likePattern(pattern))}`;
    return butNull(field, matches("null", pattern), condition);
  }

  exists(field: Field): string {
    const { base, kind, path } = field;
    if (isInJson(field)) return `JSONExtractRaw(${base}${keys(path)}) not in ('', 'null', '""')`;
    if (kind === "path") return `notEmpty(${base})`;
    return kind === "text" || kind === "json" ? `${base} != ''` : `isNotNull(${base})`;
  }

  compare(field: Field, operator: string, number: number): string {
    const text = textOf(field);
    return `(match(${text}, ${literal(`^(${numberPattern})$`)}) and toFloat64OrZero(${text}) ${operator} ${number})`;
  }

  any({ base, kind, path }: Field, { name }: { readonly name: string }, has: string): string {
    const list = kind === "path" ? base : `JSONExtractArrayRaw(${base}${keys(path)})`;
    return `arrayExists(${name} -> ${has}, ${list})`;
  }

  mentions(text: string): string {
    const parts = [
      ...searchedColumns.text.map((name) => `position(${name}, ${literal(text)}) > 0`),
      ...searchedColumns.json
        .filter((name) => !missingColumns.has(name))
        .map((name) => `position(${name}, ${literal(inJson(text))}) > 0`),
      ...pathMembers.map((name) => `arrayExists(x -> position(x.${name}, ${literal(text)}) > 0, path)`),
    ];
    return `(${parts.join(" or ")})`;
  }

  within(from: number, to: number): string {
    return `(event_time = ${unknownTime} or (event_time >= ${timeOf(from)} and event_time < ${timeOf(to)}))`;
  }

  not(inner: string): string {
    return `not (${inner})`;
  }
}

/** `JSON_VALUE` gives null its text. */
const butNull = ({ base, kind, path }: Field, isPossible: boolean, condition: string): string =>
  isPossible && kind === "json" ? `(${condition} and JSONType(${base}${keys(path)}) != 'Null')` : condition;

const keys = (path: readonly string[]): string => path.map((name) => `, ${literal(name)}`).join("");

const textOf = ({ base, kind, path }: Field): string => {
  if (path.length > 0) return `JSON_VALUE(${base}, ${literal(jsonPath(path))})`;
  if (kind === "json") return `JSON_VALUE(concat('{"a":', ${base}, '}'), '$.a')`;
  return kind === "text" ? base : `ifNull(toString(${base}), '')`;
};

const timeOf = (time: number): string =>
  `toDateTime64('${new Date(time).toISOString().replace("T", " ").replace("Z", "")}', 9, 'UTC')`;

/** Stands for a time that is missing or no time: keys of tables have no NULL. */
const unknownTime = "toDateTime64(0, 9, 'UTC')";

/** Columns of the table `events` that these texts do not make. */
export const missingColumns: ReadonlySet<string> = new Set(
  addedColumns.map(({ name }) => name).filter((name) => name !== "object"),
);

/** Types of columns in a table. */
const types: Readonly<Record<Column["kind"], string>> = {
  text: "String",
  time: "DateTime64(9, 'UTC')",
  flag: "Nullable(Bool)",
  integer: "Nullable(Int32)",
  json: "String",
  path: `Array(Tuple(${pathMembers.map((name) => `${name} String`).join(", ")}))`,
};

/** Reads a member of the record, which is in the column `json`. */
function member({ kind }: Column, path: readonly string[]): string {
  const at = `json${keys(path)}`;
  if (kind === "text") return `JSONExtractString(${at})`;
  if (kind === "time") return `parseDateTime64BestEffortOrZero(JSONExtractString(${at}), 9, 'UTC')`;
  if (kind === "json") return `if(JSONType(${at}) = 'Null', '', JSONExtractRaw(${at}))`;
  if (kind !== "path") return `JSONExtract(${at}, ${literal(types[kind])})`;
  // An element that lacks a member is one all the same: JSONExtract of tuples may drop it.
  const element = pathMembers.map((name) => `JSONExtractString(x, ${literal(name)})`).join(", ");
  return `cast(arrayMap(x -> (${element}), JSONExtractArrayRaw(${at})), ${literal(types.path)})`;
}

const memberOf = (column: Column): string => {
  const [first = "''", ...others] = column.members.map((path) => member(column, path));
  return others.reduce((value, other) => `if(${value} != '', ${value}, ${other})`, first);
};

const placeOf = ({ of, member: name }: PlaceColumn): string =>
  of === undefined ? `path[-1].${name}` : `arrayFirst(x -> x.resource_type = ${literal(of)}, path).${name}`;

const readColumns = [
  ...memberColumns.map((column) => ({ ...column, value: memberOf(column) })),
  ...placeColumns.map((column) => ({ ...column, value: placeOf(column) })),
  // ClickHouse puts the bucket before the key.
  { name: "object", kind: "text" as const, value: "replaceRegexpOne(_path, '^[^/]*/', '')" },
  // Copies of an event have its id. An event without an id is its own text.
  { name: "key", kind: "text" as const, value: "if(event_id = '', hex(sipHash128(json)), event_id)" },
];

const listed = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join(",\n");

/** The SELECT that makes the columns of the table `events` of log objects. */
export const eventsFrom = (source: string): string =>
  `select\n${listed(readColumns.map(({ name, value }) => `${value} as ${name}`))}\nfrom ${source}`;

/** Name of the named collection, which holds address and keys: no text has them. */
const collection = "audit_logs";

/** Pattern of the keys of log objects in a range, in both layouts. Days are listed by their prefix. */
function keysOf({ keyPrefix, range }: Question): string {
  const days = range === "all" ? [] : daysOf(range);
  if (days.length === 0 || days.length > mostDays) return `${keyPrefix}**.json`;
  const months = new Set(days.map((day) => day.slice(0, 7)));
  // A star inside of the braces would stand for itself.
  return `${keyPrefix}{${[...months, ...days].map((day) => day.replaceAll("-", "/")).join(",")}}/*.json`;
}

/** Days that a pattern names one by one. */
const mostDays = 100;

function answerFrom(question: Question, source: string): string {
  const where = clickhouseCondition(question.condition);
  const { columns, by, isCount, limit } = question;
  const selected = (names: readonly string[]) =>
    names.map((name) => `${value(name)} as \`${name}\``).join(", ");
  if (isCount && by.length === 0) return `select count() as events\nfrom ${source}\nwhere ${where};`;
  if (by.length > 0)
    return (
      `select ${selected(by)}, count() as events\nfrom ${source}\nwhere ${where}\n` +
      `group by ${by.map(value).join(", ")}\norder by events desc, ${by.map(value).join(", ")}\nlimit ${limit};`
    );
  return `select ${selected(columns)}\nfrom ${source}\nwhere ${where}\norder by event_time desc, key\nlimit ${limit};`;
}

const value = (name: string): string => {
  const { base, path } = fieldOf(name);
  return path.length > 0 ? textOf({ base, kind: "json", path }) : base;
};

/** The texts of a question for ClickHouse. */
export interface ClickhouseTexts {
  /** Creates the named collection; placeholders stand for the keys. */
  readonly collection: string;
  /** Answers over the log objects. */
  readonly objects: string;
  readonly createTable: string;
  readonly insert: string;
  /** Answers over the table. */
  readonly table: string;
}

const source = `s3(${collection}, `;
const clusterSource = `s3Cluster('<cluster>', ${collection}, `;

/** Returns the texts of a question for ClickHouse: https://clickhouse.com/docs/sql-reference/table-functions/s3 */
export function clickhouseTexts(question: Question): ClickhouseTexts {
  const { storageEndpoint, bucket } = question;
  const file = `filename = ${literal(keysOf(question))}, format = 'JSONAsString', structure = 'json String'`;
  const events = eventsFrom(`${source}${file})`);
  return {
    collection:
      `create named collection ${collection} as url = ${literal(`${storageEndpoint}/${bucket}/`)}, ` +
      "access_key_id = '<id of a static key>', secret_access_key = '<its secret>';",
    objects: answerFrom(question, `(\n${`${events}\nlimit 1 by key`.replace(/^/gm, "  ")}\n) as events`),
    createTable:
      `create table audit_events (\n${listed(readColumns.map(({ name, kind }) => `${name} ${types[kind]}`))}\n)\n` +
      "engine = ReplacingMergeTree\nprimary key (event_type, event_time)\norder by (event_type, event_time, key);",
    insert: `insert into audit_events\n${events};`,
    table: answerFrom(question, "audit_events final"),
  };
}

/** Returns all texts as one, with a comment on each. Only the answer over the log objects runs as it stands. */
export function clickhouseText(question: Question): string {
  const texts = clickhouseTexts(question);
  return `${[
    "-- Once: address and static key of an account that may read the bucket. No other text holds a key.",
    commented(texts.collection),
    `-- The answer, read from the log objects. For all machines of a cluster write ${clusterSource}...) for ${source}...).`,
    texts.objects,
    "-- For many questions: a table. Run the INSERT again for newer days; copies of an event are merged.",
    commented(texts.createTable),
    commented(texts.insert),
    commented(texts.table),
  ].join("\n\n")}\n`;
}

const commented = (text: string): string => text.replace(/^/gm, "-- ");
