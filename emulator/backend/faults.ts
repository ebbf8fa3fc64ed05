import { CloudError, type Code } from "./errors";

/** Selects calls by the end of their method's name, such as `TrailService/Create`, and by their request. */
export interface Pick {
  readonly method: string;
  readonly request?: (request: unknown) => boolean;
}

/** Faults and delays that a test switches on. They apply to gRPC and, with names such as `s3/GET`, to Object Storage. */
export class Faults {
  private latencies: { pick: Pick; milliseconds: number }[] = [];
  private failures: Failure[] = [];
  private lateFailures: Failure[] = [];
  private hangs: { pick: Pick; remaining: number }[] = [];
  private drops: { pick: Pick; remaining: number }[] = [];
  private release = () => {};
  private released = this.newRelease();
  private holds: { pick: Pick; arrived: Promise<void>; bound: number }[] = [];
  private arrivals: { pick: Pick; arrive: () => void }[] = [];
  private interruptions: { moment: Moment; pick: Pick; toPass: number; action: (method: string) => void }[] =
    [];

  /** Adds a latency to each matching call; `method: ""` matches all. */
  delay(pick: Pick, milliseconds: number): void {
    this.latencies.push({ pick, milliseconds });
  }

  /** Fails matching calls: the next ones, or later ones after a number of calls that pass. */
  fail(pick: Pick, code: Code, { times = 1, after = 0, message = code }: FailureOptions = {}): void {
    this.failures.push({ pick, remaining: times, toPass: after, code, message });
  }

  /** Lets the operations of matching calls fail later: the first reply is a pending operation, and nothing is changed. */
  failLate(pick: Pick, code: Code, { times = 1, after = 0, message = code }: FailureOptions = {}): void {
    this.lateFailures.push({ pick, remaining: times, toPass: after, code, message });
  }

  /** Leaves matching calls without an answer, until {@link clear}. */
  hang(pick: Pick, { times = 1 }: { times?: number } = {}): void {
    this.hangs.push({ pick, remaining: times });
  }

  /** Does the work of matching calls, but cuts the connection instead of answering. */
  drop(pick: Pick, { times = 1 }: { times?: number } = {}): void {
    this.drops.push({ pick, remaining: times });
  }

  /** Holds matching calls until another call has arrived, at most for `bound` milliseconds. */
  hold(pick: Pick, { until, bound }: { until: Pick; bound: number }): void {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    this.arrivals.push({ pick: until, arrive });
    this.holds.push({ pick, arrived, bound });
  }

  /**
   * Runs an action at a matching call: the next one, or the one after `after` calls. At moment `before`, the call is then not
   * processed. At `after`, it was processed, and its answer is lost.
   *
   * @param action Function that gets the call's method.
   */
  interrupt(
    moment: Moment,
    pick: Pick,
    action: (method: string) => void,
    { after = 0 }: { after?: number } = {},
  ): void {
    this.interruptions.push({ moment, pick, toPass: after, action });
  }

  /** Lists the active faults, with the numbers of calls that are left. */
  list(): { kind: string; method: string; left?: number }[] {
    const shown = (kind: string, all: readonly { readonly pick: Pick; readonly remaining?: number }[]) =>
      all
        .filter(({ remaining }) => remaining !== 0)
        .map(({ pick, remaining }) => ({ kind, method: pick.method, left: remaining }));
    return [
      ...shown("delay", this.latencies),
      ...shown("fail", this.failures),
      ...shown("failLate", this.lateFailures),
      ...shown("hang", this.hangs),
      ...shown("drop", this.drops),
      ...shown("hold", this.holds),
      ...this.interruptions.map(({ moment, pick }) => ({
        kind: `interrupt ${moment}`,
        method: pick.method,
        left: 1,
      })),
    ];
  }

  /** Removes all faults and delays. */
  clear(): void {
    for (const { arrive } of this.arrivals) arrive();
    this.release();
    this.released = this.newRelease();
    this.latencies = [];
    this.failures = [];
    this.lateFailures = [];
    this.hangs = [];
    this.drops = [];
    this.holds = [];
    this.arrivals = [];
    this.interruptions = [];
  }

  /**
   * Applies faults and delays to a call before its work.
   *
   * @throws {CloudError} if the call must fail.
   */
  async meet(method: string, request: unknown): Promise<void> {
    const fits = fitting(method, request);
    if (this.isInterrupted("before", method, fits))
      throw new CloudError("UNAVAILABLE", "The call was interrupted");
    for (const { pick, arrive } of this.arrivals) if (fits(pick)) arrive();
    for (const { pick, milliseconds } of this.latencies) if (fits(pick)) await timeout(milliseconds);
    for (const { pick, arrived, bound } of this.holds)
      if (fits(pick)) await Promise.race([arrived, timeout(bound)]);
    if (isNext(this.hangs, fits)) {
      await this.released;
      throw new CloudError("UNAVAILABLE", "The call got no answer");
    }
    const failure = nextFailure(this.failures, fits);
    if (failure) throw new CloudError(failure.code, failure.message);
  }

  /** Checks whether the answer to a completed call must be lost. */
  losesAnswer(method: string, request: unknown): boolean {
    const fits = fitting(method, request);
    return this.isInterrupted("after", method, fits) || isNext(this.drops, fits);
  }

  /** Returns the failure for the operation of a call; undefined if it must succeed. */
  lateFailure(method: string): { code: Code; message: string } | undefined {
    const failure = nextFailure(this.lateFailures, fitting(method, undefined));
    return failure && { code: failure.code, message: failure.message };
  }

  private isInterrupted(moment: Moment, method: string, fits: (pick: Pick) => boolean): boolean {
    const fitting = this.interruptions.filter((one) => one.moment === moment && fits(one.pick));
    const due = fitting.filter(({ toPass }) => toPass === 0);
    for (const one of fitting) one.toPass -= 1;
    this.interruptions = this.interruptions.filter((one) => !due.includes(one));
    for (const { action } of due) action(method);
    return due.length > 0;
  }

  private newRelease(): Promise<void> {
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }
}

/** Moment of an interruption: before or after the work of the call. */
export type Moment = "before" | "after";

interface FailureOptions {
  /** @default 1 */
  readonly times?: number;
  /** Number of calls that pass first. @default 0 */
  readonly after?: number;
  readonly message?: string;
}

interface Failure {
  readonly pick: Pick;
  readonly code: Code;
  readonly message: string;
  remaining: number;
  toPass: number;
}

const fitting = (method: string, request: unknown) => (pick: Pick) =>
  method.endsWith(pick.method) && (pick.request?.(request) ?? true);

function isNext(all: { readonly pick: Pick; remaining: number }[], fits: (pick: Pick) => boolean): boolean {
  const next = all.find(({ pick, remaining }) => remaining > 0 && fits(pick));
  if (next) next.remaining -= 1;
  return next !== undefined;
}

function nextFailure(all: Failure[], fits: (pick: Pick) => boolean): Failure | undefined {
  for (const failure of all) {
    if (failure.remaining === 0 || !fits(failure.pick)) continue;
    if (failure.toPass > 0) {
      failure.toPass -= 1;
      continue;
    }
    failure.remaining -= 1;
    return failure;
  }
  return undefined;
}

const timeout = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
