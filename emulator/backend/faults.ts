import { CloudError, type Code } from "./errors";

/** Picks calls by the end of their method's name, such as `TrailService/Create`, and by their request. */
export interface Pick {
  readonly method: string;
  readonly request?: (request: unknown) => boolean;
}

/** Faults and delays that a test switches on. They apply to gRPC and, as `s3/GET` and the like, to Object Storage. */
export class Faults {
  private latencies: { pick: Pick; milliseconds: number }[] = [];
  private failures: { pick: Pick; remaining: number; code: Code; message: string }[] = [];
  private holds: { pick: Pick; arrived: Promise<void>; bound: number }[] = [];
  private arrivals: { pick: Pick; arrive: () => void }[] = [];

  /** Adds a latency to each call that fits; `method: ""` fits all. */
  delay(pick: Pick, milliseconds: number): void {
    this.latencies.push({ pick, milliseconds });
  }

  /** Fails the next calls that fit. */
  fail(
    pick: Pick,
    code: Code,
    { times = 1, message = code }: { times?: number; message?: string } = {},
  ): void {
    this.failures.push({ pick, remaining: times, code, message });
  }

  /** Holds calls that fit until another has arrived, for so many milliseconds at most. */
  hold(pick: Pick, { until, bound }: { until: Pick; bound: number }): void {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    this.arrivals.push({ pick: until, arrive });
    this.holds.push({ pick, arrived, bound });
  }

  /** Switches everything off. */
  clear(): void {
    for (const { arrive } of this.arrivals) arrive();
    this.latencies = [];
    this.failures = [];
    this.holds = [];
    this.arrivals = [];
  }

  /**
   * What a call meets before it is worked on.
   *
   * @throws {CloudError} if it is to fail.
   */
  async meet(method: string, request: unknown): Promise<void> {
    const fits = (pick: Pick) => method.endsWith(pick.method) && (pick.request?.(request) ?? true);
    for (const { pick, arrive } of this.arrivals) if (fits(pick)) arrive();
    for (const { pick, milliseconds } of this.latencies) if (fits(pick)) await timeout(milliseconds);
    for (const { pick, arrived, bound } of this.holds)
      if (fits(pick)) await Promise.race([arrived, timeout(bound)]);
    const failure = this.failures.find(({ pick, remaining }) => remaining > 0 && fits(pick));
    if (!failure) return;
    failure.remaining -= 1;
    throw new CloudError(failure.code, failure.message);
  }
}

const timeout = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
