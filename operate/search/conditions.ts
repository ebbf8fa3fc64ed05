import { type Column, type ColumnKind, columns } from "../logs/record";

export type Operator = "<" | "<=" | ">" | ">=" | "=";

/**
 * A question about an event, as data. The engines render it, and {@link predicateOf} answers it for one event.
 *
 * Fields are columns of the table `events`, or JSON paths in its JSON columns, such as `details.folder_id`. Below `any` they are
 * members of the element, and the empty name is the element itself. A field that is missing, JSON null, an empty text or of another kind has no value, and no condition but
 * `not` holds for it: protobuf leaves empty texts out of JSON as it pleases.
 */
export type Condition =
  /** The field is one of some texts. Numbers and truth values count by their JSON text. */
  | { readonly is: "oneOf"; readonly field: string; readonly values: readonly string[] }
  /** The field's text has a pattern, in which `*` stands for any text. `*` alone is as `exists`. */
  | { readonly is: "like"; readonly field: string; readonly pattern: string }
  /** The field has a value. Empty lists and objects are values. */
  | { readonly is: "exists"; readonly field: string }
  /** The field is a number, or a text that is one, as protobuf writes 64-bit integers. */
  | { readonly is: "compare"; readonly field: string; readonly operator: Operator; readonly number: number }
  /** The field is a list, and a condition holds for one of its elements. */
  | { readonly is: "any"; readonly field: string; readonly has: Condition }
  /** A text stands anywhere in the event, in upper and lower case as given. */
  | { readonly is: "mentions"; readonly text: string }
  /** The event happened in a range of time, milliseconds since 1970, `to` excluded; or its time is unknown. */
  | { readonly is: "within"; readonly from: number; readonly to: number }
  | { readonly is: "and" | "or"; readonly of: readonly Condition[] }
  | { readonly is: "not"; readonly of: Condition };

export const oneOf = (field: string, ...values: readonly string[]): Condition => ({
  ...{ is: "oneOf", field, values },
});
export const like = (field: string, pattern: string): Condition => ({ is: "like", field, pattern });
export const exists = (field: string): Condition => ({ is: "exists", field });
export const isTrue = (field: string): Condition => oneOf(field, "true");
export const compare = (field: string, operator: Operator, number: number): Condition => ({
  ...{ is: "compare", field, operator, number },
});
export const any = (field: string, has: Condition): Condition => ({ is: "any", field, has });
export const and = (...of: readonly Condition[]): Condition => ({ is: "and", of });
export const or = (...of: readonly Condition[]): Condition => ({ is: "or", of });
export const not = (of: Condition): Condition => ({ is: "not", of });

/** Holds for every event. */
export const always = and();

/** A field as an engine reads it. */
export interface Field {
  /** Column, or the name of an element of a list. */
  readonly base: string;
  /** Kind of the base. */
  readonly kind: ColumnKind;
  /** Names of members in JSON. */
  readonly path: readonly string[];
}

/** Element of a list, which fields below `any` begin from. */
export interface Element {
  /** Name that the engine has for it. */
  readonly name: string;
  /** `text`, if it is an element of the column `path`, whose members are columns. */
  readonly kind: "json" | "text";
}

const known: ReadonlyMap<string, Column> = new Map(columns.map((column) => [column.name, column]));

/** Whether a field is a part of a JSON value: an element of a list is one without a path. */
export const isInJson = ({ base, kind, path }: Field): boolean =>
  path.length > 0 || (kind === "json" && !known.has(base));

/** Names in fields: nothing in them acts in any engine's text, so they need no quotes. */
const fieldName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Returns why something is no field of an event; undefined if it is one. */
export function faultOfField(field: string): string | undefined {
  const [name = "", ...path] = field.split(".");
  const column = known.get(name);
  if (!column) return "there is no such column";
  if (path.length > 0 && column.kind !== "json") return `${name} has no members`;
  if (!path.every((member) => fieldName.test(member)))
    return "names of members are letters, digits and _ between dots";
  return undefined;
}

/** Returns the field that a name stands for. @throws {RangeError} if there is none: questions are tested, options are checked. */
export function fieldOf(name: string, element?: Element): Field {
  const [base = "", ...path] = name.split(".");
  if (element?.kind === "json")
    return { base: element.name, kind: "json", path: name === "" ? [] : [base, ...path] };
  if (element) return { base: `${element.name}.${base}`, kind: "text", path };
  const fault = faultOfField(name);
  if (fault) throw new RangeError(`${name}: ${fault}`);
  return { base, kind: known.get(base)?.kind ?? "text", path };
}

/** The element that a condition below `any` is about. */
export const elementOf = ({ kind }: Field, depth: number): Element => ({
  name: `x${depth}`,
  kind: kind === "path" ? "text" : "json",
});

/** Whether a pattern is of `*` only: it holds wherever there is a value. */
export const isAnything = (pattern: string): boolean => /^\*+$/.test(pattern);

/** Whether a text has a pattern. Takes time in proportion to both, whatever the pattern. */
export function matches(text: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  const end = text.length - last.length;
  if (!text.startsWith(first) || !text.endsWith(last) || end < first.length) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

/** A text as it stands inside a JSON string. */
export const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Text of numbers in JSON strings and columns: decimal, with or without an exponent. */
export const numberPattern = "-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?";

const notSearched: ReadonlySet<string> = new Set(["object", "event_time_text"]);

/** Columns that `mentions` searches: texts as they are, JSON by its text. The path comes to it, by its members. */
export const searchedColumns = {
  text: columns.filter(({ kind, name }) => kind === "text" && !notSearched.has(name)).map(({ name }) => name),
  json: columns.filter(({ kind }) => kind === "json").map(({ name }) => name),
} as const;
