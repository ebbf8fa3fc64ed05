import { setTimeout as delay } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { failureText, unlessCloudFails } from "../../api/failures";
import { exitCodes, UsageError } from "../exitCodes";
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
  told: exitCodes.told,
  good: exitCodes.told,
};

const longestWait = 24 * 60;

/** `audit-trails verify`. */
export const verifyCommand = (): Command =>
  new Command("verify")
    .description(
      "Checks whether the trails of a stack work: status, roles, bucket and key, what was delivered, and whether that was tampered " +
        "with. Then it causes an audited event that changes nothing, and waits until it is in a log object.",
    )
    .requiredOption("--stack <name>", "name of the stack")
    .option("--quick", "cause no event, and wait for none")
    .option("--wait <minutes>", "how long the event is waited for (default: 15)", minutes)
    .option("--newest-within <minutes>", "how old the newest log object, and how long a gap, may be", minutes)
    .option(
      "--deployer <id>",
      "account or user that may change trail, bucket, key and roles; several count together; without it, who made the trail",
      (id: string, others: readonly string[] = []) => [...others, id],
    )
    .option(
      "--since <file>",
      "continue where the last run with this file ended, and note in it where this one ends; without it, verify reads the last day",
    )
    .option("--json", "for programs")
    .addHelpText(
      "after",
      "\nExit codes: 0 nothing is wrong, 1 something is, 2 something is unknown, 3 wrong options or a file that cannot be used, " +
        "70 a defect of this program.",
    )
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
        process.stdout.write(
          json
            ? `${JSON.stringify({ stack: name, ...report }, undefined, 2)}\n`
            : textOf(name, { ...report, memory: kept }),
        );
        process.exitCode = endings[report.result];
        if (since !== undefined) keep(since, name, kept);
      },
    );

/** After the report, which is not lost where the file cannot be written. */
function keep(file: string, stack: string, memory: Memory): void {
  try {
    writeMemory(file, stack, memory);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode ||= exitCodes.usage;
  }
}

/** Minutes as milliseconds. */
function minutes(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > longestWait)
    throw new InvalidArgumentError(`It must be a whole number of minutes, 1 to ${longestWait}.`);
  return Number(text) * minute;
}
