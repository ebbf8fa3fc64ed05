import type { GivenOption } from "./questions";

export const formats = ["table", "jsonl", "csv"] as const;
export const engines = ["duckdb", "clickhouse", "yandex-query"] as const;
export const statuses = ["STARTED", "RUNNING", "DONE", "CANCELLED", "ERROR"] as const;

/** Options as the user gave them. */
export interface RawOptions extends Partial<Record<GivenOption, string>> {
  readonly stack?: string;
  readonly bucket?: string;
  readonly trail?: string;
  readonly prefix?: string;
  readonly questions?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly all?: boolean;
  readonly status?: string;
  readonly denied?: boolean;
  readonly text?: string;
  readonly limit?: string;
  readonly columns?: string;
  readonly count?: boolean;
  readonly by?: string;
  readonly format?: string;
  readonly raw?: boolean;
  readonly sql?: string;
  readonly follow?: boolean;
  readonly failOnMatch?: boolean;
  readonly offline?: boolean;
  /** False for `--no-cache`. */
  readonly cache?: boolean;
  readonly recheck?: boolean;
  readonly purge?: boolean;
  readonly timeout?: string;
  readonly engine?: string;
  readonly timeZone?: string;
  readonly yes?: boolean;
}

export type Option = keyof RawOptions;

const filterOptions = [
  "type",
  "subject",
  "resource",
  "folder",
  "address",
  "status",
  "denied",
  "text",
  "role",
] as const;

/** Options that exclude others. */
export const conflicts: readonly (readonly [Option, readonly Option[]])[] = [
  ["stack", ["bucket", "prefix"]],
  ["all", ["since", "until"]],
  ["denied", ["status"]],
  ["count", ["columns", "raw"]],
  ["by", ["columns", "raw"]],
  ["raw", ["columns", "format", "offline"]],
  ["sql", [...filterOptions, "columns", "count", "by", "raw"]],
  ["follow", ["all", "until", "count", "by", "sql", "limit", "offline", "recheck", "failOnMatch", "timeout"]],
  ["offline", ["recheck"]],
  [
    "purge",
    [...filterOptions, "since", "until", "all", "sql", "follow", "count", "by", "raw", "offline", "recheck"],
  ],
];

/** Options that only the engine duckdb supports. */
export const ofDuckdb = [
  "sql",
  "follow",
  "raw",
  "offline",
  "recheck",
  "failOnMatch",
  "timeout",
  "purge",
] as const;

/** Returns the flag of an option, such as `--fail-on-match`. */
export const flag = (option: Option): string =>
  option === "cache" ? "--no-cache" : `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
