import { failureText, unlessCloudFails } from "../../api/failures";

/** Result of a check. If something cannot be read, it is `unknown`, never `ok`. */
export type CheckAnswer = "ok" | "problem" | "unknown";

/** A requirement of a set-up, and the result. */
export interface Check {
  /** The requirement as a noun: `role storage.admin on folder b1g…`. */
  readonly about: string;
  readonly answer: CheckAnswer;
  /** The problem, or the reason why the answer is unknown. */
  readonly reason?: string;
  /** The command that solves the problem, or that shows the unknown fact. */
  readonly command?: string;
}

export const ok = (about: string, reason?: string): Check => ({ about, answer: "ok", reason });

export const problem = (about: string, reason: string, command?: string): Check => ({
  ...{ about, answer: "problem", reason },
  ...(command && { command }),
});

export const unknown = (about: string, reason: string, command?: string): Check => ({
  ...{ about, answer: "unknown", reason },
  ...(command && { command }),
});

/** A requirement, and the function that checks it. */
export type PlannedCheck = readonly [
  about: string,
  check: (about: string) => Promise<Check | readonly Check[]>,
];

/** Runs a check. If the service fails, the result is unknown. Other errors are defects of this program, and are thrown. */
export const runCheck = async ([about, check]: PlannedCheck): Promise<readonly Check[]> =>
  [
    await unlessCloudFails(check(about), (error) =>
      unknown(about, `The service answers ${failureText(error)}.`),
    ),
  ].flat();
