interface Page {
  readonly nextPageToken: string;
}

/** Items of one page at most: https://yandex.cloud/en/docs/api-design-guide/concepts/pagination. */
export const pageSize = 1000;

/**
 * Yields all items of a list of the API, page after page.
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

/** {@link listed}, read to its end. */
export async function listAll<P extends Page, Item>(
  list: (pageToken: string) => Promise<P>,
  itemsOf: (page: P) => readonly Item[],
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of listed(list, itemsOf)) all.push(item);
  return all;
}
