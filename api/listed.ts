interface Page {
  readonly nextPageToken: string;
}

/** Items of one page at most: https://yandex.cloud/en/docs/api-design-guide/concepts/pagination. */
export const pageSize = 1000;

/**
 * All items of a list of the API.
 *
 * @param list Asks for a page by its token, which is empty for the first one.
 */
export async function* listed<P extends Page, Item>(
  list: (pageToken: string) => Promise<P>,
  itemsOf: (page: P) => readonly Item[],
): AsyncGenerator<Item> {
  let page: P | undefined;
  do {
    page = await list(page?.nextPageToken ?? "");
    yield* itemsOf(page);
  } while (page.nextPageToken);
}

/** What comes one after the other, as a list. */
export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
