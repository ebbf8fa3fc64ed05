import type { Clock, Duration } from "./clock";
import type { Traffic } from "./traffic";

/** A step of the clock after each call of a method. */
export interface Jump {
  /** End of the method's name, such as `ServiceAccountService/Update`. */
  readonly method: string;
  readonly by: Duration;
}

/** Moves the clock forward after calls, so that clients need not wait for results. */
export class ClockJumps {
  private jumps: readonly Jump[] = [];

  constructor(clock: Clock, traffic: Traffic) {
    traffic.onAnswered((method) => {
      for (const jump of this.jumps) if (method.endsWith(jump.method)) clock.advance(jump.by);
    });
  }

  add(jump: Jump): void {
    this.jumps = [...this.jumps, jump];
  }

  list(): readonly Jump[] {
    return this.jumps;
  }

  clear(): void {
    this.jumps = [];
  }
}
