import { createInterface } from "node:readline/promises";

/** Asks whoever sits at the terminal. Where nobody does, the answer is no. */
export async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await dialogue.question("Do this? (y/N) ")).trim());
  } finally {
    dialogue.close();
  }
}
