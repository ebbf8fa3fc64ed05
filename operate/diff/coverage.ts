import { collectedBy } from "../stack/collected";
import { Hidden, type Value } from "../stack/engineJson";
import { type Collected, missingIn } from "../stack/events";
import type { StackView } from "../stack/stackView";
import { at } from "../stack/values";
import { type Pair, type Row, secretText, shownValue, subjectOf, unknownText } from "./row";
import { same } from "./same";
import type { Transition, ViewedTransition } from "./situation";

/** Returns the row of a new trail: its events and its destination. */
export function additionOf(pair: Pair, { after, transition }: ViewedTransition): Row {
  const { after: trail } = pair;
  const collected = collectedBy(trail);
  const others = after
    .all("trail")
    .filter(({ urn }) => urn !== trail.urn)
    .flatMap(collectedBy);
  const isTwice =
    [...collected, ...others].length >
    missingIn(others, collected).length + missingIn(collected, others).length;
  const isCovered = missingIn(standing(after, transition), collected).length === 0;
  const events = [...new Set(collected.map(({ kind }) => kind))]
    .sort(managementFirst)
    .map((kind) => (kind === "management" ? "management events" : `data events of ${kind}`));
  const [bucketName, objectPrefix] = ["bucketName", "objectPrefix"].map((name) =>
    at(trail.inputs, "storageDestination", name),
  );
  return {
    subjects: [subjectOf(pair)],
    name: "added",
    before: [],
    after: [
      `delivers ${events.length > 0 ? events.join(", ") : "no events"}`,
      `to bucket ${shownValue(bucketName)}${objectPrefix ? `, prefix ${shownValue(objectPrefix)}` : ""}`,
    ],
    // These events are recorded already: the trail adds a second record.
    effect: isCovered && collected.length > 0 ? "stronger" : undefined,
    note: `${isTwice ? "Events that another trail of the stack also collects are delivered twice. " : ""}One more trail counts towards the quota of its cloud.`,
  };
}

/** Returns a row for each kind of event whose collection changes. */
export function eventRows(
  { before, after }: Pair,
  { before: was, after: is, transition }: ViewedTransition,
): Row[] {
  const [then, now] = [before ? collectedBy(before) : [], collectedBy(after)];
  const subjects = [subjectOf({ kind: "trail", after })];
  if ([before, after].some((trail) => hidesSecret(trail?.inputs.filteringPolicy))) {
    const isChanged = transition.changed.get(after.urn)?.includes("filteringPolicy");
    const row = { subjects, name: "events", before: [secretText], after: [secretText] };
    return isChanged ? [{ ...row, effect: "unknown" }] : [];
  }
  const everywhere = { before: was.all("trail").flatMap(collectedBy), after: standing(is, transition) };
  const kindsOfEvents = [...new Set([...then, ...now].map(({ kind }) => kind))].sort(managementFirst);
  return kindsOfEvents.flatMap((kind): Row[] => {
    const of = (all: readonly Collected[]) => all.filter((one) => one.kind === kind);
    const [shownThen, shownNow] = [showEvents(of(then)), showEvents(of(now))];
    if (same(shownThen, shownNow)) return [];
    const row = {
      subjects,
      ...(kind === "management" ? { name: "management events" } : { name: "data events of", detail: kind }),
      before: before ? shownThen : [],
      after: shownNow,
    };
    const lost = missingIn([...now, ...everywhere.after], of(then));
    if (lost.length > 0)
      return [{ ...row, effect: "narrower", harm: "These events are no longer recorded." }];
    // Scopes that are not known yet are not counted.
    const gained = missingIn(everywhere.before, of(now)).filter(({ scope }) => scope !== undefined);
    const isBilled = kind !== "management" && gained.length > 0;
    return [
      {
        ...row,
        effect: gained.length > 0 ? "wider" : undefined,
        note: isBilled ? "Data events are billed." : undefined,
      },
    ];
  });
}

/** Checks whether a value contains a secret. */
function hidesSecret(value: Value | undefined): boolean {
  if (value instanceof Hidden) return value.why === "secret";
  return typeof value === "object" && value !== null && Object.values(value).some(hidesSecret);
}

const managementFirst = (one: string, other: string) =>
  one === "management" ? -1 : other === "management" ? 1 : one < other ? -1 : 1;

/** Returns the events of trails that existed before and continue without a gap. */
export const standing = (after: StackView, { before, renamed, departures }: Transition): Collected[] =>
  after
    .all("trail")
    .filter(
      ({ urn }) =>
        before.has(renamed.get(urn) ?? urn) && !departures.some(({ resource }) => resource.urn === urn),
    )
    .flatMap(collectedBy);

function showEvents(collected: readonly Collected[]): string[] {
  if (collected.length === 0) return ["none"];
  const byEvents = new Map<string, string[]>();
  for (const { scope = unknownText, events } of collected) {
    const { mode, types } = events;
    const which =
      mode === "only" ? `only ${types.join(", ")}` : types.length > 0 ? `all but ${types.join(", ")}` : "";
    byEvents.set(which, [...(byEvents.get(which) ?? []), scope]);
  }
  return [...byEvents].flatMap(([which, scopes]) =>
    scopes.sort().map((scope) => (which ? `${scope}: ${which}` : scope)),
  );
}
