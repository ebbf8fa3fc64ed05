import { type Collected, missingIn } from "../engine/events";
import { type Diagnostic, Hidden, type Resource, type Value } from "../engine/json";
import { isOurs, splitUrn } from "../engine/urn";
import { collectedBy, type Kind, kindOf, resourceTypes, World } from "../engine/world";
import { facets } from "./facets";
import { type Facet, nameOf } from "./facets/facet";
import type { Departure, Transition } from "./situation";
import type { Effect } from "./verdict";

/** A thing that changes. */
export interface Row {
  /** What it is of, such as `bucket audit-trails-bucket`. */
  readonly subjects: readonly Subject[];
  readonly name: string;
  /** What others call it, such as the service whose data events are meant. */
  readonly detail?: string;
  /** What it was, in one or several lines; none for what is new. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly effect?: Effect;
  readonly harm?: string;
}

/** A resource that a row or a loss is about. */
export interface Subject {
  readonly kind: Kind;
  readonly name: string;
}

/** A resource that leaves, or is made anew, and the consequence. */
export interface Loss {
  readonly subject: Subject;
  readonly kind: Departure["kind"];
  readonly consequence: string;
  readonly effect?: Effect;
}

export interface Comparison {
  readonly rows: readonly Row[];
  readonly losses: readonly Loss[];
}

export const kindNames: Readonly<Record<Kind, string>> = {
  trail: "trail",
  bucket: "bucket",
  key: "key",
  account: "service account",
};

const kinds = Object.keys(resourceTypes) as readonly Kind[];
const unknownText = "known only after the update";
const secretText = "secret";

/** What a transition changes of the audit logs, and what that means. */
export function compare(transition: Transition): Comparison {
  const before = new World(transition.before);
  const after = new World(transition.after, transition.renamed);
  const pairs = kinds.flatMap((kind) => pairsOf(kind, transition, before, after));
  const rows = pairs.flatMap((pair) => [
    ...(pair.kind === "trail" ? eventRows(pair, before, after, transition) : []),
    ...facets[pair.kind].flatMap((facet) => rowOf(facet, pair, before, after, transition) ?? []),
  ]);
  return {
    rows: merged(rows),
    // The engine's order differs from run to run.
    losses: transition.departures
      .flatMap((departure) => lossOf(departure, before, after, transition) ?? [])
      .sort((one, other) => (placeOf(one.subject) < placeOf(other.subject) ? -1 : 1)),
  };
}

/** A resource before and after; one of the two is absent for what comes. What leaves is told as a loss. */
interface Pair {
  readonly kind: Kind;
  readonly before?: Resource;
  readonly after: Resource;
}

function pairsOf(kind: Kind, { renamed }: Transition, before: World, after: World): Pair[] {
  const was = new Map(before.all(kind).map((resource) => [resource.urn, resource]));
  return after.all(kind).map((resource) => ({
    kind,
    before: was.get(renamed.get(resource.urn) ?? resource.urn),
    after: resource,
  }));
}

function rowOf(
  facet: Facet,
  pair: Pair,
  before: World,
  after: World,
  { changed }: Transition,
): Row | undefined {
  const [was, is] = [pair.before && facet.read(pair.before, before), facet.read(pair.after, after)];
  const isChanged = facet.input !== undefined && changed.get(pair.after.urn)?.includes(facet.input);
  const areSecret = [was, is].some((value) => value instanceof Hidden && value.why === "secret");
  if (same(was, is) && !(areSecret && isChanged)) return undefined;
  if (facet.needsBoth && pair.before && (was === undefined || is === undefined)) return undefined;
  const shown = (value: unknown) => [value instanceof Hidden ? hiddenText(value) : facet.show(value)].flat();
  const row = { subjects: [subjectOf(pair)], name: facet.name, before: shown(was), after: shown(is) };
  // What is new has nothing to be compared with.
  if (!pair.before) return same(row.before, row.after) ? undefined : { ...row, before: [] };
  const effect = areSecret
    ? "unknown"
    : was instanceof Hidden || is instanceof Hidden
      ? facet.worst
      : facet.judge(was, is);
  return { ...row, effect, harm: isForTheWorse(effect) ? facet.harm : undefined };
}

const placeOf = ({ kind, name }: Subject) => `${kinds.indexOf(kind)} ${name}`;

const hiddenText = ({ why }: Hidden) => (why === "secret" ? secretText : unknownText);

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

const isForTheWorse = (effect: Effect | undefined) =>
  effect !== undefined && effect !== "wider" && effect !== "stronger";

const subjectOf = ({ kind, after }: { kind: Kind; after: Resource }): Subject => ({
  kind,
  name: nameIn(after),
});

/** What is not of the stack has its id in the place of a URN. */
const nameIn = ({ urn }: Resource) => splitUrn(urn).name || urn;

/** The events that a trail collects, by kind. */
function eventRows({ before, after }: Pair, was: World, is: World, transition: Transition): Row[] {
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
    // What is not known yet is not counted.
    const gained = missingIn(everywhere.before, of(now)).filter(({ scope }) => scope !== undefined);
    return [{ ...row, effect: gained.length > 0 ? "wider" : undefined }];
  });
}

