import { and, not, oneOf } from "../conditions";
import { wantedBy } from "../eventTypes";
import { questions as access } from "./access";
import { questions as anything } from "./anything";
import { questions as infrastructure } from "./infrastructure";
import { questions as kubernetes } from "./kubernetes";
import type { NamedQuestion } from "./question";

export type { Given, GivenOption, LoggingIds, NamedQuestion } from "./question";

/** Condition that leaves out calls that changed nothing. */
const notFailed = not(oneOf("event_status", "ERROR", "CANCELLED"));

/** All questions with a name, in the order of `--questions`. */
export const namedQuestions: readonly NamedQuestion[] = [
  ...anything,
  ...access,
  ...infrastructure,
  ...kubernetes,
].map((question) => ({
  ...question,
  condition: (given) => {
    const condition = question.condition(given);
    return question.hasFailed || given.hasStatus ? condition : and(condition, notFailed);
  },
}));

/** Columns of every answer. */
const commonColumns = ["event_time", "event_type", "subject", "event_status", "remote_address"];

/** Returns the default columns of a question, or of a search without one. */
export const columnsOf = (question?: NamedQuestion): string[] => [
  ...commonColumns,
  ...(question?.columns ?? ["resource_name"]),
];

/** Returns the text of `--questions`: names, meanings, options and the data events among them. */
export function listOf(questions: readonly NamedQuestion[]): string {
  const longest = Math.max(...questions.map(({ name }) => name.length));
  return questions
    .map(({ name, meaning, options = {}, condition }) => {
      const taken = Object.entries(options).map(([option, need]) =>
        need === "needed" ? `--${option}` : `[--${option}]`,
      );
      const { hasManagement, data } = wantedBy(condition({ logging: { own: [], folders: [] } }));
      const services = [...data.keys()].join(", ");
      const needs =
        services && ` ${hasManagement ? "Also needs" : "Needs"} data events of ${services} in the trail.`;
      const use = taken.length > 0 ? ` (${taken.join(" ")})` : "";
      return `${name.padEnd(longest)}  ${meaning}${use}${needs}\n`;
    })
    .join("");
}
