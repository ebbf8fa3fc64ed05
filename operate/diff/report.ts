import { wayOn } from "../../components/protectedParts";
import { type Preview, readPreview, readState, type State, UnreadableError, veiled } from "../engine/json";
import { isOurs, splitUrn } from "../engine/urn";
import { type Comparison, compare, type Loss, type Row, troubledTrails, warningsOf } from "./compare";
import { type Failure, failureOf, type Refusal } from "./failure";
import { type RawDiff, rawDiffOf } from "./rawDiff";
import { type Situations, situationsOf, type Transition } from "./situation";
import { applying, type Effect, type Verdict } from "./verdict";

/** What a change means for the audit logs of a stack. */
export interface Report {
  readonly stack?: string;
  readonly commit?: string;
  /** The worst that applies. */
  readonly verdict: Verdict;
  /** All that apply, the worst first. */
  readonly applies: readonly Verdict[];
  /** Why nothing can be told. */
  readonly obstacles: readonly Obstacle[];
  /** What protection refuses. */
  readonly refusals: readonly Refusal[];
  readonly rows: readonly Row[];
  readonly losses: readonly Loss[];
  /** What was changed in the cloud by others; absent if the preview did not look. */
  readonly drift?: Comparison;
  /** What the program says about what is refused. */
  readonly advice: readonly string[];
  /** What else the program warns of. */
  readonly warnings: readonly string[];
  /** What is not well already. */
  readonly troubles: readonly string[];
  readonly rawDiff: readonly RawDiff[];
  /** Texts that must not appear. */
  readonly secrets: readonly string[];
}

/** Why nothing can be told: our sentence, and what others say about it. */
interface Obstacle {
  readonly reason: string;
  readonly detail?: string;
}

/** What a report is made of: texts that the CLI printed. */
export interface Source {
  readonly preview: string;
  readonly state?: string;
  readonly stack?: string;
  readonly commit?: string;
}

/** Judges a preview. What cannot be read or compared ends as `unknown`, with the reason. */
export function reportOn({ preview: previewText, state: stateText, stack, commit }: Source): Report {
  const empty: Report = {
    ...{ stack, commit, verdict: "unknown", applies: ["unknown"], obstacles: [], refusals: [], rows: [] },
    ...{ losses: [], advice: [], warnings: [], troubles: [], rawDiff: [], secrets: [] },
  };
  try {
    const state = stateText === undefined ? undefined : readState(stateText);
    const preview = veiled(readPreview(previewText), state);
    const named = { ...empty, stack: stack ?? stackOf(preview, state), secrets: state?.secrets ?? [] };
    const failure = failureOf(preview);
    const obstacles = obstaclesOf(preview, state, failure, stack);
    return obstacles.length > 0 ? { ...named, obstacles } : judged(named, preview, state, failure);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return { ...empty, obstacles: [{ reason: error.message }] };
  }
}

function judged(empty: Report, preview: Preview, state: State | undefined, { refusals }: Failure): Report {
  const { drift, change } = withRefusals(situationsOf(preview, state), refusals);
  const { rows, losses } = compare(change);
  const found: (Effect | undefined)[] = [...rows, ...losses].map(({ effect }) => effect);
  const applies = applying([...(refusals.length > 0 ? ["refused" as const] : []), ...found]);
  return {
    ...empty,
    ...{ verdict: applies[0], applies, refusals, rows, losses },
    drift: drift && compare(drift),
    ...saidBy(preview, refusals.length > 0),
    troubles: troubledTrails(change),
    rawDiff: rawDiffOf(change),
  };
}

/** What the program says: about refusals, where there are any, and otherwise. The way on is told once. */
function saidBy({ diagnostics }: Preview, isRefused: boolean): Pick<Report, "advice" | "warnings"> {
  const all = warningsOf(diagnostics);
  const isAdvice = (warning: string) => isRefused && warning.includes(wayOn);
  return {
    advice: all.filter(isAdvice).map((warning) => warning.replace(wayOn, "").trim()),
    warnings: all.filter((warning) => !isAdvice(warning)),
  };
}

/** Why a preview, with what is known of the state, tells too little. */
function obstaclesOf(
  preview: Preview,
  state: State | undefined,
  { errors, refusals }: Failure,
  wanted: string | undefined,
): Obstacle[] {
  if (errors.length > 0) return errors.map((detail) => ({ reason: reasonOf(detail), detail }));
  const stacks = new Set(urnsOf(preview, state).map((urn) => splitUrn(urn).stack));
  if (stacks.size > 1 || (wanted !== undefined && stacks.size === 1 && !stacks.has(wanted)))
    return [
      {
        reason: "Preview, state and --stack are of different stacks.",
        detail: [...stacks, ...(wanted ? [`--stack ${wanted}`] : [])].join(", "),
      },
    ];
  const looked = preview.steps.some(({ op }) => op === "refresh");
  if (!state && !looked && (refusals.length > 0 || preview.leftOut > 0))
    return [
      {
        reason:
          "The preview leaves out what does not change, and without it the change cannot be judged. Give the state too: " +
          "--state with the output of pulumi stack export.",
      },
    ];
  const recorded = new Set(state?.resources.map(({ urn }) => urn));
  const stranger = state && preview.steps.find(({ before }) => before && !recorded.has(before.urn));
  if (stranger)
    return [
      {
        reason: "The state is not the one that the preview began from: it lacks a resource. Export it anew.",
        detail: stranger.urn,
      },
    ];
  if (!urnsOf(preview, state).some(isOurs))
    return [{ reason: "Neither the preview nor the state names a component of this library." }];
  return [];
}

const reasonOf = (error: string) =>
  /permission.?denied|access.?denied|403/i.test(error)
    ? "The preview was denied something, so it does not show the whole change. The account that it runs as lacks a role."
    : "The preview failed, so it does not show the whole change.";

const urnsOf = (preview: Preview, state: State | undefined): string[] => [
  ...preview.steps.map(({ urn }) => urn),
  ...(state?.resources ?? []).map(({ urn }) => urn),
];

const stackOf = (preview: Preview, state: State | undefined): string | undefined =>
  urnsOf(preview, state).map((urn) => splitUrn(urn).stack)[0];

/** A refused step is not among the steps; it is what would follow without protection. */
function withRefusals({ drift, change }: Situations, refusals: readonly Refusal[]): Situations {
  const after = new Map(change.after);
  const refused = refusals.flatMap(({ urn, kind }) => {
    const resource = change.before.get(urn);
    if (kind === "removed") after.delete(urn);
    const isTold = change.departures.some((departure) => departure.resource.urn === urn);
    return resource && !isTold ? [{ kind, resource, stays: resource.retainOnDelete }] : [];
  });
  const whole: Transition = { ...change, after, departures: [...change.departures, ...refused] };
  return { drift, change: whole };
}
