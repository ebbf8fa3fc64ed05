import { distance } from "fastest-levenshtein";
import { UsageError } from "../exitCodes";
import { inert } from "../inert";
import type { LogRange } from "../logs";
import { dayLength } from "../logs/keys";
import { and, type Condition, faultOfField } from "./conditions";
import { conditionOfFilters, type Filters } from "./filters";
import {
  columnsOf,
  type GivenOption,
  type LoggingIds,
  type NamedQuestion,
  namedQuestions,
} from "./questions";
import { defaultDays, isZone, NoTime, timeForms, timeFrom } from "./range";
import {
  conflicts,
  engines,
  flag,
  formats,
  type Option,
  ofDuckdb,
  type RawOptions,
  statuses,
} from "./rawOptions";

/** Checked options of a search. */
export interface Query {
  readonly place: Pick<RawOptions, "stack" | "bucket" | "trail" | "prefix">;
  readonly range: LogRange;
  /** True if no range was given. */
  readonly isDefaultRange: boolean;
  /** True if no end of the range was given. The range then ends a day from now, since clocks differ. */
  readonly isOpen: boolean;
  readonly question?: NamedQuestion;
  /** Returns the condition of the question and the filters, without the range. */
  condition(logging: LoggingIds): Condition;
  readonly columns: readonly string[];
  readonly by: readonly string[];
  readonly isCount: boolean;
  /** Largest number of rows; undefined to print all rows of an SQL statement. */
  readonly limit: number | undefined;
  readonly format: (typeof formats)[number];
  readonly engine: (typeof engines)[number];
  readonly timeZone: string;
  /** Timeout of the query, milliseconds. */
  readonly timeout?: number;
  readonly sql?: string;
  readonly isRaw: boolean;
  readonly isFollow: boolean;
  readonly isOffline: boolean;
  readonly hasCache: boolean;
  readonly isRecheck: boolean;
  readonly failOnMatch: boolean;
  readonly yes: boolean;
}

/** Columns behind the name `subject`. The table shows them in one cell; other formats have both. */
export const subjectColumns = ["subject_name", "subject_id"] as const;

/**
 * Checks the options of a search.
 *
 * @param asked Name of a question, if one was given.
 * @param now Milliseconds since 1970.
 * @throws {UsageError} with all faults.
 */
export function queryOf(asked: string | undefined, options: RawOptions, now: number): Query {
  const faults: string[] = [];
  const isGiven = (option: Option) =>
    options[option] !== undefined && (option !== "cache" || options.cache === false);
  const oneOf = <T extends string>(
    option: Option,
    allowed: readonly T[],
    value = allowed[0] as string,
  ): T => {
    if ((allowed as readonly string[]).includes(value)) return value as T;
    faults.push(`${flag(option)} must be ${allowed.join(", ")}, not ${shown(value)}.`);
    return allowed[0] as T;
  };
  const number = (option: "limit" | "timeout"): number | undefined => {
    const value = options[option];
    if (value === undefined) return undefined;
    if (!/^[1-9]\d{0,8}$/.test(value))
      faults.push(`${flag(option)} must be a whole number of at least 1, not ${shown(value)}.`);
    return Number(value);
  };
  const fields = (option: "columns" | "by"): string[] | undefined =>
    options[option]?.split(",").flatMap((name) => {
      const field = name.trim();
      const fault = field === "subject" ? undefined : faultOfField(field);
      if (fault) faults.push(`${flag(option)} ${shown(field)}: ${fault}.`);
      return fault ? [] : [field];
    });

  for (const [option, others] of conflicts)
    if (isGiven(option))
      for (const other of others)
        if (isGiven(other))
          faults.push(`${flag(option)} and ${flag(other)} exclude each other. Remove one of them.`);
  faults.push(...faultsOfPlace(options));
  const question = asked === undefined ? undefined : questionNamed(asked, faults);
  if (question && options.sql !== undefined)
    faults.push("A question and --sql exclude each other. Remove one of them.");
  faults.push(...faultsOfQuestion(question, options));

  const timeZone = options.timeZone ?? "UTC";
  if (!isZone(timeZone))
    faults.push(`--time-zone must be a time zone such as Europe/Moscow, not ${shown(timeZone)}.`);
  const engine = oneOf("engine", engines, options.engine);
  if (engine !== "duckdb")
    for (const option of ofDuckdb)
      if (isGiven(option))
        faults.push(`--engine ${engine} only prints a query, so it does not take ${flag(option)}.`);
  const columns = fields("columns") ?? columnsOf(question);
  const by = fields("by") ?? [];
  const status = options.status && oneOf("status", statuses, options.status.toUpperCase());
  const query = {
    place: options,
    range: rangeOf(options, now, isZone(timeZone) ? timeZone : "UTC", faults),
    isDefaultRange: !options.all && options.since === undefined && options.until === undefined,
    isOpen: options.until === undefined,
    ...{ question, columns, by, engine, timeZone },
    isCount: options.count ?? false,
    limit: number("limit") ?? (options.sql === undefined ? 100 : undefined),
    format: oneOf("format", formats, options.format),
    timeout: seconds(number("timeout")),
    sql: options.sql,
    isRaw: options.raw ?? false,
    isFollow: options.follow ?? false,
    isOffline: options.offline ?? false,
    hasCache: options.cache ?? true,
    isRecheck: options.recheck ?? false,
    failOnMatch: options.failOnMatch ?? false,
    yes: options.yes ?? false,
  };
  if (faults.length > 0) throw new UsageError(faultsText(faults));
  const hasStatus = options.status !== undefined || options.denied;
  const filters: Filters = { ...options, status, denied: options.denied };
  return {
    ...query,
    condition: (logging) =>
      and(
        question ? question.condition({ ...options, logging, hasStatus }) : and(),
        conditionOfFilters(filters, Object.keys(question?.options ?? {})),
      ),
  };
}

