import { readdirSync } from "node:fs";
import { Agent, get } from "node:http";
import { join } from "node:path";
import type { CloudApi } from "../../api/connection";
import { each } from "../../api/each";
import { openLogs, openTable } from "../../operate/logs";
import { Database } from "../../operate/logs/database";
import { columns, duckdbTypes, memberColumns } from "../../operate/logs/record";
import { trailId } from "./searchData";

/** Measurements by name. Each runs in a separate process: `tsx tools/bench/searchRun.ts <name> <folder> <address> <sql>`. */
const runs: Readonly<Record<string, (folder: string, address: string, sql: string) => Promise<unknown>>> = {
  /** Downloads all objects and discards them. */
  async get(folder, address) {
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    let bytes = 0;
    const fetchOne = (key: string) =>
      new Promise<void>((resolve, reject) => {
        get(`${address}/bucket/${key}`, { agent }, (response) => {
          response.on("data", (part: Buffer) => {
            bytes += part.length;
          });
          response.on("end", resolve);
        }).on("error", reject);
      });
    await each(keysOf(folder), fetchOne, 64);
    agent.destroy();
    return bytes;
  },
  /** Converts the objects by DuckDB's COPY, one statement a day. */
  async copy(folder) {
    using database = await Database.open({ memory: 2 ** 28, spill: join(folder, "..", "spill") });
    const names = [...new Set(memberColumns.flatMap(({ members }) => members.map(([name]) => name ?? "")))];
    const schema = names.map((name) => `"${name}": '${structOf(name)}'`).join(", ");
    for (const day of daysOf(folder))
      await database.run(
        `COPY (SELECT * FROM read_json('${folder}/${day}/*.json', format = 'array', columns = {${schema}}) ORDER BY event_time)
        TO '${folder}/../copied-${day.replaceAll("/", "-")}.parquet' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)`,
      );
  },
  /** Answers a query over the existing cache. */
  async ask(folder, address, sql) {
    const cloud = { token: async () => "token", storageEndpoint: address } as unknown as CloudApi;
    const source = { storageEndpoint: "http://bench", bucket: "bucket", trailId };
    await using logs = await openLogs(source, "all", { cloud, folder: join(folder, "..", "cache") });
    await using table = await openTable([logs], { range: "all" });
    let rows = 0;
    for await (const _row of await table.query(sql)) rows += 1;
    return [rows, logs.coverage.events];
  },
};

/** Returns the DuckDB type of a member and its members, for `read_json`. */
function structOf(name: string): string {
  const column = memberColumns.find(({ members }) =>
    members.some((path) => path.length === 1 && path[0] === name),
  );
  if (column) return duckdbTypes[column.kind === "time" ? "text" : column.kind];
  const inner = columns.flatMap(({ kind, members }) =>
    members
      .filter((path) => path.length === 2 && path[0] === name)
      .map((path) => `"${path[1]}" ${duckdbTypes[kind]}`),
  );
  return `STRUCT(${inner.join(", ")})`;
}

const keysOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));

const daysOf = (folder: string): string[] => [
  ...new Set(keysOf(folder).map((key) => key.slice(0, key.lastIndexOf("/")))),
];

const [what = "", folder = "", address = "", sql = ""] = process.argv.slice(2);
const began = performance.now();
runs[what]?.(folder, address, sql).then((result) => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpu = (userCPUTime + systemCPUTime) / 1e6;
  const wall = (performance.now() - began) / 1000;
  console.log(JSON.stringify({ wall, cpu, memory: maxRSS / 1024, result: String(result) }));
});
