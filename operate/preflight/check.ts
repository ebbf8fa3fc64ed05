import { failureText, unlessCloudFails } from "../../api/failures";

/** Whether what is needed is there. What cannot be read is `unknown`, never `ok`. */
export type Answer = "ok" | "problem" | "unknown";

/** Something that a set-up needs. */
export interface Check {
  /** What is needed, as a noun: `role storage.admin on folder b1g…`. */
  readonly about: string;
  readonly answer: Answer;
  /** What is wrong, or why it is unknown. */
  readonly reason?: string;
  /** What mends it, or makes it known. */
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

/** What is needed, and what finds out about it. */
export type Look = readonly [about: string, look: (about: string) => Promise<Check | readonly Check[]>];

/** What a look finds; where the service fails, that is unknown. A defect of this program stays one. */
export const looked = async ([about, look]: Look): Promise<readonly Check[]> =>
  [
    await unlessCloudFails(look(about), (error) =>
      unknown(about, `The service answers ${failureText(error)}.`),
    ),
  ].flat();
