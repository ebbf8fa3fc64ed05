/** Seconds after which people want to know what a command does. */
const patience = 2;

/**
 * Says on the terminal what is being done, if it takes long.
 *
 * @param what What is being done, such as `Reading the trail`.
 */
export async function withProgress<T>(what: string, task: Promise<T>): Promise<T> {
  const timer = setTimeout(() => process.stderr.write(`${what} ...\n`), patience * 1000);
  try {
    return await task;
  } finally {
    clearTimeout(timer);
  }
}
