/** A length of time. */
export interface Duration {
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

export const inMilliseconds = ({ hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: Duration): number =>
  ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;

/** Clock of the cloud: the machine's clock, and the time by which tests moved it forward. */
export class Clock {
  private readonly listeners: (() => void)[] = [];

  /** @param offset Milliseconds by which this clock is ahead of the machine's. */
  constructor(private offset = 0) {}

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  /** Returns the time after a duration, as ISO text. */
  in(length: Duration): string {
    return new Date(this.now().getTime() + inMilliseconds(length)).toISOString();
  }

  /** Returns the beginning of the current hour, as ISO text. */
  hour(): string {
    return `${this.now().toISOString().slice(0, 13)}:00:00.000Z`;
  }

  get ahead(): number {
    return this.offset;
  }

  /** Moves the time forward. All due events have happened when it returns. */
  advance(by: Duration): void {
    this.offset += inMilliseconds(by);
    this.tick();
  }

  /** Runs all due events. */
  tick(): void {
    for (const listener of this.listeners) listener();
  }

  /** Calls back whenever time may have passed. */
  onTick(listener: () => void): void {
    this.listeners.push(listener);
  }
}
