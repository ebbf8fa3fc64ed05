import { pathMembers } from "../../components/auditEvent";
import { type AuditEvent, memberColumns, type PlaceColumn, placeColumns } from "../logs/record";
import {
  anyCase,
  type Condition,
  type Element,
  elementOf,
  exists,
  fieldOf,
  inJson,
  isAnything,
  matches,
  numberPattern,
  type Operator,
  searchedColumns,
} from "./conditions";

/** Event in two parts: the members that fit the table, and the rest as text. */
interface Divided {
  readonly event: AuditEvent;
  readonly rest: string | undefined;
}

type Test = (of: Divided, element?: unknown) => boolean;

/**
 * Returns a function that tests a condition on one event, with the same result as the engines. Its second argument is the text of
 * the column `rest`.
 */
export function predicateOf(condition: Condition): (event: AuditEvent, rest?: string) => boolean {
  const test = testOf(condition, 0);
  return (event, rest) => test({ event, rest });
}

function testOf(condition: Condition, depth: number, element?: Element): Test {
  const reader = (field: string): ((of: Divided, inner: unknown) => unknown) => {
    const { base, path } = fieldOf(field, element);
    if (!element) return ({ event }) => memberAt(columnOf(event, base), path);
    const names = field === "" ? [] : field.split(".");
    return (_, inner) => memberAt(inner, names);
  };
  const textTest = (field: string, holds: (text: string) => boolean): Test => {
    const read = reader(field);
    return (event, inner) => {
      const text = textOf(read(event, inner));
      return text !== undefined && holds(text);
    };
  };
  switch (condition.is) {
    case "oneOf": {
      const values = new Set(condition.values);
      return textTest(condition.field, (text) => values.has(text));
    }
    case "like":
      if (isAnything(condition.pattern)) return testOf(exists(condition.field), depth, element);
      return textTest(condition.field, (text) => matches(text, condition.pattern));
    case "exists": {
      const read = reader(condition.field);
      return (event, inner) => isThere(read(event, inner));
    }
    case "compare": {
      const { number, operator } = condition;
      return textTest(
        condition.field,
        (text) => isNumber.test(text) && holds[operator](Number(text), number),
      );
    }
    case "any": {
      const read = reader(condition.field);
      const has = testOf(condition.has, depth + 1, elementOf(fieldOf(condition.field, element), depth + 1));
      return (event, inner) => {
        const list = read(event, inner);
        return Array.isArray(list) && list.some((item) => has(event, item));
      };
    }
    case "mentions": {
      const [plain, escaped] = [condition.text, inJson(condition.text)].map(
        (text) => new RegExp(anyCase(text), "iu"),
      ) as [RegExp, RegExp];
      return ({ event, rest }) =>
        mentions(event, plain, escaped) || (rest !== undefined && escaped.test(rest));
    }
    case "within":
      return ({ event: { event_time } }) => {
        const time = timeOf(event_time);
        return time === undefined || (time >= condition.from && time < condition.to);
      };
    case "and":
    case "or": {
      const tests = condition.of.map((one) => testOf(one, depth, element));
      return condition.is === "and"
        ? (event, inner) => tests.every((test) => test(event, inner))
        : (event, inner) => tests.some((test) => test(event, inner));
    }
    case "not": {
      const test = testOf(condition.of, depth, element);
      return (event, inner) => !test(event, inner);
    }
  }
}

const isNumber = new RegExp(`^(${numberPattern})$`);

const holds: Readonly<Record<Operator, (one: number, other: number) => boolean>> = {
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
  "=": (one, other) => one === other,
};

const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** Returns the text of a value for comparisons; undefined for empty texts, lists and objects. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** Returns the value at a path of member names; undefined if there is none. */
export function memberAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Checks of values, by kind. A value of another kind is in the column `rest` of the table. */
const ofKind = {
  text: (value: unknown) => typeof value === "string",
  time: (value: unknown) => typeof value === "string",
  flag: (value: unknown) => typeof value === "boolean",
  integer: (value: unknown) => Number.isInteger(value),
  json: (value: unknown) => value !== undefined && value !== null,
  path: (value: unknown) => Array.isArray(value),
};

const members = new Map(memberColumns.map((column) => [column.name, column]));
const places = new Map(placeColumns.map((column) => [column.name, column]));

/** Returns the value of a table column for an event. */
export function columnOf(event: AuditEvent, name: string): unknown {
  const place = places.get(name);
  if (place) return placeOf(event, place);
  const column = members.get(name);
  if (!column) return undefined;
  return column.members.map((path) => memberAt(event, path)).find((value) => ofKind[column.kind](value));
}

function placeOf(event: AuditEvent, { of, member }: PlaceColumn): unknown {
  const { path } = event.resource_metadata ?? {};
  if (!Array.isArray(path)) return undefined;
  const element = of === undefined ? path.at(-1) : path.find((one) => one?.resource_type === of);
  return memberAt(element, [member]);
}

/** @param plain Expression for texts. @param escaped Expression for JSON. */
function mentions(event: AuditEvent, plain: RegExp, escaped: RegExp): boolean {
  const has = (value: unknown, part: RegExp) => typeof value === "string" && part.test(value);
  const { path } = event.resource_metadata ?? {};
  return (
    searchedColumns.text.some((name) => has(columnOf(event, name), plain)) ||
    searchedColumns.json.some((name) => has(JSON.stringify(columnOf(event, name)), escaped)) ||
    (Array.isArray(path) && path.some((one) => pathMembers.some((name) => has(memberAt(one, [name]), plain))))
  );
}

/** Parses a time; without a zone it is in UTC. @returns milliseconds since 1970; undefined if it is not a time. */
export function timeOf(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined;
  const at = Date.parse(/(Z|[+-]\d\d(:?\d\d)?)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}
