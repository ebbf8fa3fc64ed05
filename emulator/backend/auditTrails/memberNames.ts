/** Members with contents by clients, whose names stay as they are. */
const ofClients = ["labels", "policy"];

/** Formats a `google.protobuf.Duration` for JSON: https://protobuf.dev/programming-guides/json */
const durationOf = ({ seconds, nanos = 0 }: { seconds: number; nanos?: number }): string => {
  const fraction = String(nanos).padStart(9, "0").replace(/0+$/, "");
  return `${seconds}${fraction && `.${fraction}`}s`;
};

/** Checks for a duration. Times are ISO text already, so only durations have these members. */
const isDuration = (value: object): value is { seconds: number; nanos?: number } =>
  "seconds" in value && Object.keys(value).every((name) => name === "seconds" || name === "nanos");

/** Returns a value in the form of records: members in snake case, without empty ones; durations as text. */
export function recorded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(recorded);
  if (typeof value !== "object" || value === null) return value;
  if (isDuration(value)) return durationOf(value);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return Object.fromEntries(
    entries.map(([name, member]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      ofClients.includes(name) ? member : recorded(member),
    ]),
  );
}
