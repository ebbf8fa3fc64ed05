import type { CloudApi } from "../../../api/connection";
import { CloudFailure } from "../../../api/failures";
import { ObjectFetcher } from "../../../api/objectFetcher";
import { recordTexts } from "./elements";

/** Texts of records as they were delivered. The log objects are fetched again; the last object is kept in memory. */
export class RawRecords implements Disposable {
  private fetcher: Promise<ObjectFetcher> | undefined;
  private last: { readonly object: string; readonly records: Promise<readonly string[]> } | undefined;

  constructor(
    private readonly bucket: string,
    private readonly cloud: CloudApi | undefined,
  ) {}

  /** Returns the text of a record. @throws {CloudFailure} if the object cannot be fetched, or no longer has the record. */
  async get(object: string, position: number): Promise<string> {
    if (this.last?.object !== object) this.last = { object, records: this.fetch(object) };
    const record = (await this.last.records)[position];
    if (record === undefined)
      throw new CloudFailure(`Object ${object} no longer has record ${position + 1}. It was overwritten.`);
    return record;
  }

  private async fetch(object: string): Promise<readonly string[]> {
    const { bucket, cloud } = this;
    if (!cloud)
      throw new CloudFailure(
        "The cache does not hold records as they were delivered. Run without --offline.",
      );
    this.fetcher ??= ObjectFetcher.open(bucket, cloud);
    const { body } = await (await this.fetcher).get(object);
    return recordTexts(body).texts;
  }

  [Symbol.dispose](): void {
    this.fetcher?.then((fetcher) => fetcher[Symbol.dispose]()).catch(() => {});
  }
}