/** Whether a value has a secret in it. */
function hidesSecret(value: Value | undefined): boolean {
  if (value instanceof Hidden) return value.why === "secret";
  return typeof value === "object" && value !== null && Object.values(value).some(hidesSecret);
}

const managementFirst = (one: string, other: string) =>
  one === "management" ? -1 : other === "management" ? 1 : one < other ? -1 : 1;

/** What trails collect that were there before, and go on without a gap. */
const standing = (after: World, { before, renamed, departures }: Transition): Collected[] =>
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

/** Rows that tell the same of several resources become one. */
function merged(rows: readonly Row[]): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const { subjects, ...told } = row;
    const key = JSON.stringify(told);
    const other = found.get(key);
    found.set(key, other ? { ...other, subjects: [...other.subjects, ...subjects] } : row);
  }
  return [...found.values()];
}

const stayed = "It stays in the cloud, and nothing manages or protects it there.";

/** What it means that a resource leaves or is made anew, by its kind and whether the old one stays in the cloud. */
const consequences: Readonly<
  Record<Kind, (stays: boolean, kind: Departure["kind"]) => { consequence: string; effect: Effect }>
> = {
  trail: (_, kind) => ({
    effect: "stop",
    consequence:
      kind === "replaced"
        ? "Events between the end of the old trail and the start of the new one are lost."
        : "Its events are not recorded any more.",
  }),
  bucket: (stays) =>
    stays
      ? { effect: "weaker", consequence: `${stayed} The logs in it stay as they are.` }
      : { effect: "unreadable", consequence: "The bucket is deleted, and every log that is in it then." },
  key: (stays) =>
    stays
      ? { effect: "weaker", consequence: `${stayed} Older logs need it for as long as they are kept.` }
      : {
          effect: "unreadable",
          consequence: "The key is deleted. What it encrypted cannot be read any more.",
        },
  account: () => ({
    effect: "stop",
    consequence: "Trails that use it stop until they have another with its roles.",
  }),
};

function lossOf(
  { kind, resource, stays }: Departure,
  before: World,
  after: World,
  transition: Transition,
): Loss | undefined {
  const of = kindOf(resource);
  if (!of || !isOurs(resource.urn)) return undefined;
  const loss = { subject: { kind: of, name: splitUrn(resource.urn).name }, kind };
  if (of === "trail") {
    const covering = standing(after, transition);
    if (missingIn(covering, collectedBy(resource)).length === 0)
      return {
        ...loss,
        effect: "weaker",
        consequence: "Another trail of the stack goes on to record its events; there is one record less.",
      };
  }
  const id = { urn: resource.urn, id: resource.id };
  const isIdle =
    of === "account" && !after.all("trail").some((trail) => after.isSame(after.accountOf(trail), id));
  if (isIdle && kind === "removed") {
    const used = before.all("trail").some((trail) => before.isSame(before.accountOf(trail), id));
    return { ...loss, consequence: used ? "Its trails leave or get another account." : "No trail uses it." };
  }
  return { ...loss, ...consequences[of](stays, kind) };
}

/** Warnings of the library's components, each once, sorted. */
export const warningsOf = (diagnostics: readonly Diagnostic[]): string[] =>
  [
    ...new Set(
      diagnostics
        .filter(({ severity, urn }) => severity === "warning" && urn !== undefined && isOurs(urn))
        .map(({ message }) => message.replace(/^warning: /, "").trim()),
    ),
  ].sort();

/** Trails that are not ACTIVE, as the state knows them. */
export const troubledTrails = (transition: Transition): string[] =>
  new World(transition.after, transition.renamed).all("trail").flatMap((trail) => {
    const { status } = trail.outputs;
    if (typeof status !== "string" || status.toUpperCase() === "ACTIVE") return [];
    return [
      `Trail ${nameOf({ urn: trail.urn, id: trail.id })} is in status ${status.toUpperCase()}: it delivers nothing.`,
    ];
  });
