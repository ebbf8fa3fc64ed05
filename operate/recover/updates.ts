import { z } from "zod";
import { inert } from "../inert";
import { UnreadableError } from "../stack/engineJson";
import { runPulumi } from "../stack/runPulumi";
import { Halt } from "../state/halt";
import { lastLine } from "../state/stackEditor";

/** Maximum difference between clocks, in milliseconds. */
export const clockSkew = 60_000;
/** Milliseconds by which an update may end after the recorded time, which is in whole seconds. */
const rounding = 1000;

const history = z
  .array(
    z.object({
      kind: z.string(),
      result: z.string().optional(),
      startTime: z.string().optional(),
      endTime: z.string().optional(),
      resourceChanges: z.record(z.string(), z.number()).optional(),
    }),
  )
  .nullish();

function readHistory(text: string) {
  try {
    return history.parse(JSON.parse(text)) ?? [];
  } catch {
    throw new UnreadableError("The output of `pulumi stack history` is broken or cut off.");
  }
}

interface Period {
  readonly start: number;
  readonly end: number;
}

/** Record of an update that ended. */
export interface EndedUpdate {
  /** `update`, `destroy`, `refresh`, `import` and others. */
  readonly kind: string;
  readonly succeeded: boolean;
}

/** Updates of a stack that ended. A killed engine leaves no record of its update. */
export class Updates {
  private constructor(
    private readonly periods: readonly Period[],
    private readonly failures: readonly Period[],
    private readonly lastSuccess: number | undefined,
    /** The newest update that changed the cloud; undefined if there is none. */
    readonly last: EndedUpdate | undefined,
    /** True if a refresh since the last success dropped resources that it did not find. */
    readonly hasLostByRefresh: boolean,
  ) {}

  /**
   * Reads the history of a stack.
   *
   * @param text Output of `pulumi stack history --json`.
   * @param oldest Creation time of the stack's first resource, for a stack without a successful update.
   * @throws {UnreadableError} if the text is not such an output.
   */
  static read(text: string, oldest: Date | undefined): Updates {
    const updates = readHistory(text).map(({ kind, result, startTime, endTime, resourceChanges }) => ({
      ...{ kind, result, deleted: resourceChanges?.delete ?? 0 },
      ...{ start: Date.parse(startTime ?? ""), end: Date.parse(endTime ?? "") },
    }));
    const periods = updates.filter(({ start, end }) => !Number.isNaN(start + end));
    const changing = periods.filter(({ kind }) => ["update", "destroy"].includes(kind));
    const successes = changing.filter(({ result }) => result === "succeeded").map(({ end }) => end);
    const lastSuccess = successes.length > 0 ? Math.max(...successes) : oldest?.getTime();
    const [last] = [...changing].sort((one, other) => other.end - one.end);
    return new Updates(
      periods,
      changing.filter(({ result }) => result === "failed"),
      lastSuccess,
      last && { kind: last.kind, succeeded: last.result === "succeeded" },
      periods.some(
        ({ kind, deleted, end }) => kind === "refresh" && deleted > 0 && end >= (lastSuccess ?? 0),
      ),
    );
  }

  /** Checks whether something was created during a failed update. */
  isOfFailure(createdAt: Date | undefined): boolean {
    const at = createdAt?.getTime() ?? Number.NaN;
    return this.failures.some(({ start, end }) => at >= start - clockSkew && at <= end + clockSkew);
  }

  /** Checks whether something was created after the last successful update. Clocks may differ a little. */
  isSinceSuccess(createdAt: Date | undefined): boolean {
    return (
      createdAt !== undefined &&
      this.lastSuccess !== undefined &&
      createdAt.getTime() >= this.lastSuccess - clockSkew
    );
  }

  /** Checks whether something was created after the last successful update, or at a time of no recorded update. */
  isLeftOver(createdAt: Date | undefined): boolean {
    if (createdAt === undefined) return false;
    const at = createdAt.getTime();
    const first = Math.min(...this.periods.map(({ start }) => start));
    const isOfUpdate = this.periods.some(({ start, end }) => at >= start && at <= end + rounding);
    return this.isSinceSuccess(createdAt) || (at >= first && !isOfUpdate);
  }
}

/** Reads the last hundred updates of a stack. @param oldest as {@link Updates.read}. @throws {Halt} if they cannot be read. */
export async function readUpdates(stack: string, oldest: Date | undefined): Promise<Updates> {
  const page = ["--json", "--page-size", "100", "--page", "1"];
  const run = await runPulumi("Reading the history", ["stack", "history", ...page, "--stack", stack]);
  if (run.succeeded) return Updates.read(run.stdout, oldest);
  throw new Halt(
    `The history of stack ${inert(stack)} cannot be read: ${lastLine(run.stderr)}. recover stopped before the import.`,
  );
}
