/**
 * Runs a task for each item, several at a time. Stops at the first failure.
 *
 * @param atOnce Maximum number of items that are processed at the same time.
 */
export async function each<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  atOnce = 16,
): Promise<void> {
  const iterator = items.values();
  let failed = false;
  const worker = async () => {
    for (const item of iterator) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
