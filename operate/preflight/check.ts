import { failureText } from "../../api/connection";

/** Whether what is asked is so. Where that cannot be told, it is never taken to be so. */
export type Answer = "has" | "lacks" | "cannot tell";

/** Something that a set-up needs, and whether it is there. */
export interface Check {
  /** What is needed, such as `role storage.admin on folder b1g…`. */
  readonly about: string;
  readonly answer: Answer;
  /** Why it is lacking, or cannot be told. */
  readonly reason?: string;
  /** What mends it, or tells. */
  readonly command?: string;
}

export const has = (about: string, reason?: string): Check => ({ about, answer: "has", reason });

export const lacks = (about: string, reason: string, command?: string): Check => ({
  ...{ about, answer: "lacks", reason },
  ...(command && { command }),
});

export const cannotTell = (about: string, reason: string, command?: string): Check => ({
  ...{ about, answer: "cannot tell", reason },
  ...(command && { command }),
});

/** What is to be told, and what finds it out. */
export type Look = readonly [about: string, look: (about: string) => Promise<Check | readonly Check[]>];

/** What a look finds; one that fails tells nothing. */
export async function looked([about, look]: Look): Promise<readonly Check[]> {
  try {
    return [await look(about)].flat();
  } catch (error) {
    return [cannotTell(about, `The service answers ${failureText(error)}.`)];
  }
}
