import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { exitCodes, UsageError } from "../exitCodes";
import { MissingEngine, purgeLogs } from "../logs";
import { sizeText } from "./coverageText";
import { engineText } from "./engines";
import { follow } from "./follow";
import { type Query, queryOf } from "./options";
import { placeOf } from "./place";
import { listOf, namedQuestions } from "./questions";
import { engines, formats, type RawOptions, statuses } from "./rawOptions";
import { search } from "./search";
import { Interrupted, interruptible, standardOutput } from "./terminal";

/** Exit code of a process that Ctrl-C ends: 128 and the number of SIGINT. */
const interrupted = 130;

/** `audit-trails search`. */
export const searchCommand = (): Command =>
  new Command("search")
    .description(
      "Answers questions about delivered audit logs: a question by name, filters that combine, or SQL. Log objects are fetched once " +
        "and kept in a cache on this machine.",
    )
    .argument("[question]", "question by name; --questions lists them")
    .option("--questions", "list the questions by name")
    .option("--stack <name>", "name of the stack whose trail is searched")
    .option("--bucket <name>", "bucket with the logs, in place of a stack; needs --trail")
    .option("--trail <id>", "id of the trail; with --stack, id or name of one of several trails")
    .option(
      "--prefix <prefix>",
      "prefix of the trail's log objects, with --bucket (default: as the trail has it)",
    )
    .option("--since <time>", "begin of the range: 12h, 7d, 2026-03-01 or 2026-03-01T10:00:00Z (default: 7d)")
    .option("--until <time>", "end of the range; a date counts whole (default: now)")
    .option("--all", "search everything in the bucket")
    .option("--type <pattern>", "event type, such as 'iam.Create*'")
    .option("--subject <subject>", "who acted, or in whose name somebody acted: id or name")
    .option("--resource <resource>", "resource, or a container of it: id or name")
    .option("--folder <folder>", "folder: id or name")
    .option("--address <pattern>", "address of the caller, such as '203.0.113.*'")
    .option("--status <status>", `status of the event: ${statuses.join(", ")}`)
    .option("--denied", "only calls that were refused for lack of permissions")
    .option("--text <text>", "text anywhere in the event; upper and lower case count")
    .option("--role <role>", "role, for the question role-granted")
    .option("--limit <rows>", "rows to print, the newest first (default: 100)")
    .option("--columns <names>", "columns, or members such as details.folder_id, with commas between them")
    .option("--count", "print how many events match")
    .option("--by <names>", "print how many events match for each value of these columns")
    .option("--format <format>", `form of the rows: ${formats.join(", ")} (default: table)`)
    .option("--raw", "print the records as they were delivered")
    .option(
      "--sql <statement>",
      "answer one SELECT over the table events, in place of a question and filters",
    )
    .option("--follow", "print events as they are delivered, until Ctrl-C")
    .option("--fail-on-match", "end with exit code 1 if there is a row")
    .option("--time-zone <zone>", "time zone of times, such as Europe/Moscow (default: UTC)")
    .option("--timeout <seconds>", "end the query after this time")
    .option("--offline", "search the cache alone, and ask the cloud nothing")
    .option("--no-cache", "keep nothing on this machine")
    .option("--recheck", "list days again that were over when they were read")
    .option("--purge", "delete the cached logs of the trail; without a trail, all of them")
    .option(
      "--engine <engine>",
      `${engines.join(", ")}: others than duckdb print a text to run elsewhere (default: duckdb)`,
    )
    .option("--yes", "fetch more than 10,000 log objects without asking")
    .addHelpText(
      "after",
      "\nRows go to standard output, everything else to standard error." +
        "\nExit codes: 0 answered over the whole range, 1 --fail-on-match and a row, 2 answered in part or unknown, 3 usage error, " +
        "130 Ctrl-C, 70 a defect of this program.",
    )
    .action(async (asked: string | undefined, options: RawOptions) => {
      process.exitCode = await run(asked, options);
    });

async function run(asked: string | undefined, options: RawOptions): Promise<number> {
  if (options.questions) {
    process.stdout.write(listOf(namedQuestions));
    return exitCodes.told;
  }
  const query = queryOf(asked, options, Date.now());
  using ending = interruptible();
  try {
    if (options.purge) return await purge(query);
    return await answer(query, ending.signal);
  } catch (error) {
    if (error instanceof Interrupted) return interrupted;
    // A rejection that follows from the signal.
    if (ending.signal.aborted && (error as Error)?.name === "AbortError") return interrupted;
    if (error instanceof MissingEngine) throw new UsageError(error.message);
    throw error;
  }
}

async function answer(query: Query, signal: AbortSignal): Promise<number> {
  const place = await placeOf(query);
  const out = standardOutput();
  if (query.engine !== "duckdb") {
    await out.write(engineText(query, place));
    return exitCodes.told;
  }
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  const around = { out, tell, signal, now: Date.now };
  if (!query.isFollow) return search(query, place, around);
  return follow(query, place, {
    ...around,
    pause: (milliseconds) => delay(milliseconds, undefined, { signal }),
  });
}

async function purge(query: Query): Promise<number> {
  const { stack, bucket } = query.place;
  const everything = stack === undefined && bucket === undefined;
  const removed = await purgeLogs(
    everything ? undefined : (await placeOf({ ...query, isOffline: true })).source,
  );
  process.stderr.write(`Deleted ${sizeText(removed)} of cached logs. The logs in the bucket stay.\n`);
  return exitCodes.told;
}
