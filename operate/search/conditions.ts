import { type Column, type ColumnKind, columns, trailColumn } from "../logs/record";

export type Operator = "<" | "<=" | ">" | ">=" | "=";

/**
 * Condition on an event, as data. Engines render it as a query, and {@link predicateOf} tests one event.
 *
 * Fields are columns of the table `events`, or JSON paths in its JSON columns, such as `details.folder_id`. Below `any` they are
 * members of the element, and the empty name is the element itself.
 *
 * A field has no value if it is missing, JSON null, an empty text or of another kind. Only `not` holds for it. Empty texts are no
 * values because protobuf may leave them out of JSON.
 */
export type Condition =
  /** The field equals one of the texts. Numbers and truth values are compared by their JSON text. */
  | { readonly is: "oneOf"; readonly field: string; readonly values: readonly string[] }
  /** The field matches a pattern, in which `*` matches any text. `*` alone is the same as `exists`. */
  | { readonly is: "like"; readonly field: string; readonly pattern: string }
  /** The field has a value. Empty lists and objects are values. */
  | { readonly is: "exists"; readonly field: string }
  /** The field is a number that compares so. A text may be a number too: protobuf writes 64-bit integers as text. */
  | { readonly is: "compare"; readonly field: string; readonly operator: Operator; readonly number: number }
  /** The field is a list, and the condition holds for one of its elements. */
  | { readonly is: "any"; readonly field: string; readonly has: Condition }
  /** The event contains a text anywhere. Upper and lower case are the same, in every alphabet: see {@link anyCase}. */
  | { readonly is: "mentions"; readonly text: string }
  /** The event's time is in a range, milliseconds since 1970, `to` excluded; or it is unknown. */
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

/** Condition that holds for every event. */
export const always = and();

/** Field as engines read it. */
export interface Field {
  /** Name of a column, or of an element of a list. */
  readonly base: string;
  /** Kind of the base. */
  readonly kind: ColumnKind;
  /** Path of member names in a JSON value. */
  readonly path: readonly string[];
}

/** Element of a list: the base of fields below `any`. */
export interface Element {
  /** Name of the element in the engine's text. */
  readonly name: string;
  /** `text` for an element of the column `path`, whose members are texts; `json` for an element of a JSON list. */
  readonly kind: "json" | "text";
}

const known: ReadonlyMap<string, Column> = new Map(columns.map((column) => [column.name, column]));

/** Checks whether a field is a part of a JSON value, such as an element of a JSON list. */
export const isInJson = ({ base, kind, path }: Field): boolean =>
  path.length > 0 || (kind === "json" && !known.has(base));

/** Allowed names of members. They have no special meaning in any engine's text, so they need no quotes. */
const fieldName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Returns the fault of a field name; undefined if it is valid. */
export function faultOfField(field: string): string | undefined {
  const [name = "", ...path] = field.split(".");
  const column = known.get(name);
  if (!column) return "there is no such column";
  if (path.length > 0 && column.kind !== "json") return `${name} has no members`;
  if (!path.every((member) => fieldName.test(member)))
    return "names of members are letters, digits and _ between dots";
  return undefined;
}

/** Returns the field with a name. @throws {RangeError} if there is none. Options are checked before by {@link faultOfField}. */
export function fieldOf(name: string, element?: Element): Field {
  const [base = "", ...path] = name.split(".");
  if (element?.kind === "json")
    return { base: element.name, kind: "json", path: name === "" ? [] : [base, ...path] };
  if (element) return { base: `${element.name}.${base}`, kind: "text", path };
  const fault = faultOfField(name);
  if (fault) throw new RangeError(`${name}: ${fault}`);
  return { base, kind: known.get(base)?.kind ?? "text", path };
}

/** Returns the element for conditions below `any`. */
export const elementOf = ({ kind }: Field, depth: number): Element => ({
  name: `x${depth}`,
  kind: kind === "path" ? "text" : "json",
});

/** Checks whether a pattern consists of `*` only, so that it matches every value. */
export const isAnything = (pattern: string): boolean => /^\*+$/.test(pattern);

/** Checks whether a text matches a pattern. It takes linear time for every pattern. */
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

/** Returns a text as it appears inside a JSON string. */
export const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/**
 * Returns the regular expression for a text in upper or lower case. DuckDB and ClickHouse ignore case by RE2. JavaScript does the same
 * by the flags `iu`: both use Unicode's simple case folding. So `σ` also matches `ς`, but `ss` does not match `ß`.
 */
export const anyCase = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** Regular expression of numbers in text: decimal, with an optional exponent. */
export const numberPattern = "-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?";

const notSearched: ReadonlySet<string> = new Set(["object", "event_time_text", trailColumn.name]);

/** Columns that `mentions` searches: text columns, and the text of JSON columns. It also searches the members of the path. */
export const searchedColumns = {
  text: columns.filter(({ kind, name }) => kind === "text" && !notSearched.has(name)).map(({ name }) => name),
  json: columns.filter(({ kind }) => kind === "json").map(({ name }) => name),
} as const;
