import { failureText, isCloudFailure } from "../../api/failures";
import type { LogValue } from "../logs";
import { listText } from "./coverageText";
import type { OpenTrails } from "./openTrails";
import { inertJson, type Output, type Sink } from "./output";

/** Returns the line of a record as it was delivered. For a terminal, control characters are escaped. */
export const recordText = (record: string, { width }: Sink): string =>
  `${width === undefined ? record : inertJson(record)}\n`;

/** Output of records as they were delivered. Its rows are trail, object and position. */
export class RawOutput implements Output {
  /** Reasons why log objects cannot be fetched, by key. */
  private readonly faults = new Map<string, string>();

  constructor(
    private readonly trails: OpenTrails,
    private readonly out: Sink,
    private readonly report: (line: string) => void,
  ) {}

  /** True if all records were printed. */
  get isWhole(): boolean {
    return this.faults.size === 0;
  }

  async row([trail, object, position]: readonly LogValue[]): Promise<void> {
    const key = String(object);
    try {
      const record = await this.trails.raw(String(trail), key, Number(position));
      await this.out.write(recordText(record, this.out));
    } catch (error) {
      if (!isCloudFailure(error)) throw error;
      this.faults.set(key, failureText(error));
    }
  }

  async end(): Promise<void> {
    if (this.isWhole) return;
    const faults = [...this.faults].map(([key, fault]) => `${key}: ${fault}`);
    this.report(
      `Log objects that cannot be fetched again, so their records are not printed: ${faults.length}${listText(faults)}`,
    );
  }
}
