import type { Answer } from "../../components/roles";

/** Returns `yes` if one answer is `yes`, else `unknown` if one is unknown. Without answers it is `no`. */
export const anyOf = (answers: readonly Answer[]): Answer =>
  answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";

/** Returns `no` if one answer is `no`, else `unknown` if one is unknown. Without answers it is `yes`. */
export const allOf = (answers: readonly Answer[]): Answer => not(anyOf(answers.map(not)));

export const not = (answer: Answer): Answer =>
  answer === "unknown" ? answer : answer === "yes" ? "no" : "yes";
