import { pathMembers } from "../../../components/auditEvent";
import {
  addedColumns,
  type Column,
  memberColumns,
  type PlaceColumn,
  placeColumns,
  trailColumn,
} from "../../logs/record";
import {
  anyCase,
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

/** Control and format characters, which are escaped in literals. */
const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const asBytes = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");

/** Returns a text as a literal for ClickHouse and YQL: https://clickhouse.com/docs/sql-reference/syntax#string. */
export const literal = (text: string): string =>
  `'${text.replace(/[\\']/g, "\\$&").replace(acting, asBytes)}'`;

/** Returns a condition as ClickHouse's SQL over the columns of {@link eventsFrom}. */
export const clickhouseCondition = (condition: Condition): string => render(condition, new ClickhouseText());

/** ClickHouse's dialect of conditions. A missing value is an empty text there. */
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
    const has = (value: string, part: string) => `match(${value}, ${literal(`(?i)${anyCase(part)}`)})`;
    const parts = [
      ...searchedColumns.text.map((name) => has(name, text)),
      ...searchedColumns.json
        .filter((name) => !missingColumns.has(name))
        .map((name) => has(name, inJson(text))),
      ...pathMembers.map((name) => `arrayExists(x -> ${has(`x.${name}`, text)}, path)`),
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

/** Excludes JSON null from a condition, because `JSON_VALUE` returns the text `null` for it. */
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

/** Value of a missing or invalid time. It is not NULL, because keys of tables cannot be NULL. */
const unknownTime = "toDateTime64(0, 9, 'UTC')";

/** Columns of the table `events` that ClickHouse's texts do not have. */
export const missingColumns: ReadonlySet<string> = new Set(
  [...addedColumns, trailColumn].map(({ name }) => name).filter((name) => name !== "object"),
);

/** ClickHouse types of columns, by kind. */
const types: Readonly<Record<Column["kind"], string>> = {
  text: "String",
  time: "DateTime64(9, 'UTC')",
  flag: "Nullable(Bool)",
  integer: "Nullable(Int32)",
  json: "String",
  path: `Array(Tuple(${pathMembers.map((name) => `${name} String`).join(", ")}))`,
};

/** Returns the expression that reads a member of the record in the column `json`. */
function member({ kind }: Column, path: readonly string[]): string {
  const at = `json${keys(path)}`;
  if (kind === "text") return `JSONExtractString(${at})`;
  if (kind === "time") return `parseDateTime64BestEffortOrZero(JSONExtractString(${at}), 9, 'UTC')`;
  if (kind === "json") return `if(JSONType(${at}) = 'Null', '', JSONExtractRaw(${at}))`;
  if (kind !== "path") return `JSONExtract(${at}, ${literal(types[kind])})`;
  // JSONExtract of tuples may drop an element that lacks a member.
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
  // Copies of an event share its id. An event without an id is identified by its text.
  { name: "key", kind: "text" as const, value: "if(event_id = '', hex(sipHash128(json)), event_id)" },
];

const listed = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join(",\n");

/** Returns the SELECT that reads the columns of the table `events` from log objects. */
export const eventsFrom = (source: string): string =>
  `select\n${listed(readColumns.map(({ name, value }) => `${value} as ${name}`))}\nfrom ${source}`;

/** Name of the named collection that holds address and keys. No other text has them. */
const collection = "audit_logs";

/** Returns the pattern of the keys of log objects in a range, in both layouts. */
function keysOf({ keyPrefix, range }: Question): string {
  const days = range === "all" ? [] : daysOf(range);
  if (days.length === 0 || days.length > mostDays) return `${keyPrefix}**.json`;
  const months = new Set(days.map((day) => day.slice(0, 7)));
  // Inside braces, a star would be a literal star.
  return `${keyPrefix}{${[...months, ...days].map((day) => day.replaceAll("-", "/")).join(",")}}/*.json`;
}

/** Largest number of days that a pattern lists. */
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

/** ClickHouse statements for a question. */
export interface ClickhouseTexts {
  /** Creates the named collection, with placeholders for the keys. */
  readonly collection: string;
  /** Answers the question over the log objects. */
  readonly objects: string;
  readonly createTable: string;
  readonly insert: string;
  /** Answers the question over the table. */
  readonly table: string;
}

const source = `s3(${collection}, `;
const clusterSource = `s3Cluster('<cluster>', ${collection}, `;

/** Returns the ClickHouse statements for a question: https://clickhouse.com/docs/sql-reference/table-functions/s3 */
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

/** Returns all statements as one text, each with a comment. Only the answer over the log objects is not commented out. */
export function clickhouseText(question: Question): string {
  const texts = clickhouseTexts(question);
  return `${[
    "-- Run once. Insert the static key of an account that may read the bucket. No other statement holds a key.",
    commented(texts.collection),
    `-- The answer, read from the log objects. To use all machines of a cluster, replace ${source}...) with ${clusterSource}...).`,
    texts.objects,
    "-- For many questions, create a table. To add newer days, run the INSERT again. Copies of an event are merged.",
    commented(texts.createTable),
    commented(texts.insert),
    commented(texts.table),
  ].join("\n\n")}\n`;
}

const commented = (text: string): string => text.replace(/^/gm, "-- ");
