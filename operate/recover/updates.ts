import { z } from "zod";
import { UnreadableError } from "../engine/json";

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

/** The updates of a stack that ended. An engine that was killed leaves no record of its update. */
export class Updates {
  private constructor(
    private readonly periods: readonly Period[],
    private readonly lastSuccess: number | undefined,
  ) {}

  /**
   * @param text What `pulumi stack history --json` printed.
   * @param oldest When the first resource of the stack was made, for a stack without an update that succeeded.
   * @throws {UnreadableError} if that is not what it prints.
   */
  static read(text: string, oldest: Date | undefined): Updates {
    const updates = readHistory(text);
    const periods = updates.flatMap(({ startTime, endTime }) =>
      startTime && endTime ? [{ start: Date.parse(startTime), end: Date.parse(endTime) }] : [],
    );
    const successes = updates.flatMap(({ kind, result, endTime }) =>
      ["update", "destroy"].includes(kind) && result === "succeeded" && endTime ? [Date.parse(endTime)] : [],
    );
    return new Updates(periods, successes.length > 0 ? Math.max(...successes) : oldest?.getTime());
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
