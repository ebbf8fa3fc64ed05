import { Hidden, type Resource, type Value } from "../../stack/engineJson";
import type { Reference } from "../../stack/references";
import type { StackView } from "../../stack/stackView";
import type { Effect } from "../verdict";

/** One property of a resource of the audit logs, and the meaning of a change. */
export interface Facet<T = unknown> {
  readonly name: string;
  /** Inputs from which the value is read. If an input is secret, the effect of its change is unknown. */
  readonly input?: string | readonly string[];
  /** Returns the value of the property; undefined if there is none. */
  read(resource: Resource, view: StackView): T | Hidden | undefined;
  /** Formats the value for people. Each item of a list is a line. */
  show(value: T | undefined): string | readonly string[];
  /** Returns the effect of a change; undefined if it has none. It is not called if one of the values is hidden. */
  judge(before: T | undefined, after: T | undefined): Effect | undefined;
  /** Effect if the value is not known before the update. */
  readonly worst?: Effect;
  /** The consequence of a change for the worse. */
  readonly harm?: string;
  /** Returns a further remark about a change. */
  note?(before: T | undefined, after: T | undefined): string | undefined;
  /** True if a change is left out when an existing resource has no value before or after it. */
  readonly needsBoth?: boolean;
}

export const facet = <T>(definition: Facet<T>): Facet => definition as Facet;

export const onOff = (value: boolean | undefined) => (value ? "on" : "off");
export const orNone = (value: string | undefined) => value ?? "none";
export const listed = (values: readonly string[] | undefined) => (values?.length ? values : "none");

/** Returns the effect of a changed list in which each new item is a risk, such as public access. */
export function moreIsWeaker(
  before: readonly string[] = [],
  after: readonly string[] = [],
): Effect | undefined {
  if (after.some((one) => !before.includes(one))) return "weaker";
  return before.length > after.length ? "stronger" : undefined;
}

/** Returns a function that gives the effect of a changed number, if a smaller one is worse. No number means no limit. */
export function shorterIs(effect: Effect) {
  return (before: number | undefined, after: number | undefined): Effect | undefined => {
    const [was, is] = [before ?? Number.POSITIVE_INFINITY, after ?? Number.POSITIVE_INFINITY];
    return is < was ? effect : is > was ? "stronger" : undefined;
  };
}

export const offIsWeaker = (before: boolean | undefined, after: boolean | undefined): Effect | undefined =>
  before === after ? undefined : after ? "stronger" : "weaker";

export const flag = (definition: Pick<Facet<boolean>, "name" | "input" | "read" | "harm">): Facet =>
  facet<boolean>({ show: onOff, judge: offIsWeaker, worst: "weaker", ...definition });

/** Reads a switch from the inputs. A hidden value stays hidden. */
export const isTrue = (value: Value | undefined) => (value instanceof Hidden ? value : value === true);

export const nameOf = (reference: Reference | undefined): string => {
  if (!reference) return "none";
  const name = reference.urn?.split("::").at(-1);
  if (name && reference.id) return `${name} (${reference.id})`;
  return name ?? reference.id ?? "known only after the update";
};

export function nothing(): undefined {
  return undefined;
}

export function shown(value: Value | undefined): string | Hidden | undefined {
  if (value instanceof Hidden) return value;
  if (value === undefined || value === null || value === "") return undefined;
  // String() calls the toString of an object, which an input may hold as a key of its own.
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Reads a number from the inputs. A value that is no number, or 0, is undefined. */
export function numberOf(value: Value | undefined): number | Hidden | undefined {
  const text = shown(value);
  return text instanceof Hidden ? text : Number(text) || undefined;
}
