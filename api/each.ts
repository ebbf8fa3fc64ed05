/** Requests at a time. */
const concurrency = 16;

/** Works on all items, some at a time; ends at the first failure. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
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
  await Promise.all(Array.from({ length: concurrency }, worker));
}
