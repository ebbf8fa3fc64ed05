/**
 * Runs a task for each item, several at a time. After the first failure it starts no other task. It throws when all running
 * tasks have ended.
 *
 * @param atOnce Maximum number of items that are processed at the same time.
 */
export async function each<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  atOnce = 16,
): Promise<void> {
  const iterator = items.values();
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    for (const item of iterator) {
      if (failure) return;
      await work(item).catch((error: unknown) => {
        failure ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failure) throw failure.error;
}
