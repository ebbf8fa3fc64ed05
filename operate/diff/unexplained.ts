import { Hidden, type Resource, type Value } from "../stack/engineJson";
import type { Kind } from "../stack/kinds";
import { explained, harmless, placing, remainder } from "./meaning";
import { isEmpty } from "./seen";

/** A changed property whose meaning is unknown. */
export interface Unexplained {
  readonly property: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** A resource before and after, with the provider's own list of changes. */
interface Changed {
  readonly kind: Kind;
  readonly before?: Resource;
  readonly after: Resource;
  readonly isReplaced: boolean;
  /** Properties that the provider lists as changed. */
  readonly listed: readonly string[];
  /** Properties whose change a facet reports. */
  readonly reported: ReadonlySet<string>;
}

/** Returns changed properties that no facet explains. */
export function unexplainedOf(changed: Changed): Unexplained[] {
  const { kind, before, after, isReplaced, listed, reported } = changed;
  const was = before?.inputs ?? {};
  const names = [...new Set([...Object.keys(was), ...Object.keys(after.inputs), ...listed])].sort();
  return names.flatMap((property) => {
    if (Object.hasOwn(harmless[kind], property) || property.startsWith("__")) return [];
    const [then, now] = [was[property], after.inputs[property]];
    const found = [{ property, before: then, after: now }];
    const isListed = listed.includes(property) && !isReplaced;
    if (placing.has(property)) return !before || isReplaced || (!isListed && same(then, now)) ? [] : found;
    const by = explained[kind][property];
    if (!same(remainder(then, by), remainder(now, by))) return found;
    // The provider sees a difference that inputs do not show. It also lists blocks, such as the filter of a trail, because of values
    // that it computes. If the cloud has what the program says, there is no difference.
    const isInPlace = before !== undefined && isVisible(before.outputs[property]) && isVisible(then);
    return isListed && before && !reported.has(property) && same(then, now) && !isInPlace ? found : [];
  });
}

/** Checks whether a value is present and contains nothing hidden. */
function isVisible(value: Value | undefined): boolean {
  if (isEmpty(value) || value instanceof Hidden) return false;
  return typeof value === "object" && value !== null
    ? Object.values(value).every((one) => isEmpty(one) || isVisible(one))
    : true;
}

const same = (one: Value | undefined, other: Value | undefined) =>
  JSON.stringify(bare(one)) === JSON.stringify(bare(other));

/** Returns a value without empty parts, with sorted names and lists. */
function bare(value: Value | undefined): unknown {
  if (isEmpty(value)) return undefined;
  if (value instanceof Hidden) return value;
  if (Array.isArray(value))
    return value
      .map(bare)
      .map((one) => JSON.stringify(one))
      .sort();
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, bare(one)] as const);
  return Object.fromEntries(
    entries.filter(([, one]) => one !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
