/** Counts calls, and the time during which at least one call was in progress. */
export class Traffic {
  /** Calls by method. */
  readonly counts = new Map<string, number>();
  private inFlight = 0;
  private busySince = 0;
  private busyMilliseconds = 0;
  private readonly listeners: ((method: string) => void)[] = [];

  /** Counts a call. @returns a function to call after its answer. */
  begin(method: string): () => void {
    this.counts.set(method, (this.counts.get(method) ?? 0) + 1);
    if (this.inFlight === 0) this.busySince = performance.now();
    this.inFlight += 1;
    return () => {
      this.inFlight -= 1;
      if (this.inFlight === 0) this.busyMilliseconds += performance.now() - this.busySince;
      for (const listener of this.listeners) listener(method);
    };
  }

  /** Calls back with the method of each answered call. */
  onAnswered(listener: (method: string) => void): void {
    this.listeners.push(listener);
  }

  get calls(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Milliseconds with at least one call in work. */
  get busy(): number {
    return this.busyMilliseconds + (this.inFlight > 0 ? performance.now() - this.busySince : 0);
  }

  reset(): void {
    this.counts.clear();
    this.busyMilliseconds = 0;
    this.busySince = performance.now();
  }
}
