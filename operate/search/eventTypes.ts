import { knownDataEvents } from "../../components/dataEvents";
import { type Condition, isAnything, matches } from "./conditions";

/** Event types that can meet a condition, as patterns. `among` is undefined for all types. */
interface EventTypes {
  readonly among?: readonly string[];
  readonly except: readonly string[];
}

const all: EventTypes = { except: [] };

/** Events that a condition can hold for. */
export interface Wanted {
  /** True if they include management events. A pattern may match management events that are not known here. */
  readonly hasManagement: boolean;
  /** Patterns of data events by service. Empty for conditions that do not name event types. */
  readonly data: ReadonlyMap<string, readonly string[]>;
}

/** Returns the kinds of events that can meet a condition. A condition that names no event type is about management events. */
export function wantedBy(condition: Condition): Wanted {
  const { among, except } = typesOf(condition);
  if (!among) return { hasManagement: true, data: new Map() };
  const isLeft = (type: string) => !except.some((pattern) => matches(type, pattern));
  const data = new Map(
    [...knownDataEvents].flatMap(([service, known]) => {
      const wanted = known.filter(isLeft).flatMap((one) => among.flatMap((other) => common(other, one)));
      return wanted.length > 0 ? [[service, [...new Set(wanted)]] as const] : [];
    }),
  );
  const isData = (type: string) => [...knownDataEvents.values()].flat().some((one) => matches(type, one));
  return { hasManagement: among.some((type) => !isData(type)), data };
}

/** Returns the event types that can meet a condition. It may return too many. */
function typesOf(condition: Condition): EventTypes {
  if (condition.is === "oneOf" && condition.field === "event_type")
    return { among: condition.values, except: [] };
  if (condition.is === "like" && condition.field === "event_type" && !isAnything(condition.pattern))
    return { among: [condition.pattern], except: [] };
  if (condition.is === "and") return condition.of.map(typesOf).reduce(both, all);
  if (condition.is === "or") return condition.of.map(typesOf).reduce(either, { among: [], except: [] });
  if (condition.is === "not") return { except: namedBy(condition.of) };
  return all;
}

/** Returns types whose events all meet a condition. Some of these types may be missing. */
function namedBy(condition: Condition): readonly string[] {
  if (condition.is === "or") return condition.of.flatMap(namedBy);
  return condition.is === "oneOf" || condition.is === "like" ? (typesOf(condition).among ?? []) : [];
}

const both = (one: EventTypes, other: EventTypes): EventTypes => ({
  among:
    one.among && other.among
      ? one.among.flatMap((pattern) => (other.among ?? []).flatMap((second) => common(pattern, second)))
      : (one.among ?? other.among),
  except: [...one.except, ...other.except],
});

const either = (one: EventTypes, other: EventTypes): EventTypes => ({
  among: one.among && other.among && [...one.among, ...other.among],
  except: [...exceptAlsoFor(other, one), ...exceptAlsoFor(one, other)],
});

/** Returns the exceptions of the second types that the first ones do not include either. */
const exceptAlsoFor = ({ among, except }: EventTypes, other: EventTypes): readonly string[] =>
  other.except.filter(
    (type) => except.includes(type) || among?.every((pattern) => common(pattern, type).length === 0),
  );

/** Returns the narrower of two patterns. Returns none if no text matches both, and if each matches texts that the other does not. */
function common(one: string, other: string): string[] {
  // Only a star matches a star, so this checks whether each text that matches one also matches the other.
  if (matches(one, other)) return [one];
  if (matches(other, one)) return [other];
  return [];
}
