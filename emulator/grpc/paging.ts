import { CloudError } from "../backend/errors";
import { camelCase } from "../backend/fieldMask";

/** Common fields of list requests. */
export interface PageRequest {
  /** Size of a page; 0 for the default. */
  readonly pageSize?: number | string;
  readonly pageToken?: string;
  /** Filter as `<field> = "<value>"`, also with `!=`, `IN (...)` and `NOT IN (...)`. */
  readonly filter?: string;
}

const defaultSize = 100;
const largestSize = 1000;

/**
 * Returns one page of a list. A token marks the beginning of the next page.
 *
 * @throws {CloudError} INVALID_ARGUMENT for an invalid size or token.
 */
export function pageOf<T>(
  all: readonly T[],
  { pageSize, pageToken = "" }: PageRequest,
): { items: readonly T[]; nextPageToken: string } {
  const size = Number(pageSize ?? 0) || defaultSize;
  if (size < 0 || size > largestSize)
    throw new CloudError("INVALID_ARGUMENT", `page_size must be 0 to ${largestSize}`);
  const [, position] = /^after-(\d{1,9})$/.exec(pageToken) ?? [];
  if (pageToken && position === undefined)
    throw new CloudError("INVALID_ARGUMENT", "page_token is not valid");
  const start = Number(position ?? 0);
  const end = start + size;
  return { items: all.slice(start, end), nextPageToken: end < all.length ? `after-${end}` : "" };
}

/** Returns {@link pageOf} as a response, with the items as its `field`. */
export function pageAs<T>(field: string, all: readonly T[], request: PageRequest): object {
  const { items, nextPageToken } = pageOf(all, request);
  return { [field]: items, nextPageToken };
}

const comparison = /^\s*(\w+)\s*(=|!=|IN|NOT IN)\s*(.+?)\s*$/i;
const quoted = /"([^"]*)"|'([^']*)'/g;

/**
 * Returns the items that match a filter: https://yandex.cloud/en/docs/api-design-guide/concepts/standard-methods#list
 *
 * @throws {CloudError} INVALID_ARGUMENT for an invalid filter, or one on another field.
 */
export function filtered<T extends object>(
  all: readonly T[],
  filter: string | undefined,
  fields: readonly (keyof T & string)[],
): T[] {
  if (!filter) return [...all];
  const [, name = "", operator = "", list = ""] = comparison.exec(filter) ?? [];
  const field = fieldOf(name, fields);
  const values = [...list.matchAll(quoted)].map(([, double, single]) => double ?? single);
  if (!field || values.length === 0)
    throw new CloudError("INVALID_ARGUMENT", `filter must compare ${fields.join(" or ")} with quoted text`);
  const isNegative = /^(!=|NOT IN)$/i.test(operator);
  return all.filter((item) => values.includes(String(item[field])) !== isNegative);
}

/**
 * Sorts items by an order such as `name` or `created_at desc`. Without one it keeps their order.
 *
 * @throws {CloudError} INVALID_ARGUMENT for an invalid order, or one by another field.
 */
export function ordered<T extends object>(
  all: readonly T[],
  orderBy: string | undefined,
  fields: readonly (keyof T & string)[],
): T[] {
  if (!orderBy) return [...all];
  const [, name = "", direction = "asc"] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(orderBy) ?? [];
  const field = fieldOf(name, fields);
  if (!field) throw new CloudError("INVALID_ARGUMENT", `order_by must name ${fields.join(" or ")}`);
  const sign = direction.toLowerCase() === "desc" ? -1 : 1;
  return [...all].sort((a, b) => sign * String(a[field]).localeCompare(String(b[field])));
}

function fieldOf<Field extends string>(name: string, fields: readonly Field[]): Field | undefined {
  return fields.find((one) => one === camelCase(name));
}
