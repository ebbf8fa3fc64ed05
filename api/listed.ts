interface Page {
  readonly nextPageToken: string;
}

/** Maximum number of items on a page: https://yandex.cloud/en/docs/api-design-guide/concepts/pagination. */
export const pageSize = 1000;

/**
 * Yields all items of a list of the API, page by page.
 *
 * @param list Requests a page by its token. The token of the first page is empty.
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

/** Returns all items of a list of the API, see {@link listed}. */
export async function listAll<P extends Page, Item>(
  list: (pageToken: string) => Promise<P>,
  itemsOf: (page: P) => readonly Item[],
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of listed(list, itemsOf)) all.push(item);
  return all;
}
