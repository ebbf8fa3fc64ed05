import fc from "fast-check";
import type { AuditEvent } from "../../../components";
import {
  always,
  and,
  any,
  type Condition,
  compare,
  exists,
  like,
  matches,
  not,
  oneOf,
  or,
} from "../../../operate/search/conditions";
import { DuckdbText } from "../../../operate/search/engines/duckdb";
import { predicateOf } from "../../../operate/search/predicate";
import { conditions, events, hostile } from "./arbitraries";
import { EventTable } from "./eventTable";

let table: EventTable;
beforeAll(async () => {
  table = await EventTable.of();
});
afterAll(() => table[Symbol.dispose]());

const foundByPredicate = (condition: Condition, list: readonly AuditEvent[]): number[] => {
  const holds = predicateOf(condition);
  return list.flatMap((event, i) => (holds(event) ? [i] : []));
};

test("DuckDB and the predicate find the same events for any question and any events", async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(events, { minLength: 1, maxLength: 30 }),
      fc.array(conditions, { minLength: 1, maxLength: 15 }),
      async (list, questions) => {
        await table.fill(list);
        for (const condition of questions) {
          const expected = foundByPredicate(condition, list);
          found += Number(expected.length > 0 && expected.length < list.length);
          expect(await table.find(condition)).toEqual(expected);
        }
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 50) },
  );
  // Questions that hold for all or for none prove little.
  expect(found).toBeGreaterThan(20);
});

/** An event with the shapes that conditions are easily wrong about. */
const event: AuditEvent = {
  event_type: "a%b",
  event_time: "2026-03-03T10:20:30.5Z",
  authentication: { authenticated: true, subject_id: "" },
  resource_metadata: { path: [{ resource_type: "folder", resource_id: "f", resource_name: "Папка" }] },
  error: { code: 7 },
  details: {
    ...{ flag: true, count: "12", zero: 0, empty: "", nothing: null, list: [], object: {}, text: "it's" },
    said: "Удалён каталог, ΟΔΟΣ, Straße z\u212a",
    deltas: [
      { action: "REMOVE", binding: { role: "admin" } },
      { action: "ADD", binding: { role: "viewer" } },
    ],
  },
};
const within = (from: string, to: string): Condition => ({
  is: "within",
  from: Date.parse(`2026-03-03T${from}`),
  to: Date.parse(`2026-03-03T${to}`),
});
const mentions = (text: string): Condition => ({ is: "mentions", text });
const delta = (action: string, role: string) =>
  any("details.deltas", and(oneOf("action", action), oneOf("binding.role", role)));

test.each<[string, boolean, Condition]>([
  ["a truth value counts by its text", true, oneOf("details.flag", "true")],
  ["a text that is a number is compared as one", true, compare("details.count", ">", 9)],
  ["a number is found by its text", true, oneOf("details.zero", "0")],
  ["an integer column is compared", true, compare("error_code", "=", 7)],
  ["an integer column is found by its text", true, oneOf("error_code", "7")],
  ["an empty text is no value", false, exists("details.empty")],
  ["an empty text is found by no text", false, oneOf("details.empty", "")],
  ["an empty column is no value", false, exists("subject_id")],
  ["null is no value", false, exists("details.nothing")],
  ["null is not its text", false, like("details.nothing", "n*")],
  ["an empty list is a value", true, exists("details.list")],
  ["an empty list has no element", false, any("details.list", always)],
  ["a list has an element", true, any("details.deltas", always)],
  ["an empty object is a value", true, exists("details.object")],
  ["an object has no text", false, like("details.object", "*{*")],
  ["an object is not its text", false, oneOf("details.object", "{}")],
  ["a list is not its text", false, oneOf("details.list", "[]", "x")],
  ["a list has no text", false, like("details.deltas", "*admin*")],
  ["what is missing is not what it is compared with", true, not(oneOf("details.missing", "x"))],
  ["what is missing is below no number", false, compare("details.missing", "<", 9)],
  ["a text is no list", false, any("details.text", always)],
  ["a condition is about one element, and not about several", false, delta("ADD", "admin")],
  ["one of several elements is enough", true, delta("ADD", "viewer")],
  [
    "an element of the path",
    true,
    any("path", and(oneOf("resource_type", "folder"), oneOf("resource_id", "f"))),
  ],
  ["% in a pattern is an ordinary character", false, like("event_type", "%*")],
  ["% in a text", true, like("event_type", "a%*")],
  ["an apostrophe", true, oneOf("details.text", "it's")],
  ["a text in another case", true, mentions("A%B")],
  ["a text in another case, in a JSON column", true, mentions("IT'S")],
  ["Cyrillic letters in another case", true, mentions("удАЛЁН КатаЛог")],
  ["Cyrillic letters in another case, in the path", true, mentions("ПАПКА")],
  ["Greek letters at the end of a word", true, mentions("οδοσ")],
  ["the sign of kelvin, which is another k", true, mentions("zk")],
  ["a letter that only some alphabets write so", false, mentions("STRASSE")],
  ["a text is no pattern", false, mentions("it.s")],
  ["a text that is no regular expression", false, mentions("(")],
  // As texts, "10:20:30.5Z" is before "10:20:30Z".
  ["a time is compared as a time", true, within("10:20:30Z", "10:20:31Z")],
  ["a time with a fraction is not before its second", false, within("10:20:29Z", "10:20:30Z")],
  ["no condition of none holds", false, or()],
  ["all conditions of none hold", true, and()],
])("%s", async (_, expected, condition) => {
  expect(predicateOf(condition)(event)).toBe(expected);
  await table.fill([event]);
  expect(await table.find(condition)).toEqual(expected ? [0] : []);
});

test("values are bound: no text of a question stands in the statement", () => {
  fc.assert(
    fc.property(fc.constantFrom(...hostile.filter((text) => text !== "")), (text) => {
      const sql = new DuckdbText();
      const texts = [
        oneOf("event_type", text),
        like("details.a", `a${text}*`),
        any("path", oneOf("resource_id", text)),
      ];
      const bare = new DuckdbText().of(
        and(oneOf("event_type", "x"), like("details.a", "x*"), any("path", oneOf("resource_id", "x"))),
      );
      expect(sql.of(and(...texts)).replaceAll(/\$\d+/g, "$")).toBe(bare.replaceAll(/\$\d+/g, "$"));
      expect(sql.values).toHaveLength(3);
    }),
  );
});

test("a pattern of many stars is fast", () => {
  const started = performance.now();
  expect(matches("a".repeat(20_000), `${"*a".repeat(2_000)}*b`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});

test.each(["no_such", "event_type.a", "details.", "details.a'b", "details.a[*]", "path.resource_id", ""])(
  "%j is no field",
  (field) => {
    expect(() => new DuckdbText().of(exists(field))).toThrow(RangeError);
  },
);
