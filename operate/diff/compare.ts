import { collectedBy } from "../stack/collected";
import { Hidden, type Resource } from "../stack/engineJson";
import { missingIn } from "../stack/events";
import { isHome } from "../stack/homes";
import { type Kind, kindOf, resourceTypes } from "../stack/kinds";
import type { Diagnostic } from "../stack/preview";
import { bucketPolicyType } from "../stack/stackView";
import { isOurs, splitUrn } from "../stack/urn";
import { additionOf, eventRows, standing } from "./coverage";
import { facets } from "./facets";
import { type Facet, nameOf } from "./facets/facet";
import {
  type Comparison,
  hiddenText,
  kindNames,
  type Loss,
  type Pair,
  type Row,
  type RowSubject,
  shownValue,
  subjectOf,
} from "./row";
import { same } from "./same";
import type { Departure, Transition, ViewedTransition } from "./situation";
import { surroundingRows } from "./surroundings";
import { unexplainedOf } from "./unexplained";
import type { Effect } from "./verdict";

const kinds = Object.keys(resourceTypes) as readonly Kind[];

const placeOf = ({ kind, name }: RowSubject) => `${Object.keys(kindNames).indexOf(kind)} ${name}`;

/** Compares the audit logs before and after a transition. Each difference gets its effect. */
export function compare(change: ViewedTransition): Comparison {
  const { before, after, transition } = change;
  const rows = [
    ...kinds.flatMap((kind) => pairsOf(kind, change)).flatMap((pair) => rowsOf(pair, change)),
    ...surroundingRows(before, after),
    ...strangeRows(transition),
  ];
  return {
    rows: merged(rows),
    // The engine's order differs from run to run.
    losses: transition.departures
      .flatMap((departure) => lossOf(departure, change) ?? [])
      .sort((one, other) => (placeOf(one.subject) < placeOf(other.subject) ? -1 : 1)),
  };
}

function pairsOf(kind: Kind, { before, after, transition: { renamed } }: ViewedTransition): Pair[] {
  const was = new Map(before.judged(kind).map((resource) => [resource.urn, resource]));
  return after.judged(kind).map((resource) => ({
    kind,
    before: was.get(renamed.get(resource.urn) ?? resource.urn),
    after: resource,
  }));
}

/** Returns all changes of a resource: those that a facet explains, and the others. */
function rowsOf(pair: Pair, change: ViewedTransition): Row[] {
  const { transition } = change;
  const events = pair.kind === "trail" ? eventRows(pair, change) : [];
  const reported = new Set(events.length > 0 ? ["filteringPolicy"] : []);
  const added = pair.kind === "trail" && !pair.before ? [additionOf(pair, change)] : [];
  const known = facets[pair.kind].flatMap((facet) => {
    const row = rowOf(facet, pair, change);
    if (row) for (const input of inputsOf(facet)) reported.add(input);
    return row ?? [];
  });
  const { urn } = pair.before ?? pair.after;
  const isReplaced = transition.departures.some(({ resource }) => resource.urn === urn);
  const listed = transition.changed.get(pair.after.urn) ?? [];
  const unexplained = unexplainedOf({ ...pair, isReplaced, listed, reported }).map(
    ({ property, before, after }): Row => ({
      subjects: [subjectOf(pair)],
      ...{ name: "changed, meaning unknown:", detail: property },
      ...{ before: pair.before ? [shownValue(before)] : [], after: [shownValue(after)] },
      ...{ effect: "unknown", harm: unjudged },
    }),
  );
  return [...added, ...events, ...known, ...unexplained];
}

const unjudged = "The effect on the audit logs is unknown.";

const inputsOf = ({ input = [] }: Facet): readonly string[] => [input].flat();

/** Returns rows for the library's resources of types that no facet knows. */
function strangeRows({ before, after, renamed, changed }: Transition): Row[] {
  const isStrange = ({ urn, type }: Resource) =>
    isOurs(urn) &&
    type.startsWith("yandex:") &&
    !kindOf({ type }) &&
    type !== bucketPolicyType &&
    !/Iam(Member|Binding|Policy)$/.test(type);
  const was = new Map([...before].filter(([, resource]) => isStrange(resource)));
  const is = [...after.values()].filter(isStrange);
  const gone = [...was.values()].filter(
    ({ urn }) => !is.some((one) => (renamed.get(one.urn) ?? one.urn) === urn),
  );
  const differing = is.filter((one) => {
    const then = was.get(renamed.get(one.urn) ?? one.urn);
    return !then || changed.has(one.urn) || !same(then.inputs, one.inputs);
  });
  return [...differing, ...gone].map(({ urn, type }) => ({
    subjects: [{ kind: "resource", name: splitUrn(urn).name }],
    ...{ name: "changed, meaning unknown:", detail: type.split(":").at(-1) },
    ...{ before: [], after: [], effect: "unknown", harm: unjudged },
  }));
}

