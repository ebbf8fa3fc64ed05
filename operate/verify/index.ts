import { setTimeout as delay } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { failureText, unlessCloudFails } from "../../api/failures";
import { exitCodes, UsageError } from "../exitCodes";
import { newCommand, printJson, repeated } from "../newCommand";
import { withProgress } from "../progress";
import { openStack } from "../stack/openStack";
import { minute, type Result } from "./check";
import { type Memory, readMemory, writeMemory } from "./memory";
import { textOf } from "./text";
import { verify } from "./verify";

interface Options {
  readonly stack: string;
  readonly quick?: boolean;
  readonly wait?: number;
  readonly newestWithin?: number;
  readonly deployer?: readonly string[];
  readonly since?: string;
  readonly json?: boolean;
}

const endings: Readonly<Record<Result, number>> = {
  bad: exitCodes.failedOn,
  unknown: exitCodes.unknown,
  info: exitCodes.success,
  good: exitCodes.success,
};

const longestWait = 24 * 60;

/** `audit-trails verify`. */
export const verifyCommand = (): Command =>
  newCommand({
    name: "verify",
    description:
      "Checks whether the trails of a stack work: status, roles, bucket, key and delivered logs, also for tampering. Then it " +
      "causes an audit event by a call that changes nothing, and waits for it in a log object.",
    examples: ["verify --stack prod", "verify --stack prod --quick --since verify.json"],
    endings: {
      0: "nothing is wrong",
      1: "fault found",
      2: "unknown, no fault found",
      3: "usage error, or a --since file that cannot be used",
    },
  })
    .requiredOption("--stack <name>", "name of the stack")
    .option("--quick", "skip the event and the wait")
    .option("--wait <minutes>", "longest wait for the event (default: 15)", minutes)
    .option(
      "--newest-within <minutes>",
      "fail if the newest log object is older than this, or a gap between events is longer",
      minutes,
    )
    .option(
      "--deployer <id>",
      "account or user that may change trail, bucket, key and roles; may be repeated (default: the creator of the trail)",
      repeated,
    )
    .option(
      "--since <file>",
      "continue where the last run with this file ended, and save the new position in it (default: verify reads the last day)",
    )
    .option("--json", "print the report as JSON")
    .action(
      async ({
        stack: name,
        since,
        json,
        deployer: deployers = [],
        wait = 15 * minute,
        ...options
      }: Options) => {
        const stack = await openStack(name);
        const memory = since === undefined ? {} : readMemory(since, name);
        if (stack.view.all("trail").length === 0)
          throw new UsageError(`The stack ${name} has no trail. Run pulumi up first, or name another stack.`);
        const cloud = await unlessCloudFails(stack.cloud(), (error) => {
          process.stderr.write(`The cloud cannot be reached: ${failureText(error)}\n`);
          process.exitCode = exitCodes.unknown;
        });
        if (!cloud) return;
        const around = {
          now: Date.now,
          pause: (milliseconds: number) => delay(milliseconds),
          progress: (text: string) => void process.stderr.write(`${text}\n`),
        };
        const { memory: kept, ...report } = await withProgress(
          "Checking trails, roles, buckets and log objects",
          verify(stack.view, cloud, { ...options, wait, deployers, memory }, around),
        );
        if (json) printJson({ stack: name, ...report });
        else process.stdout.write(textOf(name, { ...report, memory: kept }));
        process.exitCode = endings[report.result];
        if (since !== undefined) keep(since, name, kept);
      },
    );

/** Writes the file for the next run. The report is printed before, so an error here does not lose it. */
function keep(file: string, stack: string, memory: Memory): void {
  try {
    writeMemory(file, stack, memory);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode ||= exitCodes.usage;
  }
}

/** Reads minutes, and returns milliseconds. @throws {InvalidArgumentError} for any other text. */
function minutes(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > longestWait)
    throw new InvalidArgumentError(`It must be a whole number of minutes, 1 to ${longestWait}.`);
  return Number(text) * minute;
}
