/** Checks whether two values have the same JSON text. */
export const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
