import type { Subject } from "../../api/identity";
import { exitCodes } from "../exitCodes";
import { inert } from "../inert";
import type { Answer, Check } from "./check";

/** What a preflight tells. */
export interface PreflightReport {
  readonly stack?: string;
  readonly deployer?: Subject;
  /** The worst of all answers. */
  readonly answer: Answer;
  /** What is lacking comes first, then what cannot be told. */
  readonly checks: readonly Check[];
}

/** The worst first. */
const order: readonly Answer[] = ["lacks", "cannot tell", "has"];

export function reportOf(
  checks: readonly Check[],
  { stack, deployer }: Pick<PreflightReport, "stack" | "deployer">,
): PreflightReport {
  const sorted = order.flatMap((answer) => checks.filter((check) => check.answer === answer));
  return { stack, deployer, answer: sorted[0]?.answer ?? "cannot tell", checks: sorted };
}

export const exitCodeOf = ({ answer }: PreflightReport): number =>
  ({ has: exitCodes.told, lacks: exitCodes.failedOn, "cannot tell": exitCodes.unknown })[answer];

/** A report for a terminal. */
export function textOf({ stack, deployer, checks }: PreflightReport): string {
  const count = (answer: Answer) => checks.filter((check) => check.answer === answer).length;
  const counts = `${count("lacks")} lacking, ${count("cannot tell")} cannot be told, ${count("has")} in order`;
  const by = deployer ? `, deployed by ${deployer.type} ${deployer.id}` : "";
  const head = `Preflight${stack ? ` of stack ${stack}` : ""}${by}: ${counts}`;
  return `${[inert(head), "", ...checks.flatMap(linesOf)].join("\n")}\n`;
}

const width = Math.max(...order.map(({ length }) => length)) + 2;

/** A check for a terminal. */
export function linesOf({ about, answer, reason, command }: Check): string[] {
  const [first = "", ...more] = reason ? inert(reason, { lines: true }).split("\n") : [];
  const indented = (text: string) => `  ${" ".repeat(width)}${text}`;
  return [
    `  ${answer.padEnd(width)}${inert(about)}${first && `: ${first}`}`,
    ...more.map(indented),
    ...(command ? [indented(`$ ${inert(command)}`)] : []),
  ];
}
