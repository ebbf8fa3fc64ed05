import { z } from "zod";
import { UnreadableError } from "../stack/engineJson";

/** Milliseconds by which clocks may differ. */
export const clockSkew = 60_000;
/** Milliseconds by which an update may end after the time in its record, which is in whole seconds. */
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

/** An update that ended, as its record says. */
export interface EndedUpdate {
  /** `update`, `destroy`, `refresh`, `import` and others. */
  readonly kind: string;
  readonly succeeded: boolean;
}

/** The updates of a stack that ended. An engine that was killed leaves no record of its update. */
export class Updates {
  private constructor(
    private readonly periods: readonly Period[],
    private readonly failures: readonly Period[],
    private readonly lastSuccess: number | undefined,
    /** The newest one that changes the cloud; nothing if there is none. */
    readonly last: EndedUpdate | undefined,
    /** Whether a refresh since the last success took resources out of the state, because it did not find them. */
    readonly hasLostByRefresh: boolean,
  ) {}

  /**
   * @param text What `pulumi stack history --json` printed.
   * @param oldest When the first resource of the stack was made, for a stack without an update that succeeded.
   * @throws {UnreadableError} if that is not what it prints.
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

  /** Whether something was made while an update ran that failed. */
  isOfFailure(createdAt: Date | undefined): boolean {
    const at = createdAt?.getTime() ?? Number.NaN;
    return this.failures.some(({ start, end }) => at >= start - clockSkew && at <= end + clockSkew);
  }

  /** Whether something was made after the last update that did all it was to do, as far as clocks agree. */
  isSinceSuccess(createdAt: Date | undefined): boolean {
    return (
      createdAt !== undefined &&
      this.lastSuccess !== undefined &&
      createdAt.getTime() >= this.lastSuccess - clockSkew
    );
  }

  /** Whether something was made since the last success, or before it by no update that ended. */
  isLeftOver(createdAt: Date | undefined): boolean {
    if (createdAt === undefined) return false;
    const at = createdAt.getTime();
    const first = Math.min(...this.periods.map(({ start }) => start));
    const isOfUpdate = this.periods.some(({ start, end }) => at >= start && at <= end + rounding);
    return this.isSinceSuccess(createdAt) || (at >= first && !isOfUpdate);
  }
}
