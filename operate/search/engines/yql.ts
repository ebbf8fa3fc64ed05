import {
  addedColumns,
  type Column,
  columns,
  type PlaceColumn,
  placeColumns,
  trailColumn,
} from "../../logs/record";
import { anyCase, type Condition, type Field, fieldOf, inJson, numberPattern } from "../conditions";
import { literal } from "./clickhouse";
import { daysOf, type Question } from "./question";
import { type Dialect, jsonPath, likePattern, render } from "./render";

/** Dialect of SQL's JSON paths, for conditions on an element of a list. The element is `@`. */
const inPath: Dialect = {
  joins: { and: { word: " && ", none: "1 == 1" }, or: { word: " || ", none: "1 == 0" } },
  oneOf: (field, values) => {
    const at = member(field);
    // JSON paths do not compare numbers and truth values with texts.
    const other = (value: string) =>
      value === "true" || value === "false" || isNumber.test(value) ? [value] : [];
    const equal = values.flatMap((value) => [JSON.stringify(value), ...other(value)]);
    return `(${equal.map((value) => `${at} == ${value}`).join(" || ")})`;
  },
  like: (field, pattern) => {
    const regex = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*");
    return `${member(field)} like_regex ${JSON.stringify(`^${regex}$`)}`;
  },
  exists: (field) => `exists(${member(field)})`,
  compare: (field, operator, number) =>
    `${member(field)}.double() ${operator === "=" ? "==" : operator} ${number}`,
  any: (field, _, has) => `exists(${member(field)}[*] ? (${has}))`,
  mentions: onlyOutside,
  within: onlyOutside,
  not: (inner) => `!(${inner})`,
};

function onlyOutside(): never {
  throw new RangeError("A condition about the whole event cannot be part of a condition about an element.");
}

const isNumber = new RegExp(`^(${numberPattern})$`);

const member = ({ base, path }: Field): string => ["@", ...base.split(".").slice(1), ...path].join(".");

/** YQL's dialect of conditions on the record in the column `data`. */
const inQuery: Dialect = {
  inner: inPath,
  oneOf: (field, values) => {
    const texts = values.map(literal);
    return texts.length === 1 ? `${textOf(field)} = ${texts}` : `${textOf(field)} IN (${texts.join(", ")})`;
  },
  like: (field, pattern) => `${textOf(field)} LIKE ${literal(likePattern(pattern))} ESCAPE '\\\\'`,
  exists: (field) => {
    const found = pathsOf(field).map((path) => `JSON_EXISTS(data, ${literal(path)})`);
    return `((${found.join(" OR ")}) AND COALESCE(${textOf(field)}, '-') != '')`;
  },
  compare: (field, operator, number) => {
    const [path = ""] = pathsOf(field);
    // YQL does not compare texts with numbers, but protobuf writes 64-bit integers as texts.
    const value = `COALESCE(JSON_VALUE(data, ${literal(path)} RETURNING Double), CAST(${textOf(field)} AS Double))`;
    return `${value} ${operator} ${number}`;
  },
  any: (field, _, has) => {
    const [path = ""] = pathsOf(field);
    return `JSON_EXISTS(data, ${literal(`${path}[*] ? (${has})`)})`;
  },
  mentions: (text) => `CAST(data AS String) REGEXP ${literal(`(?i)${anyCase(inJson(text))}`)}`,
  within: (from, to) => `(${time} IS NULL OR (${time} >= ${timestamp(from)} AND ${time} < ${timestamp(to)}))`,
  not: (inner) => `NOT COALESCE(${inner}, FALSE)`,
};

const timestamp = (at: number): string => `Timestamp('${new Date(at).toISOString()}')`;
const time = `CAST(JSON_VALUE(data, '$.event_time') AS Timestamp)`;

const byName = new Map<string, Column>(columns.map((column) => [column.name, column]));
const places = new Map<string, PlaceColumn>(placeColumns.map((column) => [column.name, column]));

/** Returns the JSON paths of a field in the record. The first one with a value counts. */
function pathsOf({ base, path }: Field): string[] {
  const place = places.get(base);
  if (place) return [`${placePath(place)}.${place.member}`];
  return (byName.get(base)?.members ?? []).map((members) => jsonPath([...members, ...path]));
}

const placePath = ({ of }: PlaceColumn): string =>
  of === undefined
    ? "$.resource_metadata.path[last]"
    : `$.resource_metadata.path[*] ? (@.resource_type == ${JSON.stringify(of)})`;

function textOf(field: Field): string {
  const values = pathsOf(field).map((path) => `JSON_VALUE(data, ${literal(path)})`);
  return values.length === 1 ? values.join() : `COALESCE(${values.join(", ")})`;
}

/** Returns a condition in YQL: https://ydb.tech/docs/en/yql/reference/builtins/json */
const yqlCondition = (condition: Condition): string => render(condition, inQuery);

/** Columns of the table `events` that YQL's text does not have. */
export const missingColumns: ReadonlySet<string> = new Set(
  [...addedColumns, trailColumn].map(({ name }) => name),
);

function shownAs(name: string): string {
  const field = fieldOf(name);
  const isWhole = field.path.length === 0 && (field.kind === "json" || field.kind === "path");
  return isWhole ? `JSON_QUERY(data, ${literal(pathsOf(field)[0] ?? "$")})` : textOf(field);
}

/**
 * Returns a question as YQL for Yandex Query: https://yandex.cloud/en/docs/query/concepts/partition-projection
 *
 * It was never run, because the engine cannot be installed. The long tests parse it.
 */
export function yqlText({ bucket, keyPrefix, range, condition, ...question }: Question): string {
  const { columns: shown, by, isCount, limit } = question;
  const days = range === "all" ? [] : daysOf(range);
  const projection = {
    "projection.enabled": true,
    "projection.date.type": "date",
    "projection.date.min": days[0] ?? "2020-01-01",
    "projection.date.max": days.at(-1) ?? "NOW",
    "projection.date.format": "%Y/%m/%d",
    "projection.date.unit": "DAYS",
    "storage.location.template": `${keyPrefix}\${date}/`,
  };
  const selected = (names: readonly string[]) => names.map((name) => `  ${shownAs(name)} AS \`${name}\``);
  const counted = "  COUNT(*) AS events";
  const [list, end] =
    by.length > 0
      ? [
          [...selected(by), counted],
          [
            `GROUP BY ${by.map((name) => `${shownAs(name)} AS \`${name}\``).join(", ")}`,
            "ORDER BY events DESC",
            `LIMIT ${limit}`,
          ],
        ]
      : isCount
        ? [[counted], []]
        : [selected(shown), [`ORDER BY ${time} DESC`, `LIMIT ${limit}`]];
  return `${[
    "-- This query was parsed and never run. It counts every copy of an event.",
    `-- Replace <connection> with your connection to bucket ${bucket}. Its account needs storage.viewer, and kms.keys.decrypter if the bucket is encrypted.`,
    `$projection = @@${JSON.stringify(projection, undefined, 2)}@@;`,
    "",
    `SELECT\n${list.join(",\n")}`,
    "FROM `<connection>`.`/`",
    "WITH (",
    "  format = 'json_as_string',",
    "  SCHEMA = (data Json, `date` Date),",
    "  PARTITIONED_BY = (`date`),",
    "  projection = $projection",
    ")",
    `WHERE ${yqlCondition(condition)}`,
    ...end,
  ].join("\n")};\n`;
}
