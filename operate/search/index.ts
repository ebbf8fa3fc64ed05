import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import { distinctBy } from "../../components/distinct";
import { exitCodes, UsageError } from "../exitCodes";
import { CacheInUse, MissingEngine, purgeLogs } from "../logs";
import { newCommand } from "../newCommand";
import { sizeText } from "./coverageText";
import { engineText } from "./engines";
import { follow } from "./follow";
import { type Query, queryOf } from "./options";
import { onlyPlace, placesOf } from "./place";
import { listOf, namedQuestions } from "./questions";
import { engines, formats, type RawOptions, statuses } from "./rawOptions";
import { search } from "./search";
import { Interrupted, interruptible, standardOutput } from "./terminal";

/** Exit code of a process that Ctrl-C ends: 128 and the number of SIGINT. */
const interrupted = 130;

/** `audit-trails search`. */
export const searchCommand = (): Command =>
  newCommand({
    name: "search",
    description:
      "Answers questions about delivered audit logs: a question by name, filters that combine, or SQL. It fetches each log object " +
      "once and keeps it in a cache on this machine.",
    notes: ["Rows go to standard output, everything else to standard error."],
    examples: [
      "search --stack prod --since 2026-03-01 --type 'iam.Create*'",
      "search denied --stack prod --subject ci --since 24h",
      "search --stack prod --since 90d --by subject,event_type",
    ],
    endings: {
      0: "answered over the whole range",
      1: "--fail-on-match, and there is a row",
      2: "answered in part, or unknown",
      3: "usage error",
      [interrupted]: "Ctrl-C",
    },
  })
    .argument("[question]", "question by name; --questions lists them")
    .option("--questions", "list the questions by name")
    .option("--stack <name>", "name of the stack whose trails are searched")
    .option("--bucket <name>", "bucket with the logs, instead of a stack; needs --trail")
    .option("--trail <id>", "id of the trail; with --stack, id or name of the only trail to search")
    .option(
      "--prefix <prefix>",
      "prefix of the trail's log objects, with --bucket (default: the trail's prefix)",
    )
    .option("--since <time>", "start of the range: 12h, 7d, 2026-03-01 or 2026-03-01T10:00:00Z (default: 7d)")
    .option("--until <time>", "end of the range; a date means the end of that day (default: now)")
    .option("--all", "search everything in the bucket")
    .option("--type <pattern>", "event type, such as 'iam.Create*'")
    .option("--subject <subject>", "acting account, or its impersonator: id or name")
    .option("--resource <resource>", "resource or one of its parents: id or name")
    .option("--folder <folder>", "folder: id or name")
    .option("--address <pattern>", "address of the caller, such as '203.0.113.*'")
    .option("--status <status>", `status of the event: ${statuses.join(", ")}`)
    .option("--denied", "only calls that were refused for lack of permissions")
    .option("--text <text>", "text anywhere in the event, in upper or lower case")
    .option("--role <role>", "role, for the question role-granted")
    .option("--limit <rows>", "largest number of rows, the newest first (default: 100)")
    .option("--columns <names>", "columns, or members such as details.folder_id, separated by commas")
    .option("--count", "print the number of matching events")
    .option("--by <names>", "print the number of matching events for each value of these columns")
    .option("--format <format>", `format of the rows: ${formats.join(", ")} (default: table)`)
    .option("--raw", "print the records as they were delivered")
    .option(
      "--sql <statement>",
      "answer one SELECT over the events of all trails, instead of a question and filters",
    )
    .option("--follow", "print events of all trails as they are delivered, until Ctrl-C")
    .option("--fail-on-match", "exit with 1 if there is a row")
    .option("--time-zone <zone>", "time zone of times, such as Europe/Moscow (default: UTC)")
    .option("--timeout <seconds>", "longest time of the query")
    .option("--offline", "search only the cache, without calls to the cloud")
    .option("--no-cache", "keep no logs on this machine")
    .option("--recheck", "list past days again, to find log objects that were added, changed or deleted")
    .option("--purge", "delete the cached logs of the trail; without a trail, all of them")
    .option(
      "--engine <engine>",
      `${engines.join(", ")}: all but duckdb print a query on one trail, to run elsewhere (default: duckdb)`,
    )
    .option("--yes", "fetch more than 10,000 log objects without asking")
    .action(async (asked: string | undefined, options: RawOptions) => {
      process.exitCode = await run(asked, options);
    });

async function run(asked: string | undefined, options: RawOptions): Promise<number> {
  if (options.questions) {
    process.stdout.write(listOf(namedQuestions));
    return exitCodes.success;
  }
  const query = queryOf(asked, options, Date.now());
  using ending = interruptible();
  try {
    if (options.purge) return await purge(query);
    return await answer(query, ending.signal);
  } catch (error) {
    if (error instanceof Interrupted) return interrupted;
    // The signal may also end a call with an AbortError.
    if (ending.signal.aborted && (error as Error)?.name === "AbortError") return interrupted;
    if (error instanceof MissingEngine || error instanceof CacheInUse) throw new UsageError(error.message);
    throw error;
  }
}

async function answer(query: Query, signal: AbortSignal): Promise<number> {
  // Two resources of a program may have one trail.
  const places = distinctBy(await placesOf(query), ({ source }) => source.trailId);
  const out = standardOutput();
  if (query.engine !== "duckdb") {
    await out.write(engineText(query, onlyPlace(places, `--engine ${query.engine}`)));
    return exitCodes.success;
  }
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const around = { out, report, signal, now: Date.now };
  if (!query.isFollow) return search(query, places, around);
  return follow(query, places, {
    ...around,
    pause: (milliseconds) => delay(milliseconds, undefined, { signal }),
  });
}

async function purge(query: Query): Promise<number> {
  const { stack, bucket } = query.place;
  const everything = stack === undefined && bucket === undefined;
  const sources = everything
    ? [undefined]
    : (await placesOf({ ...query, isOffline: true })).map(({ source }) => source);
  let removed = 0;
  for (const source of sources) removed += await purgeLogs(source);
  process.stderr.write(`Deleted ${sizeText(removed)} of cached logs. The logs in the bucket stay.\n`);
  return exitCodes.success;
}
