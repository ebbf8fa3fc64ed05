import { wayOn } from "../../components/protectedParts";
import { readState, type State, UnreadableError } from "../stack/engineJson";
import { type Preview, readPreview, veiled } from "../stack/preview";
import { StackView } from "../stack/stackView";
import { isOurs, splitUrn } from "../stack/urn";
import { compare, troubledTrails, warningsOf } from "./compare";
import { type Failure, failureOf, type Refusal } from "./failure";
import { type RawDiff, rawDiffOf } from "./rawDiff";
import type { Comparison, Loss, Row } from "./row";
import { asSeen } from "./seen";
import { type Situations, situationsOf, type Transition } from "./situation";
import { applying, type Effect, type Verdict } from "./verdict";

/** Report on what a change means for the audit logs of a stack. */
export interface Report {
  readonly stack?: string;
  readonly commit?: string;
  /** The worst verdict that applies. */
  readonly verdict: Verdict;
  /** All verdicts that apply, worst first. */
  readonly applies: readonly Verdict[];
  /** Reasons why nothing could be compared, so the verdict is `unknown`. */
  readonly obstacles: readonly Obstacle[];
  /** Changes that protection refuses. */
  readonly refusals: readonly Refusal[];
  readonly rows: readonly Row[];
  readonly losses: readonly Loss[];
  /** Changes that others made in the cloud; absent if the preview ran without a refresh. */
  readonly drift?: Comparison;
  /** Warnings of the program about refused changes. */
  readonly advice: readonly string[];
  /** Other warnings of the program. */
  readonly warnings: readonly string[];
  /** Problems that exist before the change. */
  readonly troubles: readonly string[];
  readonly rawDiff: readonly RawDiff[];
  /** Secret texts, which must not appear in the output. */
  readonly secrets: readonly string[];
}

/** Reason why nothing could be compared: our sentence, and the original message. */
export interface Obstacle {
  readonly reason: string;
  readonly detail?: string;
}

/** Input of a report: texts that the CLI printed. */
export interface Source {
  readonly preview: string;
  readonly state?: string;
  readonly stack?: string;
  readonly commit?: string;
  /** Error output of the CLI, if its preview failed. */
  readonly failure?: string;
}

/** Returns a report without changes: the verdict `unknown` and its reasons. */
export const unknownReport = (
  of: Pick<Report, "stack" | "commit">,
  obstacles: readonly Obstacle[],
): Report => ({
  ...{ ...of, verdict: "unknown", applies: ["unknown"], obstacles, refusals: [], rows: [] },
  ...{ losses: [], advice: [], warnings: [], troubles: [], rawDiff: [], secrets: [] },
});

/** Returns the report on a preview. The verdict is `unknown`, with the reason, if something cannot be read or compared. */
export function reportOn({
  preview: previewText,
  state: stateText,
  stack,
  commit,
  failure: said,
}: Source): Report {
  const empty = unknownReport({ stack, commit }, []);
  try {
    const state = stateText === undefined ? undefined : readState(stateText);
    const { preview, secrets } = veiled(readPreview(previewText), state);
    const named = {
      ...empty,
      stack: stack ?? stackOf(preview, state),
      secrets: [...(state?.secrets ?? []), ...secrets],
    };
    const failure = failureOf(preview, said);
    const obstacles = obstaclesOf(preview, state, failure, stack);
    return obstacles.length > 0 ? { ...named, obstacles } : judged(named, preview, state, failure);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return { ...empty, obstacles: [{ reason: error.message, detail: error.detail ?? said }] };
  }
}

function judged(empty: Report, preview: Preview, state: State | undefined, { refusals }: Failure): Report {
  const { drift, change } = asSeen(withRefusals(situationsOf(preview, state), refusals));
  const now = new StackView(change.before);
  const after = new StackView(change.after, change.renamed);
  const viewed = { before: now, after, transition: change };
  const { rows, losses } = compare(viewed);
  const drifted = drift && compare({ before: new StackView(drift.before), after: now, transition: drift });
  const found: (Effect | undefined)[] = [...rows, ...losses].map(({ effect }) => effect);
  // Changes by others do not count for the verdict. But if one of them is unknown, the verdict is unknown.
  if (drifted?.rows.some(({ effect }) => effect === "unknown")) found.push("unknown");
  const applies = applying([...(refusals.length > 0 ? ["refused" as const] : []), ...found]);
  return {
    ...empty,
    ...{ verdict: applies[0], applies, refusals, rows, losses },
    drift: drifted,
    ...saidBy(preview, refusals.length > 0),
    troubles: troubledTrails(viewed),
    rawDiff: rawDiffOf(change),
  };
}

