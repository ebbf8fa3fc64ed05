import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudApi, openCloud } from "../../../api/connection";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import {
  type EventTable,
  type LogRange,
  type Logs,
  type LogValue,
  type OpenOptions,
  openLogs,
  openTable,
} from "../../../operate/logs";
import { type KeyUnit, spanOf } from "../../../operate/logs/keys";
import { Api, bucketRequest } from "../../support/api";
import { connectionTo, reach } from "../../support/connection";

export const bucketName = "audit-logs";
export const trailId = "cnptrail";

/** Range of days, the last one included. */
export const days = (first: KeyUnit, last = first): LogRange => ({
  from: spanOf(first)[0],
  to: spanOf(last)[1],
});

let events = 0;

/** A record of the audit log. */
export function event(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  events += 1;
  return {
    event_id: `event-${events}`,
    event_type: "yandex.cloud.audit.iam.CreateKey",
    event_time: "2026-03-03T01:02:03Z",
    ...more,
  };
}

/** A bucket of the local cloud with log objects, and a cache of them. */
export class LogBucket implements AsyncDisposable {
  /** Folder of the cache. */
  readonly folder = mkdtempSync(join(tmpdir(), "log-cache-"));

  private constructor(
    readonly emulator: Emulator,
    private api: CloudApi,
  ) {}

  static async start(options: EmulatorOptions = {}): Promise<LogBucket> {
    const emulator = await startEmulator(options);
    reach(emulator);
    using api = new Api(emulator);
    await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, bucketName));
    return new LogBucket(emulator, await openCloud(connectionTo(emulator)));
  }

  /** Signs in again: tokens expire as the cloud's time passes. */
  async signIn(): Promise<void> {
    this.api = await openCloud(connectionTo(this.emulator));
  }

  get cloud() {
    return this.emulator.cloud;
  }

  get source() {
    return { storageEndpoint: this.api.storageEndpoint, bucket: bucketName, trailId };
  }

  /** The cloud's time. */
  readonly now = (): number => this.cloud.clock.now().getTime();

  /** Puts a log object. @param unit Day or month of its key. @param body Its records, or its contents. @returns its key. */
  put(unit: KeyUnit, name: string, body: readonly unknown[] | string | Buffer): string {
    const key = `${trailId}/${unit.replaceAll("-", "/")}/${name}`;
    const contents = Array.isArray(body) ? JSON.stringify(body) : (body as string | Buffer);
    this.cloud.objects.put(this.cloud.deployer, bucketName, key, Buffer.from(contents), "application/json", {
      hasContentMd5: true,
    });
    return key;
  }

  delete(key: string): void {
    this.cloud.objectDeletions.delete(this.cloud.deployer, bucketName, key);
  }

  /** Opens the logs at the cloud's time. */
  async open(
    range: LogRange = days("2026-03-03"),
    options: OpenOptions & { expiryDays?: number; objectPrefix?: string } = {},
  ): Promise<Logs & Pick<EventTable, "query">> {
    const { expiryDays, objectPrefix, ...rest } = options;
    const logs = await openLogs({ ...this.source, expiryDays, objectPrefix }, range, {
      ...{ cloud: this.api, folder: this.folder, now: this.now },
      ...rest,
    });
    const table = await openTable([logs], { range }, options);
    const close = async () => {
      await table[Symbol.asyncDispose]();
      await logs.close();
    };
    return { ...logs, query: table.query, close, [Symbol.asyncDispose]: close };
  }

  /** Opens the logs, asks, and closes them. */
  async ask(
    sql: string,
    range: LogRange = days("2026-03-03"),
    options: Parameters<LogBucket["open"]>[1] = {},
  ): Promise<{ rows: readonly (readonly LogValue[])[]; coverage: Logs["coverage"] }> {
    await using logs = await this.open(range, options);
    return { rows: await rowsOf(logs, sql), coverage: logs.coverage };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await this.emulator[Symbol.asyncDispose]();
  }
}

export async function rowsOf(logs: Pick<EventTable, "query">, sql: string): Promise<(readonly LogValue[])[]> {
  const rows: (readonly LogValue[])[] = [];
  for await (const row of await logs.query(sql)) rows.push(row);
  return rows;
}

/** Ids of the events that are searched, in order. */
export const ids = "select event_id from events order by event_id";
