/** Seconds after which a command prints its current step. */
const patience = 2;

/**
 * Prints the current action to the terminal if it takes long.
 *
 * @param what The action, such as `Reading the trail`.
 */
export async function withProgress<T>(what: string, task: Promise<T>): Promise<T> {
  const timer = setTimeout(() => process.stderr.write(`${what} ...\n`), patience * 1000);
  try {
    return await task;
  } finally {
    clearTimeout(timer);
  }
}
