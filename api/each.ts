/**
 * Works on all items, some at a time. After the first failure it begins no other item, and fails when those that were begun have
 * ended: nothing of it goes on behind the caller's back.
 *
 * @param atOnce Items that are worked on at a time.
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
