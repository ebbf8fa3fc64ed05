import { and, type Condition, like, oneOf } from "./conditions";
import { bySubject, inFolder, isDenied, onResource } from "./questions/anything";
import { typePattern } from "./questions/question";

/** Filters that every search accepts. */
export interface Filters {
  readonly type?: string;
  readonly subject?: string;
  readonly resource?: string;
  readonly folder?: string;
  readonly address?: string;
  readonly status?: string;
  readonly denied?: boolean;
  readonly text?: string;
}

const filters: {
  readonly [Name in keyof Required<Filters>]: (value: NonNullable<Filters[Name]>) => Condition;
} = {
  type: (pattern) => like("event_type", typePattern(pattern)),
  subject: bySubject,
  resource: onResource,
  folder: inFolder,
  address: (address) => like("remote_address", address),
  status: (status) => oneOf("event_status", status),
  denied: () => isDenied,
  text: (text) => ({ is: "mentions", text }),
};

/** Returns the condition of the given filters. @param taken Names of the options that the question itself uses. */
export const conditionOfFilters = (given: Filters, taken: readonly string[]): Condition =>
  and(
    ...(Object.keys(filters) as (keyof Filters)[])
      .filter((name) => !taken.includes(name))
      .flatMap((name) => {
        const value = given[name];
        return value === undefined || value === false
          ? []
          : [(filters[name] as (value: unknown) => Condition)(value)];
      }),
  );
