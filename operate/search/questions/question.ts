import type { Condition } from "../conditions";
import { and, oneOf, or } from "../conditions";

/** Known ids of the resources that logging needs. */
export interface LoggingIds {
  /** Ids of the trail, the bucket, its key and the trail's account. */
  readonly own: readonly string[];
  /** Ids of the folders of these resources. */
  readonly folders: readonly string[];
}

/** Values for a question's condition. */
export interface Given {
  /** Id or name of the folder. */
  readonly folder?: string;
  /** Id or name of the resource. */
  readonly resource?: string;
  /** Id or name of the account. */
  readonly subject?: string;
  readonly address?: string;
  readonly role?: string;
  /** Pattern of event types, such as `iam.Create*`. */
  readonly type?: string;
  readonly logging: LoggingIds;
  /** True if the user chose a status, so that failed calls are not left out. */
  readonly hasStatus?: boolean;
}

export type GivenOption = Exclude<keyof Given, "logging" | "hasStatus">;

/** Question with a name. */
export interface NamedQuestion {
  readonly name: string;
  /** Sentence that describes the events. */
  readonly meaning: string;
  /** Options that the question uses: needed or optional. */
  readonly options?: Partial<Record<GivenOption, "needed" | "optional">>;
  /** True if failed and cancelled calls are part of the answer. Otherwise they are left out, unless the user chose a status. */
  readonly hasFailed?: boolean;
  condition(given: Given): Condition;
  /** Columns in addition to those of every answer. */
  readonly columns?: readonly string[];
}

const prefix = "yandex.cloud.audit.";

/** Returns the condition that the event has one of the types, given without `yandex.cloud.audit.`. */
export const type = (...types: readonly string[]): Condition =>
  oneOf("event_type", ...types.map((one) => prefix + one));

/** Returns a pattern of event types, with `yandex.cloud.audit.` added unless it begins with that or with `*`. */
export const typePattern = (pattern: string): string =>
  pattern.startsWith("*") || pattern.startsWith(prefix) ? pattern : prefix + pattern;

/** Returns the condition that one of the fields equals a value; without a value it always holds. */
export const names = (value: string | undefined, ...fields: readonly string[]): Condition =>
  value === undefined ? and() : or(...fields.map((field) => oneOf(field, value)));
