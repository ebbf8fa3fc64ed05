import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import type { LogProgress } from "../logs";
import { progressText } from "./coverageText";
import type { Sink } from "./output";

/** Reason of a signal that Ctrl-C aborted. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Returns standard output as a sink. It waits for slow readers. */
export const standardOutput = (): Sink => ({
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
  async write(text) {
    if (text !== "" && !process.stdout.write(text) && process.stdout.writable)
      await once(process.stdout, "drain");
  },
});

/** Returns a signal that Ctrl-C aborts, until it is disposed of. A second Ctrl-C ends the process at once. */
export function interruptible(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const abort = () => controller.abort(new Interrupted("interrupted"));
  process.once("SIGINT", abort);
  return { signal: controller.signal, [Symbol.dispose]: () => void process.removeListener("SIGINT", abort) };
}

/** Asks a yes-or-no question. Without a terminal the answer is no. */
export async function isAgreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await dialogue.question(`${question} (y/N) `)).trim());
  } finally {
    dialogue.close();
  }
}

/** Milliseconds before the first progress line, and between two lines outside a terminal. */
const [patience, pause] = [2_000, 10_000];

/** Prints the progress of long work. On a terminal it renews one line. */
export class ProgressLine implements Disposable {
  private readonly began: number;
  private last = 0;
  private isShown = false;

  constructor(
    private readonly stream: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean },
    private readonly now: () => number = () => performance.now(),
  ) {
    this.began = now();
  }

  /** Prints the progress, unless it is too early for the next line. */
  show(progress: LogProgress): void {
    const at = this.now();
    if (at - this.began < patience) return;
    if (this.stream.isTTY) this.stream.write(`\r\u001b[K${progressText(progress)}`);
    else if (this.last === 0 || at - this.last >= pause) this.stream.write(`${progressText(progress)}\n`);
    else return;
    this.last = at;
    this.isShown = true;
  }

  /** Clears the line of the progress. */
  [Symbol.dispose](): void {
    if (this.isShown && this.stream.isTTY) this.stream.write("\r\u001b[K");
  }
}
