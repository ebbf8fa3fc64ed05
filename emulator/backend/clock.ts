/** A length of time. */
export interface Duration {
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

export const inMilliseconds = ({ hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: Duration): number =>
  ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;

/** The cloud's time: the machine's, moved forward as often as wished. */
export class Clock {
  private readonly listeners: (() => void)[] = [];

  /** @param offset Milliseconds by which this clock is ahead of the machine's. */
  constructor(private offset = 0) {}

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  /** The time so much later, ISO text. */
  in(length: Duration): string {
    return new Date(this.now().getTime() + inMilliseconds(length)).toISOString();
  }

  /** Beginning of the current hour, ISO text. */
  hour(): string {
    return `${this.now().toISOString().slice(0, 13)}:00:00.000Z`;
  }

  get ahead(): number {
    return this.offset;
  }

  /** Moves the time forward; what falls due meanwhile has happened when this returns. */
  advance(by: Duration): void {
    this.offset += inMilliseconds(by);
    this.tick();
  }

  /** Lets everything that is due happen. */
  tick(): void {
    for (const listener of this.listeners) listener();
  }

  /** Calls back whenever time may have passed. */
  onTick(listener: () => void): void {
    this.listeners.push(listener);
  }
}
