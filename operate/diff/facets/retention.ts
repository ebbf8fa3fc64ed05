import { Hidden, type Value } from "../../engine/json";
import { at, listOf, textOf } from "../../engine/world";

export interface Retention {
  readonly cold?: number;
  readonly ice?: number;
  readonly expire?: number;
  /** A day on which logs are deleted, whatever their age. */
  readonly onDate?: string;
}

export function retentionOf(rules: Value | undefined): Retention | Hidden | undefined {
  if (rules instanceof Hidden) return rules;
  const enabled = enabledRules(rules);
  const onDate = enabled.flatMap((rule) => textOf(at(rule, "expiration", "date")) ?? [])[0];
  const retention = {
    cold: transitionDays(enabled, "COLD"),
    ice: transitionDays(enabled, "ICE"),
    expire: onDate ? 0 : least(enabled.map((rule) => at(rule, "expiration", "days"))),
    onDate,
  };
  return Object.values(retention).some((value) => value !== undefined) ? retention : undefined;
}

export function showRetention({ cold, ice, expire, onDate }: Retention = {}): string {
  const steps = [
    cold && `cold storage after ${cold} days`,
    ice && `ice storage after ${ice} days`,
    onDate ? `deleted on ${onDate}` : expire ? `deleted after ${expire} days` : "never deleted",
  ];
  return steps.filter(Boolean).join(", ");
}

const transitionDays = (rules: readonly Value[], storageClass: string) =>
  least(
    rules
      .flatMap((rule) => listOf(at(rule, "transitions")))
      .filter((one) => at(one, "storageClass") === storageClass)
      .map((one) => at(one, "days")),
  );

const enabledRules = (rules: Value | undefined) =>
  listOf(rules).filter((rule) => at(rule, "enabled") === true);

/** The least number of days that a rule says; undefined if none does. */
export function leastDays(rules: Value | undefined, ...path: readonly string[]): number | Hidden | undefined {
  if (rules instanceof Hidden) return rules;
  return least(enabledRules(rules).map((rule) => at(rule, ...path)));
}

function least(values: readonly (Value | undefined)[]): number | undefined {
  const numbers = values.filter((value) => typeof value === "number" && value > 0) as number[];
  return numbers.length > 0 ? Math.min(...numbers) : undefined;
}

export function afterDays(days: number | undefined): string {
  return days ? `after ${days} days` : "never";
}
