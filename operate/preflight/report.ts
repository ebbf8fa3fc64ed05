import type { Subject } from "../../api/identity";
import { exitCodes } from "../exitCodes";
import { inert } from "../inert";
import type { Check, CheckAnswer } from "./check";

/** Report of a preflight. */
export interface PreflightReport {
  readonly stack?: string;
  readonly deployer?: Subject;
  /** The worst answer of all checks. */
  readonly answer: CheckAnswer;
  /** Checks, problems first, then unknown ones. */
  readonly checks: readonly Check[];
}

/** Answers, worst first. */
const order: readonly CheckAnswer[] = ["problem", "unknown", "ok"];

/** Makes a report of checks, worst first. */
export function reportOf(
  checks: readonly Check[],
  { stack, deployer }: Pick<PreflightReport, "stack" | "deployer">,
): PreflightReport {
  const sorted = order.flatMap((answer) => checks.filter((check) => check.answer === answer));
  return { stack, deployer, answer: sorted[0]?.answer ?? "unknown", checks: sorted };
}

export const exitCodeOf = ({ answer }: PreflightReport): number =>
  ({ ok: exitCodes.success, problem: exitCodes.failedOn, unknown: exitCodes.unknown })[answer];

/** Formats a report for a terminal. */
export function textOf({ stack, deployer, checks }: PreflightReport): string {
  const count = (answer: CheckAnswer) => checks.filter((check) => check.answer === answer).length;
  const counts = [
    counted(count("problem"), "problem"),
    `${count("unknown")} unknown`,
    `${count("ok")} ok`,
  ].join(", ");
  const by = deployer ? `, deployed by ${deployer.type} ${deployer.id}` : "";
  const head = `Preflight${stack ? ` of stack ${stack}` : ""}${by}: ${counts}`;
  return `${[inert(head), "", ...byCause(checks).flatMap(linesOf)].join("\n")}\n`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Merges checks with the same answer, reason and command. */
export function byCause(checks: readonly Check[]): Check[] {
  const causes = new Map<string, Check[]>();
  for (const check of checks) {
    const { answer, reason, command, about } = check;
    const cause = answer === "ok" || !reason ? about : reason;
    const key = JSON.stringify([answer, cause, command]);
    causes.set(key, [...(causes.get(key) ?? []), check]);
  }
  return [...causes.values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, about: same.map(({ about }) => about).join(", ") }] : [];
  });
}

const width = Math.max(...order.map(({ length }) => length)) + 2;

/** Formats a check for a terminal. */
export function linesOf({ about, answer, reason, command }: Check): string[] {
  const [first = "", ...more] = reason ? inert(reason, { lines: true }).split("\n") : [];
  const indented = (text: string) => `  ${" ".repeat(width)}${text}`;
  return [
    `  ${answer.padEnd(width)}${inert(about)}${first && `: ${first}`}`,
    ...more.map(indented),
    ...(command ? [indented(`$ ${inert(command)}`)] : []),
  ];
}
