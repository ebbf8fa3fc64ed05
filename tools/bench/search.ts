import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { engineRelease } from "../../operate/logs/database";
import { sizeOf } from "../../operate/logs/store/files";
import { columns } from "../local/report";
import { folderId, writeLogs } from "./searchData";

const run = promisify(execFile);
const rounds = 3;
const deleted = "yandex.cloud.audit.resourcemanager.DeleteFolder";
/** Query for the account that deleted a folder. */
const question = `SELECT event_time, subject_name FROM events
  WHERE event_type = '${deleted}' AND detail(details, 'folder_id') = '${folderId}' ORDER BY event_time`;

/** Time and memory of one process. */
interface Took {
  /** Seconds of wall time, without the start of the process. */
  readonly wall: number;
  /** Seconds of processor time, with the start of the process. */
  readonly cpu: number;
  /** Peak of memory, MB. */
  readonly memory: number;
  readonly result: string;
}

/** Runs `searchRun.ts` bundled into one file, as users run the command. */
export async function take(what: string, folder: string, address = "", sql = ""): Promise<Took> {
  const program = [join(__dirname, "..", "..", "register.cjs"), join(__dirname, "searchRun.ts")];
  const { stdout } = await run(process.execPath, ["--require", ...program, ...[what, folder, address, sql]]);
  return JSON.parse(stdout) as Took;
}

/** Serves log objects from a process of its own. @returns its address. */
export async function serveLogs(logs: string): Promise<Disposable & { readonly address: string }> {
  const program = [join(__dirname, "..", "..", "register.cjs"), join(__dirname, "searchServer.ts"), logs];
  const server = spawn(process.execPath, ["--require", ...program]);
  const [data] = await once(server.stdout, "data");
  return { address: String(data).trim(), [Symbol.dispose]: () => void server.kill() };
}

/** Returns the processor seconds of a command and its children, as bash counts them. */
async function shell(command: string): Promise<number> {
  const { stderr } = await run("bash", ["-c", `TIMEFORMAT='%U %S'; time { ${command} > /dev/null; }`]);
  const [user = 0, system = 0] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  return user + system;
}

/** DuckDB's Python client in the release of {@link engineRelease}, and the package that it needs for times with a zone. */
const pythonClient = [`duckdb==${/@(\d+\.\d+\.\d+)/.exec(engineRelease)?.[1]}`, "pytz"];

/** Python program that answers a query over Parquet files, with what the query needs of the views of search. */
const pythonProgram = `
import duckdb, glob, sys
database = duckdb.connect(config={"threads": 2})
database.execute("SET TimeZone = 'UTC'")
database.execute("CREATE VIEW events AS SELECT * FROM read_parquet('%s/**/days/*.parquet')" % sys.argv[1])
database.execute("CREATE MACRO detail(document, member) AS json_extract_string(document, '$.' || member)")
print(len(database.execute(sys.argv[2]).fetchall()))
`;

/** Installs DuckDB's Python client. @returns the path of its interpreter. */
async function installPython(folder: string): Promise<string> {
  const environment = join(folder, "python");
  const python = join(environment, "bin", "python");
  await run("python3", ["-m", "venv", environment]);
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...pythonClient]);
  return python;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const middle = (all: readonly Took[]): Took =>
  [...all].sort((one, other) => one.cpu - other.cpu)[Math.floor(all.length / 2)] as Took;

/** Measures searches over a number of events. @param python Interpreter with DuckDB's client. */
async function measureLogs(folder: string, events: number, python: string) {
  const logs = join(folder, "logs");
  mkdirSync(logs, { recursive: true });
  const written = writeLogs(logs, events);
  try {
    using server = await serveLogs(logs);
    const { address } = server;
    await take("get", logs, address);
    const get = await take("get", logs, address);
    const first = await take("ask", logs, address, question);
    const later: Took[] = [];
    for (let i = 0; i < rounds; i += 1) later.push(await take("ask", logs, address, question));
    const cache = await sizeOf(join(folder, "cache"));
    const copy = await take("copy", logs);
    const filter = `.[] | select(.event_type == "${deleted}" and .details.folder_id == "${folderId}") | [.event_time, .authentication.subject_name]`;
    const jq = await shell(`find ${logs} -name '*.json' -print0 | xargs -0 jq -c '${filter}'`);
    const program = [python, "-c", pythonProgram, join(folder, "cache"), question].map(quoted).join(" ");
    const clients: number[] = [];
    for (let i = 0; i < rounds; i += 1) clients.push(await shell(program));
    const client = clients.sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? 0;
    return { ...written, get, first, second: middle(later), cache, copy, jq, client };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const seconds = (value: number): string => `${value.toFixed(2)} s`;
const times = (value: number): string => value.toFixed(2);

/** Measures `audit-trails search` and the tools that it is compared with. @returns a table. */
export async function measureSearch(folder: string, events = Number(process.env.EVENTS ?? 1_000_000)) {
  const python = await installPython(folder);
  const small = await measureLogs(join(folder, "tenth"), events / 10, python);
  const { bytes, objects, get, first, second, cache, copy, jq, client } = await measureLogs(
    join(folder, "all"),
    events,
    python,
  );
  const conversion = first.cpu - get.cpu;
  return columns([
    ["", "measured", "beside", "ratio", "aim"],
    [
      ...[
        "first question, wall",
        seconds(first.wall),
        `get ${seconds(get.wall)}, DuckDB's COPY ${seconds(copy.wall)}`,
      ],
      ...[times(first.wall / Math.max(get.wall, copy.wall)), "1.5"],
    ],
    [
      ...["conversion, processor", seconds(conversion), `DuckDB's COPY ${seconds(copy.cpu)}`],
      ...[times(conversion / copy.cpu), "0.75"],
    ],
    [
      "second question, processor",
      seconds(second.cpu),
      `jq ${seconds(jq)}`,
      `1 / ${times(jq / second.cpu)}`,
      "1 / 25",
    ],
    [
      ...["second question, processor", seconds(second.cpu), `DuckDB's Python client ${seconds(client)}`],
      ...[times(second.cpu / client), "1.3"],
    ],
    ["second question, wall", seconds(second.wall), "", "", "1 s"],
    ["get of an object, processor", `${((get.cpu / objects) * 1000).toFixed(2)} ms`, "", "", "0.6 ms"],
    ["peak memory, filling", `${first.memory.toFixed(0)} MB`, "", "", "400 MB"],
    ["peak memory, question", `${second.memory.toFixed(0)} MB`, "", "", "400 MB"],
    [
      "cache",
      `${(cache / 1e6).toFixed(0)} MB`,
      `JSON ${(bytes / 1e6).toFixed(0)} MB`,
      times(cache / bytes),
      "0.13",
    ],
    [
      ...["from a tenth: first question, processor", seconds(first.cpu), seconds(small.first.cpu)],
      ...[times(first.cpu / small.first.cpu), "10"],
    ],
    [
      ...["from a tenth: second question, processor", seconds(second.cpu), seconds(small.second.cpu)],
      ...[times(second.cpu / small.second.cpu), "3"],
    ],
    ["events found", second.result, first.result, "", ""],
  ]);
}
