import type { Report } from "./report";

const hidden = "(secret)";

/** Shorter secrets are replaced only where they are the whole text: they would be found in ordinary words. */
const shortest = 4;

/** Fields whose values are words of ours; a secret that equals one is no secret. */
const own = new Set(["verdict", "applies", "effect", "kind", "sign"]);

/** A report in which no text of a secret is left. */
export function redacted(report: Report): Report {
  const secrets = [...new Set(report.secrets)].sort((one, other) => other.length - one.length);
  const long = secrets.filter(({ length }) => length >= shortest);
  const clean = (value: unknown): unknown => {
    if (typeof value === "string")
      return secrets.includes(value)
        ? hidden
        : long.reduce((text, secret) => text.replaceAll(secret, hidden), value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, own.has(name) ? item : clean(item)]),
    );
  };
  return clean({ ...report, secrets: [] }) as Report;
}
