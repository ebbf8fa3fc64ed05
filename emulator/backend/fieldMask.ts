/**
 * Returns the fields of a request that its mask names, in snake case as clients send them; all fields without a mask.
 * A masked field without a value is reset.
 */
export function maskedFields<Row extends object>(
  request: Partial<Row>,
  mask: readonly string[] | undefined,
): Partial<Row> {
  if (!mask?.length) return request;
  const fields = mask.map((path) => camelCase(path) as keyof Row);
  return Object.fromEntries(fields.map((field) => [field, request[field]])) as Partial<Row>;
}

/** Translates a field name from snake case, as clients send it, to camel case. */
export const camelCase = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