/** Separates the program's warnings: advice about refusals, and all others. The text about what to do is printed once. */
function saidBy({ diagnostics }: Preview, isRefused: boolean): Pick<Report, "advice" | "warnings"> {
  const all = warningsOf(diagnostics);
  const isAdvice = (warning: string) => isRefused && warning.includes(wayOn);
  return {
    advice: all.filter(isAdvice).map((warning) => warning.replace(wayOn, "").trim()),
    warnings: all.filter((warning) => !isAdvice(warning)),
  };
}

/** Returns the reasons why preview and state are not enough for a verdict. */
function obstaclesOf(
  preview: Preview,
  state: State | undefined,
  { errors, refusals }: Failure,
  wanted: string | undefined,
): Obstacle[] {
  if (errors.length > 0) return errors.map((detail) => ({ reason: reasonOf(detail), detail }));
  if (preview.contradictions.length > 0)
    return [
      {
        reason:
          "The preview contradicts itself, or has an unknown operation. Run it again, or update audit-trails.",
        detail: preview.contradictions.join("\n"),
      },
    ];
  const stacks = new Set(urnsOf(preview, state).map((urn) => splitUrn(urn).stack));
  if (stacks.size > 1 || (wanted !== undefined && stacks.size === 1 && !stacks.has(wanted)))
    return [
      {
        reason: "Preview, state and --stack are of different stacks.",
        detail: [...stacks, ...(wanted ? [`--stack ${wanted}`] : [])].join(", "),
      },
    ];
  const isRefreshed = preview.steps.some(({ op }) => op === "refresh");
  if (!state && !isRefreshed && (refusals.length > 0 || preview.leftOut > 0))
    return [
      {
        reason:
          "The preview leaves out resources that stay the same. Give the state too: --state with the output of pulumi stack export.",
      },
    ];
  const recorded = new Set(state?.resources.map(({ urn }) => urn));
  const stranger = state && preview.steps.find(({ before }) => before && !recorded.has(before.urn));
  if (stranger)
    return [
      {
        reason: "The preview did not begin from this state, which lacks a resource. Export the state again.",
        detail: stranger.urn,
      },
    ];
  if (!urnsOf(preview, state).some(isOurs))
    return [{ reason: "Neither the preview nor the state names a component of this library." }];
  return [];
}

const denied = "The cloud denied a request of the preview, so it does not show the whole change.";

/** Finds the reason for an error. Object Storage answers with the errors of S3, other services with those of gRPC. */
const reasonOf = (error: string) =>
  /permission.?denied/i.test(error)
    ? `${denied} The account of the preview lacks a role.`
    : /access.?denied|403/i.test(error)
      ? `${denied} The policy of the bucket denies access to the account of the preview, or the account lacks a role. ` +
        "A bucket policy denies everything that it does not allow. So a policy that only denies gives nobody access."
      : "The preview failed, so it does not show the whole change.";

const urnsOf = (preview: Preview, state: State | undefined): string[] => [
  ...preview.steps.map(({ urn }) => urn),
  ...(state?.resources ?? []).map(({ urn }) => urn),
];

const stackOf = (preview: Preview, state: State | undefined): string | undefined =>
  urnsOf(preview, state).map((urn) => splitUrn(urn).stack)[0];

/** Adds refused changes to the transition, as if there were no protection. The preview does not list them as steps. */
function withRefusals({ drift, change }: Situations, refusals: readonly Refusal[]): Situations {
  const after = new Map(change.after);
  const refused = refusals.flatMap(({ urn, kind }) => {
    const resource = change.before.get(urn);
    if (kind === "removed") after.delete(urn);
    const isListed = change.departures.some((departure) => departure.resource.urn === urn);
    return resource && !isListed ? [{ kind, resource, stays: resource.retainOnDelete }] : [];
  });
  const whole: Transition = { ...change, after, departures: [...change.departures, ...refused] };
  return { drift, change: whole };
}
