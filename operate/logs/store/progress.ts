import type { LogProgress } from "../types";

/** Minimum number of milliseconds between two reports. */
const reportEvery = 200;

/** Reports the progress of a run. */
export class Progress {
  private reportedAt = 0;
  private total = 0;
  private totalBytes = 0;
  private done = 0;
  private bytes = 0;
  private convertedObjects = 0;

  constructor(private readonly report: ((progress: LogProgress) => void) | undefined) {}

  /** Reports listed days and months. */
  listed(done: number, total: number): void {
    this.say({ step: "list", done, total, bytes: 0, totalBytes: 0 });
  }

  /** Sets the totals. @param objects All objects that will be fetched. */
  begin(objects: readonly { readonly size: number }[]): void {
    this.total = objects.length;
    this.totalBytes = objects.reduce((sum, { size }) => sum + size, 0);
  }

  /** Counts a fetched object. @param size Bytes. */
  fetched(size: number): void {
    this.done += 1;
    this.bytes += size;
    const { done, total, bytes, totalBytes } = this;
    this.say({ step: "fetch", done, total, bytes, totalBytes });
  }

  /** Counts converted objects. */
  converted(objects: number): void {
    this.convertedObjects += objects;
    this.say({ step: "convert", done: this.convertedObjects, total: this.total, bytes: 0, totalBytes: 0 });
  }

  private say(progress: LogProgress): void {
    const now = Date.now();
    if (now - this.reportedAt < reportEvery) return;
    this.reportedAt = now;
    this.report?.(progress);
  }
}
