import type { Report } from "./report";

const hidden = "(secret)";

/** Minimum length, in characters, of secrets that are replaced inside a text. Shorter ones would match ordinary words. */
const shortest = 4;

/** Fields with this program's own words. They are kept even if a secret equals one. */
const own = new Set(["verdict", "applies", "effect", "kind", "sign"]);

/** Returns the report with all secrets replaced. */
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
