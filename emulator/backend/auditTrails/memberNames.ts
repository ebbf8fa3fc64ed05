/** Members whose own members are the clients' words, not the vendor's. */
const ofClients = ["labels", "policy"];

/** What is told of as records have it: members in snake case, without those that have no value. */
export function recorded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(recorded);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return Object.fromEntries(
    entries.map(([name, member]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      ofClients.includes(name) ? member : recorded(member),
    ]),
  );
}
