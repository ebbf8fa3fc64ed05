import type { LogTime, LogValue } from "../../logs";

/** Column of an answer. */
export interface Heading {
  readonly name: string;
  /** DuckDB type, such as `JSON`. */
  readonly type: string;
}

const isTime = (value: LogValue): value is LogTime =>
  typeof value === "object" && value !== null && "micros" in value && typeof value.micros === "bigint";

/** Returns a time as RFC 3339 in a zone, with all digits of its fraction. */
function timeText(time: LogTime, zone: string): string {
  const utc = time.toString();
  const [, seconds = "", fraction = ""] = /^(.{19})(\.\d+)?Z$/.exec(utc) ?? [];
  if (zone === "UTC" || !seconds) return utc;
  const at = new Date(`${seconds}Z`);
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  const offset = part("timeZoneName").replace("GMT", "") || "Z";
  const date = `${part("year")}-${part("month")}-${part("day")}`;
  return `${date}T${part("hour")}:${part("minute")}:${part("second")}${fraction}${offset}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns the format of a zone. Formats are cached, because creating one for each row is slow. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const digits = {
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  } as const;
  const made = new Intl.DateTimeFormat("en", {
    ...{ timeZone: zone, timeZoneName: "longOffset", hourCycle: "h23", year: "numeric", ...digits },
  });
  formats.set(zone, made);
  return made;
}

/** Returns the text of a value for a cell. Lists and objects become JSON. */
export function cellText(value: LogValue, zone: string): string {
  if (value === null) return "";
  if (isTime(value)) return timeText(value, zone);
  if (typeof value === "object") return JSON.stringify(plain(value, zone));
  return String(value);
}

/** Returns a value for JSON. Integers beyond the range of numbers become texts. */
export function plain(value: LogValue, zone: string): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === null || typeof value !== "object") return value;
  if (isTime(value)) return timeText(value, zone);
  if (Array.isArray(value)) return value.map((item) => plain(item, zone));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner, zone)]));
}
