import type { Condition } from "../conditions";
import { and, oneOf, or } from "../conditions";

/** Ids of what an audit log rests on, as far as they are known. */
export interface LoggingIds {
  /** Trail, bucket, its key and the trail's account. */
  readonly own: readonly string[];
  /** Folders that hold them. */
  readonly folders: readonly string[];
}

/** Options that a question may take. */
export interface Given {
  /** Id or name. */
  readonly folder?: string;
  /** Id or name. */
  readonly resource?: string;
  /** Id or name. */
  readonly subject?: string;
  readonly address?: string;
  readonly role?: string;
  /** Such as `iam.Create*`. */
  readonly type?: string;
  readonly logging: LoggingIds;
}

export type GivenOption = Exclude<keyof Given, "logging">;

/** Question that users ask by its name. */
export interface NamedQuestion {
  readonly name: string;
  /** One sentence. */
  readonly meaning: string;
  /** Options that it takes for itself, and whether it needs them. */
  readonly options?: Partial<Record<GivenOption, "needed" | "optional">>;
  /** What a trail has to collect: management events, or data events of one type. @default management events */
  readonly dataEvent?: { readonly service: string; readonly eventType: string };
  condition(given: Given): Condition;
  /** Columns beside those of every question. */
  readonly columns?: readonly string[];
}

const prefix = "yandex.cloud.audit.";

/** The event is of one of some types, given without `yandex.cloud.audit.`. */
export const type = (...types: readonly string[]): Condition =>
  oneOf("event_type", ...types.map((one) => prefix + one));

/** A pattern of event types with `yandex.cloud.audit.` before it, unless it begins so, or with `*`. */
export const typePattern = (pattern: string): string =>
  pattern.startsWith("*") || pattern.startsWith(prefix) ? pattern : prefix + pattern;

/** One of some fields is an id or a name; without one, any event. */
export const names = (value: string | undefined, ...fields: readonly string[]): Condition =>
  value === undefined ? and() : or(...fields.map((field) => oneOf(field, value)));
