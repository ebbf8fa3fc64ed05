import { Hidden, type Properties, type Value } from "../../stack/engineJson";
import { at, listOf, textOf } from "../../stack/values";
import { isEmpty } from "../seen";
import type { Effect } from "../verdict";

/** Values by the logs that a rule applies to: "" for all of them, or words such as `prefix tmp/`. */
export type Scoped<T> = Readonly<Record<string, T>>;

export interface Retention {
  readonly cold?: number;
  readonly ice?: number;
  readonly expire?: number;
  /** Day on which logs are deleted, regardless of their age. */
  readonly onDate?: string;
}

/** Reads the retention from lifecycle rules. */
export function retentionOf(rules: Value | undefined): Scoped<Retention> | Hidden | undefined {
  return byScope(rules, (some) => {
    const onDate = some.flatMap((rule) => textOf(at(rule, "expiration", "date")) || [])[0];
    const retention = {
      cold: transitionDays(some, "COLD"),
      ice: transitionDays(some, "ICE"),
      expire: onDate ? 0 : least(some.map((rule) => at(rule, "expiration", "days"))),
      onDate,
    };
    return Object.values(retention).some((value) => value !== undefined) ? retention : undefined;
  });
}

export function showRetention(retention: Scoped<Retention> = {}): readonly string[] {
  const show = ({ cold, ice, expire, onDate }: Retention) =>
    [
      cold && `cold storage after ${cold} days`,
      ice && `ice storage after ${ice} days`,
      onDate ? `deleted on ${onDate}` : expire ? `deleted after ${expire} days` : "never deleted",
    ]
      .filter(Boolean)
      .join(", ");
  return showScoped({ "": {}, ...retention }, show);
}

/** Returns the least number of days in the rules. */
export const leastDays = (
  rules: Value | undefined,
  ...path: readonly string[]
): Scoped<number> | Hidden | undefined =>
  byScope(rules, (some) => least(some.map((rule) => at(rule, ...path))));

export const afterDays = (days: Scoped<number> | undefined): readonly string[] =>
  days ? showScoped(days, (one) => `after ${one} days`) : ["never"];

/**
 * Returns a function that gives the effect of changed numbers of days. Fewer days for any log are harm. Rules for some logs add
 * to the rules for all.
 */
export function sooner<T>(effect: Effect, daysOf: (value: T | undefined) => number | undefined) {
  return (before: Scoped<T> = {}, after: Scoped<T> = {}): Effect | undefined => {
    const days = (all: Scoped<T>, scope: string) =>
      Math.min(...[scope, ""].map((one) => daysOf(all[one]) ?? Number.POSITIVE_INFINITY));
    const scopes = [...new Set(["", ...Object.keys(before), ...Object.keys(after)])];
    if (scopes.some((scope) => days(after, scope) < days(before, scope))) return effect;
    return scopes.some((scope) => days(after, scope) > days(before, scope)) ? "stronger" : undefined;
  };
}

const showScoped = <T>(values: Scoped<T>, show: (value: T) => string): string[] =>
  Object.entries(values)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([scope, value]) => (scope ? `${scope}: ${show(value)}` : show(value)));

function byScope<T>(
  rules: Value | undefined,
  read: (some: readonly Value[]) => T | undefined,
): Scoped<T> | Hidden | undefined {
  if (rules instanceof Hidden) return rules;
  const scoped = new Map<string, Value[]>();
  for (const rule of listOf(rules)) {
    if (at(rule, "enabled") !== true) continue;
    const scope = scopeOf(rule);
    scoped.set(scope, [...(scoped.get(scope) ?? []), rule]);
  }
  const values = [...scoped].flatMap(([scope, some]) => {
    const value = read(some);
    return value === undefined ? [] : [[scope, value] as const];
  });
  return values.length > 0
    ? Object.fromEntries(values.sort(([one], [other]) => (one < other ? -1 : 1)))
    : undefined;
}

/** Describes the logs that a rule applies to. */
function scopeOf(rule: Value): string {
  const filter = at(rule, "filter");
  const prefix = textOf(at(rule, "prefix")) || textOf(at(filter, "prefix"));
  const { prefix: _, ...others } =
    typeof filter === "object" && filter !== null && !(filter instanceof Hidden)
      ? (filter as Properties)
      : {};
  const rest = Object.fromEntries(Object.entries(others).filter(([, value]) => !isEmpty(value)));
  return [
    ...(prefix ? [`prefix ${prefix}`] : []),
    ...(Object.keys(rest).length > 0 ? [`filter ${JSON.stringify(rest)}`] : []),
  ].join(", ");
}

const transitionDays = (rules: readonly Value[], storageClass: string) =>
  least(
    rules
      .flatMap((rule) => listOf(at(rule, "transitions")))
      .filter((one) => at(one, "storageClass") === storageClass)
      .map((one) => at(one, "days")),
  );

function least(values: readonly (Value | undefined)[]): number | undefined {
  const numbers = values.filter((value) => typeof value === "number" && value > 0) as number[];
  return numbers.length > 0 ? Math.min(...numbers) : undefined;
}
