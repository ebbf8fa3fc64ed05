import type { CloudApi } from "../../api/connection";
import { failureText, isCloudFailure } from "../../api/failures";
import { ObjectFetcher } from "../../api/objectFetcher";
import { objectKeyPrefixOf } from "../../components/objectPrefix";
import { inert } from "../inert";
import type { LogSource } from "../logs";
import { dayLength, dayOf, monthsIn } from "../logs/keys";
import { ArrayCutter } from "../logs/store/elements";
import { listUnit } from "../logs/store/listing";

/** New log object. */
export interface NewObject {
  readonly key: string;
  /** Texts of its records. */
  readonly records: readonly string[];
}

/** Reader of a trail's new log objects. */
export class NewObjects implements Disposable {
  private readonly seen = new Set<string>();
  private readonly reported = new Set<string>();

  private constructor(
    private readonly keyPrefix: string,
    private readonly fetcher: ObjectFetcher,
    private readonly report: (line: string) => void,
    private readonly now: () => number,
  ) {}

  static async open(
    { bucket, trailId, objectPrefix }: LogSource,
    cloud: CloudApi,
    around: {
      readonly report: (line: string) => void;
      readonly signal: AbortSignal;
      readonly now: () => number;
    },
  ): Promise<NewObjects> {
    const fetcher = await ObjectFetcher.open(bucket, cloud, around.signal);
    return new NewObjects(objectKeyPrefixOf(trailId, objectPrefix), fetcher, around.report, around.now);
  }

  /** Marks all existing objects as seen. @throws {CloudFailure} if the bucket cannot be listed. */
  async skip(): Promise<void> {
    for (const key of await this.keys(await this.time())) this.seen.add(key);
  }

  /**
   * Yields the new objects, in the order of their keys. An object that cannot be fetched is reported, and the next call tries it
   * again.
   *
   * @param from Time of the first day to list, milliseconds since 1970. @default yesterday
   * @throws {CloudFailure} if the bucket cannot be listed.
   */
  async *next(from?: number): AsyncGenerator<NewObject> {
    const now = await this.time();
    const keys = await this.keys(now, from);
    for (const key of keys.filter((one) => !this.seen.has(one)).sort()) {
      const records = await this.recordsOf(key);
      if (!records) continue;
      this.seen.add(key);
      yield { key, records };
    }
  }

  /** Returns the time by the service's clock, which decides the keys. This machine's clock may be wrong. */
  private async time(): Promise<number> {
    return (await this.fetcher.time()) ?? this.now();
  }

  /** Lists the keys of the days from a time on, and of their months in the older layout. */
  private async keys(now: number, from = now - dayLength): Promise<string[]> {
    const units = [...monthsIn(from, now + 1)];
    for (let at = from; at < now + dayLength; at += dayLength) units.push(dayOf(Math.min(at, now)));
    const listings = [];
    for (const unit of new Set(units)) listings.push(await listUnit(this.fetcher, this.keyPrefix, unit));
    return listings.flatMap(({ objects }) => objects.map(({ key }) => key));
  }

  private async recordsOf(key: string): Promise<string[] | undefined> {
    try {
      const { body } = await this.fetcher.get(key);
      const cutter = new ArrayCutter(Number.POSITIVE_INFINITY);
      const records = [...cutter.push(body.toString().replace(/^\ufeff/, ""))].flatMap(
        ({ text }) => text ?? [],
      );
      const fault = cutter.end();
      if (fault) this.reportOnce(key, `Log object ${inert(key)} ${fault}: ${records.length} records read.`);
      return records;
    } catch (error) {
      if (!isCloudFailure(error)) throw error;
      this.reportOnce(
        key,
        `Log object ${inert(key)} cannot be read and is tried again: ${inert(failureText(error))}`,
      );
      return undefined;
    }
  }

  private reportOnce(key: string, line: string): void {
    if (!this.reported.has(key)) this.report(line);
    this.reported.add(key);
  }

  [Symbol.dispose](): void {
    this.fetcher[Symbol.dispose]();
  }
}