const seconds = (count: number | undefined) => (count === undefined ? undefined : count * 1000);

const shown = (text: string): string => JSON.stringify(inert(text));

const faultsText = (faults: readonly string[]): string =>
  faults.length === 1
    ? faults.join()
    : `${faults.length} options are invalid:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`;

/** Returns the faults of the options that name the logs. */
function faultsOfPlace({ stack, bucket, trail, purge }: RawOptions): string[] {
  if (stack !== undefined) return [];
  if (bucket === undefined) {
    if (purge && trail === undefined) return [];
    return ["Give --stack, or --bucket and --trail. See audit-trails search --help."];
  }
  return trail === undefined
    ? ["--bucket needs --trail, the id of a trail: keys of log objects begin with it."]
    : [];
}

function questionNamed(asked: string, faults: string[]): NamedQuestion | undefined {
  const question = namedQuestions.find(({ name }) => name === asked);
  if (question) return question;
  const [nearest] = namedQuestions
    .map(({ name }) => ({ name, away: distance(name, asked) }))
    .sort((one, other) => one.away - other.away);
  const hint = nearest && nearest.away <= 3 ? ` Did you mean ${nearest.name}?` : "";
  faults.push(`There is no question ${shown(asked)}.${hint} --questions lists them.`);
  return undefined;
}

/** Returns faults for missing options of a question, and for options of other questions. */
function faultsOfQuestion(question: NamedQuestion | undefined, options: RawOptions): string[] {
  const { name, options: taken = {} } = question ?? {};
  const missing = Object.entries(taken).filter(
    ([option, need]) => need === "needed" && options[option as GivenOption] === undefined,
  );
  return [
    ...missing.map(([option]) => `The question ${name} needs --${option}.`),
    ...(options.role !== undefined && taken.role === undefined
      ? ["--role belongs to the question role-granted."]
      : []),
  ];
}

function rangeOf({ all, since, until }: RawOptions, now: number, zone: string, faults: string[]): LogRange {
  if (all) return "all";
  const time = (option: "since" | "until", text: string): number => {
    try {
      return timeFrom(text, now, zone, option === "until");
    } catch (error) {
      if (!(error instanceof NoTime)) throw error;
      faults.push(`--${option} must be ${timeForms}, not ${shown(text)}.`);
      return Number.NaN;
    }
  };
  const to = until === undefined ? now : time("until", until);
  const from = since === undefined ? to - defaultDays * dayLength : time("since", since);
  if (from >= Math.min(to, now)) faults.push("--since must be before --until, and before now.");
  return { from, to: until === undefined ? now + dayLength : to };
}
