import type { CloudApi } from "../../api/connection";
import { failureText, isCloudFailure } from "../../api/failures";
import { ObjectFetcher } from "../../api/objectFetcher";
import { objectKeyPrefixOf } from "../../components/objectPrefix";
import { inert } from "../inert";
import type { LogSource } from "../logs";
import { dayLength, dayOf, monthsIn } from "../logs/keys";
import { recordTexts } from "../logs/store/elements";
import { listUnit } from "../logs/store/listing";

/** New log object. */
export interface NewObject {
  readonly key: string;
  /** Texts of the records in the object. */
  readonly records: readonly string[];
}

/** Reader of a trail's new log objects. */
export class NewObjects implements Disposable {
  private readonly seen = new Set<string>();
  private isListed = false;
  private readonly reported = new Set<string>();

  private constructor(
    private readonly keyPrefix: string,
    private readonly fetcher: ObjectFetcher,
    private readonly report: (line: string) => void,
    private readonly now: () => number,
    /** Time of the first day to list, milliseconds since 1970. Yesterday is always listed. */
    private from = Number.POSITIVE_INFINITY,
    private readonly skipsExisting = !Number.isFinite(from),
  ) {}

  /** @param from Time of the first day to read, milliseconds since 1970. Without it, only objects that appear later are read. */
  static async open(
    { bucket, trailId, objectPrefix }: LogSource,
    cloud: CloudApi,
    around: {
      readonly report: (line: string) => void;
      readonly signal: AbortSignal;
      readonly now: () => number;
    },
    from?: number,
  ): Promise<NewObjects> {
    const fetcher = await ObjectFetcher.open(bucket, cloud, around.signal);
    return new NewObjects(objectKeyPrefixOf(trailId, objectPrefix), fetcher, around.report, around.now, from);
  }

  /** True if objects are skipped until the bucket can be listed for the first time. */
  get skipsFirst(): boolean {
    return this.skipsExisting && !this.isListed;
  }

  /** Lists the bucket for the first time. @throws {CloudFailure} if that fails. */
  async begin(): Promise<void> {
    const now = await this.time();
    const keys = await this.keys(now);
    this.isListed = true;
    if (!this.skipsExisting) return;
    for (const key of keys) this.seen.add(key);
    this.from = now - dayLength;
  }

  /**
   * Yields the new objects, in the order of their keys. An object that cannot be fetched is reported, and the next call tries it
   * again.
   *
   * @throws {CloudFailure} if the bucket cannot be listed.
   */
  async *next(): AsyncGenerator<NewObject> {
    if (!this.isListed) await this.begin();
    const now = await this.time();
    const keys = await this.keys(now);
    let isWhole = true;
    for (const key of keys.filter((one) => !this.seen.has(one)).sort()) {
      const records = await this.recordsOf(key);
      isWhole &&= records !== undefined;
      if (!records) continue;
      this.seen.add(key);
      yield { key, records };
    }
    // Older days get no more objects. If the next listing is much later, it begins here.
    if (isWhole) this.from = now - dayLength;
  }

  /** Returns the time by the service's clock, which decides the keys. This machine's clock may be wrong. */
  private async time(): Promise<number> {
    return (await this.fetcher.time()) ?? this.now();
  }

  /** Lists the keys of the days to read, and of their months in the older layout. */
  private async keys(now: number): Promise<string[]> {
    const from = Math.min(this.from, now - dayLength);
    const units = [...monthsIn(from, now + 1)];
    for (let at = from; at < now + dayLength; at += dayLength) units.push(dayOf(Math.min(at, now)));
    const listings = [];
    for (const unit of new Set(units)) listings.push(await listUnit(this.fetcher, this.keyPrefix, unit));
    return listings.flatMap(({ objects }) => objects.map(({ key }) => key));
  }

  private async recordsOf(key: string): Promise<readonly string[] | undefined> {
    try {
      const { body } = await this.fetcher.get(key);
      const { texts: records, fault } = recordTexts(body);
      if (fault) this.reportOnce(key, `Log object ${inert(key)} ${fault}: ${records.length} records read.`);
      return records;
    } catch (error) {
      if (!isCloudFailure(error)) throw error;
      this.reportOnce(
        key,
        `Log object ${inert(key)} cannot be read. search tries again: ${inert(failureText(error))}`,
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
