import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { AuditEvent } from "../../../components";
import { convert } from "../../../operate/logs/store/conversion";
import type { Condition } from "../../../operate/search/conditions";
import { DuckdbText } from "../../../operate/search/engines/duckdb";
import { makeFolder } from "../../support/folder";

/** The table `events` as the store converts it, without a store. */
export class EventTable implements Disposable {
  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly folder: ReturnType<typeof makeFolder>,
  ) {}

  static async of(events: readonly AuditEvent[] = []): Promise<EventTable> {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run("set timezone = 'UTC'");
    const table = new EventTable(connection, makeFolder());
    if (events.length > 0) await table.fill(events);
    return table;
  }

  /** Replaces the events of the table. */
  async fill(events: readonly AuditEvent[]): Promise<void> {
    const [lines, parquet] = ["lines.json", "events.parquet"].map((name) => join(this.folder.path, name));
    if (!lines || !parquet) return;
    const rows = events.map((event, position) =>
      JSON.stringify({ o: "object", p: position, r: null, e: event }),
    );
    writeFileSync(lines, rows.join("\n"));
    await this.connection.run(convert(lines, parquet, 100_000));
    await this.connection.run(`create or replace table events as from read_parquet('${parquet}')`);
  }

  /** Positions of the events for which a condition is true. */
  async find(condition: Condition): Promise<number[]> {
    const sql = new DuckdbText();
    const text = `select "position" from events where ${sql.of(condition)} order by 1`;
    const reader = await this.connection.runAndReadAll(text, [...sql.values]);
    return reader.getRows().map(([position]) => Number(position));
  }

  [Symbol.dispose](): void {
    this.connection.closeSync();
    this.folder[Symbol.dispose]();
  }
}
