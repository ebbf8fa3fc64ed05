import {
  type Condition,
  type Element,
  elementOf,
  type Field,
  fieldOf,
  isAnything,
  type Operator,
} from "../conditions";

type Joins = Readonly<Record<"and" | "or", { readonly word: string; readonly none: string }>>;

const sqlJoins: Joins = { and: { word: " and ", none: "true" }, or: { word: " or ", none: "false" } };

/** Dialect of an engine. Each method returns a condition as text, in parentheses where it needs them. */
export interface Dialect {
  /** Words that join conditions, and the text for an empty list of conditions. @default SQL's */
  readonly joins?: Joins;
  /** Dialect of conditions on an element of a list. @default this dialect */
  readonly inner?: Dialect;
  /** @param values At least one text; no text is empty. */
  oneOf(field: Field, values: readonly string[]): string;
  /** @param pattern Pattern with other characters than `*`. */
  like(field: Field, pattern: string): string;
  exists(field: Field): string;
  compare(field: Field, operator: Operator, number: number): string;
  /** @param has Condition on the element, as text. */
  any(field: Field, element: Element, has: string): string;
  mentions(text: string): string;
  within(from: number, to: number): string;
  not(inner: string): string;
}

/** Returns a condition in an engine's dialect. */
export function render(condition: Condition, dialect: Dialect, element?: Element, depth = 0): string {
  const inner = (one: Condition) => render(one, dialect, element, depth);
  const { joins = sqlJoins } = dialect;
  switch (condition.is) {
    case "oneOf": {
      const values = condition.values.filter((value) => value !== "");
      return values.length > 0 ? dialect.oneOf(fieldOf(condition.field, element), values) : joins.or.none;
    }
    case "like": {
      const field = fieldOf(condition.field, element);
      const { pattern } = condition;
      if (isAnything(pattern)) return dialect.exists(field);
      if (pattern === "") return joins.or.none;
      return pattern.includes("*") ? dialect.like(field, pattern) : dialect.oneOf(field, [pattern]);
    }
    case "exists":
      return dialect.exists(fieldOf(condition.field, element));
    case "compare":
      return dialect.compare(fieldOf(condition.field, element), condition.operator, condition.number);
    case "any": {
      const field = fieldOf(condition.field, element);
      const item = elementOf(field, depth + 1);
      return dialect.any(field, item, render(condition.has, dialect.inner ?? dialect, item, depth + 1));
    }
    case "mentions":
      return dialect.mentions(condition.text);
    case "within":
      return dialect.within(condition.from, condition.to);
    case "and":
    case "or": {
      const { word, none } = joins[condition.is];
      const parts = condition.of.map(inner);
      if (parts.length === 0) return none;
      return parts.length === 1 ? parts.join() : `(${parts.join(word)})`;
    }
    case "not":
      return dialect.not(inner(condition.of));
  }
}

/** Returns a pattern for `LIKE`, with backslash as the escape character. */
export const likePattern = (pattern: string): string =>
  pattern.replace(/[\\%_]/g, "\\$&").replace(/\*+/g, "%");

/** Returns a JSON path of SQL and DuckDB, such as `$.a.b`. {@link fieldOf} has checked the names of members. */
export const jsonPath = (path: readonly string[]): string => ["$", ...path].join(".");
