import { CloudError } from "../backend/errors";

/** What list requests have in common. */
export interface PageRequest {
  /** 0 for the default. */
  readonly pageSize?: number | string;
  readonly pageToken?: string;
  /** `<field> = "<value>"`, also with `!=`, `IN (...)` and `NOT IN (...)`. */
  readonly filter?: string;
}

const defaultSize = 100;
const largestSize = 1000;

/**
 * One page of a list. Tokens say where the next page begins.
 *
 * @throws {CloudError} INVALID_ARGUMENT for a size or token that cannot be.
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

const comparison = /^\s*(\w+)\s*(=|!=|IN|NOT IN)\s*(.+?)\s*$/i;
const quoted = /"([^"]*)"|'([^']*)'/g;

/**
 * Items that a filter lets through: https://yandex.cloud/en/docs/api-design-guide/concepts/standard-methods#list
 *
 * @throws {CloudError} INVALID_ARGUMENT for a filter that cannot be read, or on another field.
 */
export function filtered<T extends object>(
  all: readonly T[],
  filter: string | undefined,
  fields: readonly (keyof T & string)[],
): T[] {
  if (!filter) return [...all];
  const [, name = "", operator = "", list = ""] = comparison.exec(filter) ?? [];
  const field = fields.find((one) => one === name);
  const values = [...list.matchAll(quoted)].map(([, double, single]) => double ?? single);
  if (!field || values.length === 0)
    throw new CloudError("INVALID_ARGUMENT", `filter must compare ${fields.join(" or ")} with quoted text`);
  const isNegative = /^(!=|NOT IN)$/i.test(operator);
  return all.filter((item) => values.includes(String(item[field])) !== isNegative);
}
