import {
  type AuditEvent,
  auditEventMembers,
  type Kind,
  type Members,
  pathMembers,
} from "../../components/auditEvent";
import { memberTexts } from "./store/elements";

/** Checks whether a value is a JSON object. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Members that every event has, as texts that are not empty. */
export const requiredMembers = ["event_id", "event_type", "event_time"];

/** Form of `event_time`: RFC 3339. A time without a zone is in UTC. */
export const timeForm = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?$/;

const ofElement: ReadonlySet<string> = new Set(pathMembers);

const isElement = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  for (const name in value)
    if (!ofElement.has(name) || (typeof value[name] !== "string" && value[name] !== null)) return false;
  return true;
};

/** Checks of values, by kind. They are not called for null, which every member may have. */
const isOf: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  time: (value) => typeof value === "string" && timeForm.test(value),
  flag: (value) => typeof value === "boolean",
  integer: (value) => typeof value === "number" && (value | 0) === value,
  object: isObject,
  json: () => true,
  path: (value) => Array.isArray(value) && value.every(isElement),
};

/** Members by name. It is a map because a plain object would also have the names of its prototype. */
type Known = ReadonlyMap<string, Kind | Known>;

const known = (members: Members): Known =>
  new Map(
    Object.entries(members).map(([name, member]) => [
      name,
      "members" in member ? known(member.members) : member.kind,
    ]),
  );
const ofRecord = known(auditEventMembers);

/** Checks whether all members of a record are known and have the right kind. */
export const fits = (record: object): boolean => fitsMembers(record, ofRecord);

function fitsMembers(object: object, members: Known): boolean {
  for (const name in object) {
    const value: unknown = object[name as never];
    const member = members.get(name);
    if (member === undefined) return false;
    if (value === null) continue;
    if (typeof member === "string" ? !isOf[member](value) : !isObject(value) || !fitsMembers(value, member))
      return false;
  }
  return true;
}

/** Returns a copy of a record with only the members that are known and have the right kind. */
export const ofKinds = (record: object): AuditEvent => membersOfKinds(record, ofRecord);

function membersOfKinds(object: object, members: Known): Record<string, unknown> {
  const kept = Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    const member = members.get(name);
    if (member === undefined || value === null) return [];
    if (typeof member !== "string") return isObject(value) ? [[name, membersOfKinds(value, member)]] : [];
    return isOf[member](value) ? [[name, value]] : [];
  });
  return Object.fromEntries(kept);
}

/** Record in two JSON objects, as text: the members that fit the table, and the rest. `rest` is absent if all members fit. */
export interface Divided {
  readonly fit: string;
  readonly rest?: string;
}

/**
 * Divides a record into the members that fit the table and the rest. Values keep their text, so no number loses digits. If a
 * member occurs twice, the last one counts, as in JSON.parse, and the others go to the rest.
 *
 * @param text Complete JSON object.
 */
export const divide = (text: string): Divided => divideMembers(text, ofRecord);

function divideMembers(text: string, members: Known): Divided {
  const fit = new Map<string, string>();
  const rest: [string, string][] = [];
  for (const [name, value] of memberTexts(text)) {
    const { fit: kept, rest: left } = divideMember(value, members.get(name));
    const earlier = fit.get(name);
    if (earlier !== undefined) rest.push([name, earlier]);
    if (kept !== undefined) fit.set(name, kept);
    if (left !== undefined) rest.push([name, left]);
  }
  return { fit: objectText([...fit]), ...(rest.length > 0 && { rest: objectText(rest) }) };
}

function divideMember(text: string, member: Kind | Known | undefined): Partial<Divided> {
  if (member === undefined) return { rest: text };
  if (typeof member !== "string") {
    if (text.startsWith("{")) return divideMembers(text, member);
    return text === "null" ? { fit: text } : { rest: text };
  }
  const value: unknown = JSON.parse(text);
  if (value === null || isOf[member](value)) return { fit: text };
  return member === "path" && Array.isArray(value) ? { fit: pathText(value), rest: text } : { rest: text };
}

/** Returns the JSON text of a path with its valid members only, so that conditions on containers still work. */
const pathText = (path: readonly unknown[]): string =>
  JSON.stringify(
    path
      .filter(isObject)
      .map((element) =>
        Object.fromEntries(
          Object.entries(element).filter(([name, value]) => ofElement.has(name) && typeof value === "string"),
        ),
      ),
  );

const objectText = (members: readonly (readonly [string, string])[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