function rowOf(
  facet: Facet,
  pair: Pair,
  { before, after, transition: { changed } }: ViewedTransition,
): Row | undefined {
  const [was, is] = [pair.before && facet.read(pair.before, before), facet.read(pair.after, after)];
  const isChanged = inputsOf(facet).some((input) => changed.get(pair.after.urn)?.includes(input));
  const areSecret = [was, is].some((value) => value instanceof Hidden && value.why === "secret");
  if (same(was, is) && !(areSecret && isChanged)) return undefined;
  if (facet.needsBoth && pair.before && (was === undefined || is === undefined)) return undefined;
  const show = (value: unknown) => [value instanceof Hidden ? hiddenText(value) : facet.show(value)].flat();
  const row = { subjects: [subjectOf(pair)], name: facet.name, before: show(was), after: show(is) };
  // A new resource has nothing to be compared with.
  if (!pair.before)
    return same(row.before, row.after)
      ? undefined
      : { ...row, before: [], note: is instanceof Hidden ? undefined : facet.note?.(undefined, is) };
  const effect = areSecret
    ? "unknown"
    : was instanceof Hidden || is instanceof Hidden
      ? facet.worst
      : facet.judge(was, is);
  const [then, now] = [was, is].map((value) => (value instanceof Hidden ? undefined : value));
  return {
    ...row,
    effect,
    harm: isForTheWorse(effect) ? facet.harm : undefined,
    note: facet.note?.(then, now),
  };
}

const isForTheWorse = (effect: Effect | undefined) =>
  effect !== undefined && effect !== "wider" && effect !== "stronger";

/** Merges rows that differ only in their resources. */
function merged(rows: readonly Row[]): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const { subjects, ...rest } = row;
    const key = JSON.stringify(rest);
    const other = found.get(key);
    found.set(key, other ? { ...other, subjects: [...other.subjects, ...subjects] } : row);
  }
  return [...found.values()];
}

const stayed = "It stays in the cloud, and nothing manages or protects it there.";

/** Consequence of a removed or replaced resource, by its kind. It also depends on whether the old one stays in the cloud. */
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
      : { effect: "unreadable", consequence: "The bucket is deleted with every log in it." },
  key: (stays) =>
    stays
      ? { effect: "weaker", consequence: `${stayed} Older logs need it for as long as they are kept.` }
      : {
          effect: "unreadable",
          consequence: "The key is deleted. Logs that it encrypted cannot be read.",
        },
  account: () => ({
    effect: "stop",
    consequence: "Trails that use it stop until they have another account with the same roles.",
  }),
};

function lossOf(
  { kind, resource, stays }: Departure,
  { before, after, transition }: ViewedTransition,
): Loss | undefined {
  const of = kindOf(resource);
  if (!of && !stays && isHome(resource, before))
    return {
      subject: {
        kind: resource.type.endsWith("Cloud") ? "cloud" : "folder",
        name: splitUrn(resource.urn).name,
      },
      ...{
        kind,
        effect: "unreadable",
        consequence: "It contains the logs. Everything in it is deleted too.",
      },
    };
  if (!of || !before.judged(of).some(({ urn }) => urn === resource.urn)) return undefined;
  const loss = { subject: { kind: of, name: splitUrn(resource.urn).name }, kind };
  if (of === "trail") {
    const covering = standing(after, transition);
    if (missingIn(covering, collectedBy(resource)).length === 0)
      return {
        ...loss,
        effect: "weaker",
        consequence: "Another trail of the stack still records its events. Only the second copy is missing.",
      };
  }
  const id = { urn: resource.urn, id: resource.id };
  const isIdle =
    of === "account" && !after.all("trail").some((trail) => after.isSame(after.accountOf(trail), id));
  if (isIdle && kind === "removed") {
    const used = before.all("trail").some((trail) => before.isSame(before.accountOf(trail), id));
    return {
      ...loss,
      consequence: used ? "Its trails are removed or use another account." : "No trail uses it.",
    };
  }
  return { ...loss, ...consequences[of](stays, kind) };
}

/** Returns the warnings of the library's components, each once, sorted. */
export const warningsOf = (diagnostics: readonly Diagnostic[]): string[] =>
  [
    ...new Set(
      diagnostics
        .filter(({ severity, urn }) => severity === "warning" && urn !== undefined && isOurs(urn))
        .map(({ message }) => message.replace(/^warning: /, "").trim()),
    ),
  ].sort();

/** Returns a sentence for each trail whose status in the state is not ACTIVE. */
export const troubledTrails = ({ after }: ViewedTransition): string[] =>
  after.all("trail").flatMap((trail) => {
    const { status } = trail.outputs;
    if (typeof status !== "string" || status.toUpperCase() === "ACTIVE") return [];
    return [
      `Trail ${nameOf({ urn: trail.urn, id: trail.id })} is in status ${status.toUpperCase()}: it delivers nothing.`,
    ];
  });
