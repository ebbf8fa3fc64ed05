import { structuredPatch } from "diff";
import { stringify } from "yaml";
import { Hidden, type Properties, type Resource, type Value } from "../stack/engineJson";
import { isOurs, splitUrn } from "../stack/urn";
import type { Transition } from "./situation";

/** Changed inputs of one resource. */
export interface RawDiff {
  /** `+` for created, `~` for updated, `+-` for replaced, `-` for removed. */
  readonly sign: "+" | "~" | "+-" | "-";
  /** Type and name of the resource. */
  readonly title: string;
  /** Lines of a diff, each with its sign. */
  readonly lines: readonly string[];
}

/** Unchanged lines shown around a change. */
const context = 3;

/** Returns the library's own resources whose inputs change, sorted by name and type. */
export function rawDiffOf({ before, after, renamed, departures }: Transition): RawDiff[] {
  const left = departures.filter(({ kind }) => kind === "removed").map(({ resource }) => resource);
  const pairs = [
    ...[...after.values()].map((now) => ({ was: before.get(renamed.get(now.urn) ?? now.urn), now })),
    ...left.map((was) => ({ was, now: undefined })),
  ];
  const isReplaced = (urn: string) =>
    departures.some(({ kind, resource }) => kind === "replaced" && resource.urn === urn);
  return pairs
    .flatMap(({ was, now }): RawDiff[] => {
      const one = now ?? was;
      if (!one || !isOurs(one.urn) || !one.type.startsWith("yandex:")) return [];
      const lines = linesOf(was, now);
      if (was && now && lines.length === 0) return [];
      const sign = !was ? "+" : !now ? "-" : isReplaced(was.urn) ? "+-" : "~";
      return [{ sign, title: titleOf(one), lines }];
    })
    .sort((one, other) => (one.title < other.title ? -1 : 1));
}

const titleOf = ({ urn, type }: Resource) => `${splitUrn(urn).name} (${type.split(":").at(-1)})`;

/** Returns the changed inputs as lines. Changed order is no change, and additions of engine and provider are left out. */
function linesOf(was: Resource | undefined, now: Resource | undefined): string[] {
  const [then, since] = [plain(was?.inputs ?? {}), plain(now?.inputs ?? {})];
  const names = [...new Set([...Object.keys(then), ...Object.keys(since)])].sort();
  const changed = names.filter((name) => JSON.stringify(then[name]) !== JSON.stringify(since[name]));
  const only = (inputs: Record<string, unknown>) =>
    Object.fromEntries(changed.flatMap((name) => (name in inputs ? [[name, inputs[name]]] : [])));
  const yaml = (inputs: Record<string, unknown>) =>
    Object.keys(inputs).length > 0 ? stringify(inputs, { lineWidth: 0 }) : "";
  const { hunks } = structuredPatch("", "", yaml(only(then)), yaml(only(since)), "", "", { context });
  const lines = hunks.flatMap((hunk, i) => [...(i > 0 ? [" ..."] : []), ...hunk.lines]);
  const protection = (resource: Resource | undefined) => resource && `protect: ${resource.protect}`;
  const [protectedThen, protectedNow] = [protection(was), protection(now)];
  return protectedThen && protectedNow && protectedThen !== protectedNow
    ? [...lines, `-${protectedThen}`, `+${protectedNow}`]
    : lines;
}

const plain = (inputs: Properties): Record<string, unknown> =>
  Object.fromEntries(Object.keys(inputs).map((name) => [name, plainValue(inputs[name] ?? null)]));

/** Returns a value with sorted names and lists, and with words in place of hidden parts. */
function plainValue(value: Value): unknown {
  if (value instanceof Hidden) return value.why === "secret" ? "(secret)" : "(known only after the update)";
  if (Array.isArray(value)) {
    const items = value.map(plainValue);
    return items.sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Properties).map(
    ([name, item]) => [name, plainValue(item)] as const,
  );
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Sorts rules by their ids. */
const sortKey = (item: unknown): string =>
  String((item as { id?: unknown } | null)?.id ?? JSON.stringify(item));
