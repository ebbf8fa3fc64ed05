import { pathMembers } from "../../../components/auditEvent";
import {
  type Condition,
  type Field,
  fieldOf,
  inJson,
  isInJson,
  numberPattern,
  searchedColumns,
} from "../conditions";
import { type Dialect, jsonPath, likePattern, render } from "./render";

/** Statement with the values of its parameters `$1`, `$2` and so on. */
export interface Bound {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** DuckDB's dialect of conditions. Values are bound as parameters and never part of the text. */
export class DuckdbText implements Dialect {
  readonly values: (string | number)[] = [];

  /** Returns a condition as SQL. A row for which it is NULL does not match. */
  of(condition: Condition): string {
    return render(condition, this);
  }

  private bind(value: string | number): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  oneOf(field: Field, values: readonly string[]): string {
    const bound = values.map((value) => this.bind(value));
    const text = values.some(isOfJson) ? textOf(field) : anyText(field);
    return bound.length === 1 ? `${text} = ${bound}` : `${text} in (${bound.join(", ")})`;
  }

  like(field: Field, pattern: string): string {
    return `${textOf(field)} like ${this.bind(likePattern(pattern))} escape '\\'`;
  }

  exists(field: Field): string {
    if (isInJson(field)) return `json_extract_string(${quoted(field.base)}, '${jsonPath(field.path)}') <> ''`;
    return field.kind === "text" ? `${quoted(field.base)} <> ''` : `${quoted(field.base)} is not null`;
  }

  compare(field: Field, operator: string, number: number): string {
    const text = anyText(field);
    return `try_cast(case when regexp_full_match(${text}, '${numberPattern}') then ${text} end as double) ${operator} cast(${this.bind(number)} as double)`;
  }

  any(field: Field, { name }: { readonly name: string }, has: string): string {
    const list =
      field.kind === "path"
        ? quoted(field.base)
        : `json_extract(${quoted(field.base)}, '${jsonPath(field.path)}[*]')`;
    return `len(list_filter(${list}, lambda ${name}: ${has})) > 0`;
  }

  mentions(text: string): string {
    const [plain, escaped] = [this.bind(text), this.bind(inJson(text))];
    // Ignores case, and takes the text literally.
    const has = (value: string, part: string) => `regexp_matches(${value}, ${part}, 'il')`;
    const parts = [
      ...searchedColumns.text.map((name) => has(quoted(name), plain)),
      ...searchedColumns.json.map((name) => has(`cast(${quoted(name)} as varchar)`, escaped)),
      ...pathMembers.map(
        (member) => `len(list_filter("path", lambda x: ${has(`x."${member}"`, plain)})) > 0`,
      ),
    ];
    return `(${parts.join(" or ")})`;
  }

  within(from: number, to: number): string {
    const at = (time: number) => `make_timestamptz(cast(${this.bind(time)} as bigint) * 1000)`;
    return `("event_time" is null or ("event_time" >= ${at(from)} and "event_time" < ${at(to)}))`;
  }

  not(inner: string): string {
    return `not coalesce(${inner}, false)`;
  }
}

const quoted = (base: string): string =>
  base
    .split(".")
    .map((name) => `"${name}"`)
    .join(".");

/** Checks whether a text may be that of a JSON list or object. */
const isOfJson = (text: string): boolean => /^[[{]/.test(text);

/** Returns the expression for the text of a value; NULL for lists and objects. */
function textOf(field: Field): string {
  if (!isInJson(field)) return anyText(field);
  return `json_extract_string(json_value(${quoted(field.base)}, '${jsonPath(field.path)}'), '$')`;
}

/** Returns the expression for the text of any value, also of a list or an object. It is faster than {@link textOf}. */
function anyText(field: Field): string {
  const { base, kind, path } = field;
  if (isInJson(field)) return `json_extract_string(${quoted(base)}, '${jsonPath(path)}')`;
  return kind === "text" ? quoted(base) : `cast(${quoted(base)} as varchar)`;
}

/** Returns the expression of a column, or of a JSON path in a column, for a list of columns. */
export function selected(name: string): string {
  const { base, path } = fieldOf(name);
  const value = path.length > 0 ? `json_extract_string(${quoted(base)}, '${jsonPath(path)}')` : quoted(base);
  return `${value} as "${name}"`;
}
