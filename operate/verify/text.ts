import { inert } from "../inert";
import type { Result } from "./check";
import type { Verification } from "./verify";

const marks: Readonly<Record<Result, string>> = { bad: "BAD", unknown: "?", info: "-", good: "ok" };

const conclusions: Readonly<Record<Result, string>> = {
  bad: "Something is wrong: see BAD.",
  unknown: "Something is unknown: see ?.",
  info: "Nothing is wrong.",
  good: "Nothing is wrong.",
};

/** Formats a verification for people. */
export function textOf(stack: string, { trails, result }: Verification): string {
  const lines = trails.flatMap(({ name, trailId, checks }) => [
    `Trail ${name} (${trailId})`,
    ...checks.flatMap((check) => [
      `  ${marks[check.result].padEnd(3)}  ${check.name.padEnd(9)}  ${inert(check.text)}`,
      ...(check.details ?? []).map((detail) => `${" ".repeat(18)}${inert(detail)}`),
    ]),
  ]);
  return `${[`Audit logs of stack ${stack}`, ...lines, conclusions[result]].join("\n")}\n`;
}
