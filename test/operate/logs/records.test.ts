import fc from "fast-check";
import { divide, fits } from "../../../operate/logs/fit";
import { ArrayCutter, memberTexts } from "../../../operate/logs/store/elements";
import { RecordReader } from "../../../operate/logs/store/lines";

/** Cuts a text into pieces of a few characters. */
const pieces = (text: string, length: number): string[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, i) => text.slice(i * length, (i + 1) * length));

function cut(chunks: readonly string[], limit = 1e9): { texts: (string | undefined)[]; end?: string } {
  const cutter = new ArrayCutter(limit);
  const texts = chunks.flatMap((chunk) => [...cutter.push(chunk)].map(({ text }) => text));
  return { texts, end: cutter.end() };
}

test("an array is cut into its elements as they are written, wherever the chunks end", () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 5 }),
      fc.constantFrom(0, 2),
      fc.integer({ min: 1, max: 20 }),
      (values, space, length) => {
        const text = ` ${JSON.stringify(values, undefined, space)}\n`;
        const { texts, end } = cut(pieces(text, length));
        expect(end).toBeUndefined();
        expect(texts.map((one) => JSON.parse(one ?? ""))).toEqual(JSON.parse(text));
      },
    ),
  );
});

test("an element that is too long is left out, and the others are not", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), (text, length) => {
      const long = JSON.stringify(`${text}${"\\".repeat(40)}"${text}`);
      expect(cut(pieces(`["a",${long},{"b":"]"}]`, length), 20)).toEqual({
        texts: ['"a"', undefined, '{"b":"]"}'],
      });
    }),
  );
});

test.each([
  ["", [], "is empty"],
  [" \n", [], "is empty"],
  ["[]", [], undefined],
  ["[1", [], "ends early"],
  ["[1,", ["1"], "ends early"],
  ['[{"a":1},{"b', ['{"a":1}'], "ends early"],
  ["[1] x", ["1"], "has more text after its array"],
  ["[1][2]", ["1"], "has more text after its array"],
  ["[1,]", ["1"], "is not JSON"],
  ["[,1]", [], "is not JSON"],
  ["[1 2]", ["1"], "is not JSON"],
  ["[}", [], "is not JSON"],
  ["{}", [], "is not a JSON array"],
  ["null", [], "is not a JSON array"],
])("an array %j gives the elements %j, and it %s", (text, texts, end) => {
  expect(cut([text])).toEqual({ texts, end });
  expect(cut(pieces(text, 1))).toEqual({ texts, end });
});

test("members are cut with their texts, and the last of two of a name is the one of JSON.parse", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2), (object, space) => {
      const members = [...memberTexts(JSON.stringify(object, undefined, space))];
      expect(members.map(([name, text]) => [name, JSON.parse(text)])).toEqual(
        Object.entries(JSON.parse(JSON.stringify(object))),
      );
    }),
  );
});

const whole = {
  event_id: "e",
  event_time: "2026-03-03T01:02:03.123456789Z",
  authentication: { authenticated: true, token_info: null, impersonator_info: { type: "t" } },
  resource_metadata: { path: [{ resource_type: "t", resource_id: "i" }] },
  error: { code: 7, details: "anything" },
  details: { any: { thing: [1] } },
};

test("a record whose members are all described fits", () => {
  expect(fits(whole)).toBe(true);
  expect(divide(JSON.stringify(whole))).toEqual({ fit: JSON.stringify(whole) });
});

test.each<[string, string, string, string]>([
  ["an unknown member", '{"event_id":"e","eventId":5}', '{"event_id":"e"}', '{"eventId":5}'],
  [
    "an unknown member of a group",
    '{"error":{"code":7,"why":[1]}}',
    '{"error":{"code":7}}',
    '{"error":{"why":[1]}}',
  ],
  ["a name of the prototype", '{"constructor":1,"__proto__":2}', "{}", '{"constructor":1,"__proto__":2}'],
  ["a text for a group", '{"authentication":"me"}', "{}", '{"authentication":"me"}'],
  [
    "a text for a flag",
    '{"authorization":{"authorized":"perhaps"}}',
    '{"authorization":{}}',
    '{"authorization":{"authorized":"perhaps"}}',
  ],
  ["a name for a code", '{"error":{"code":"DENIED"}}', '{"error":{}}', '{"error":{"code":"DENIED"}}'],
  [
    "a code that is no integer of 32 bits",
    '{"error":{"code":3000000000}}',
    '{"error":{}}',
    '{"error":{"code":3000000000}}',
  ],
  ["a number for a time", '{"event_time":1700000000}', "{}", '{"event_time":1700000000}'],
  ["junk for a time", '{"event_time":"yesterday"}', "{}", '{"event_time":"yesterday"}'],
  [
    "an object for the path",
    '{"resource_metadata":{"path":{"a":1}}}',
    '{"resource_metadata":{}}',
    '{"resource_metadata":{"path":{"a":1}}}',
  ],
  [
    "an element of the path with more members",
    '{"resource_metadata":{"path":[{"resource_id":"i","zone":"a"},5]}}',
    '{"resource_metadata":{"path":[{"resource_id":"i"}]}}',
    '{"resource_metadata":{"path":[{"resource_id":"i","zone":"a"},5]}}',
  ],
  ["a list for details", '{"details":[1]}', "{}", '{"details":[1]}'],
  [
    "digits that JavaScript loses",
    '{"a":12345678901234567890123,"details":{"n":0.10}}',
    '{"details":{"n":0.10}}',
    '{"a":12345678901234567890123}',
  ],
  ["a member twice", '{"event_id":"a","event_id":"b"}', '{"event_id":"b"}', '{"event_id":"a"}'],
])("members that do not fit are kept in the rest: %s", (_what, text, fit, rest) => {
  expect(divide(text)).toEqual({ fit, rest });
  if (!text.includes('"event_id":"b"')) expect(fits(JSON.parse(text))).toBe(false);
});

/** Lines and fault of an object that is read in one chunk, or byte by byte. */
function read(contents: string | Buffer, size = 1e9): { lines: string[]; fault?: string } {
  const reader = new RecordReader("key");
  const buffer = Buffer.from(contents);
  const lines: string[] = [];
  for (let at = 0; at < buffer.length; at += size) lines.push(reader.push(buffer.subarray(at, at + size)));
  return { lines: lines.join("").split("\n").filter(Boolean), fault: reader.end().fault };
}

const good = { event_id: "e", event_type: "t", event_time: "2026-03-03T00:00:00Z" };
const text = JSON.stringify(good);
const line = (position: number, record = text) => `{"o":"key","p":${position},"e":${record}}`;

test.each<[string, string | Buffer, string[], string | undefined]>([
  ["no record", "[]", [], undefined],
  ["records", `[${text},${text}]`, [line(0), line(1)], undefined],
  ["a byte order mark", `\ufeff[${text}]`, [line(0)], undefined],
  [
    "records over several lines",
    JSON.stringify([{ a: 1, ...good }], undefined, 2),
    [expect.stringContaining('"r":{"a":1},"e":{')],
    undefined,
  ],
  ["nothing", "", [], "is empty"],
  ["white space", " \n", [], "is empty"],
  ["a cut", `[${text},{"event_id":"x`, [line(0)], "ends early: 1 event read"],
  ["a broken record", `[${text},{"event_id":x},${text}]`, [line(0)], "is not JSON: 1 event read"],
  ["trailing text", `[${text}] x`, [line(0)], "has more text after its array: 1 event read"],
  ["two arrays", `[${text}]\n[${text}]`, [line(0)], "has more text after its array: 1 event read"],
  ["one object", text, [], "is not a JSON array"],
  ["JSON lines", `${text}\n${text}`, [], "is not a JSON array"],
  ["null", "null", [], "is not a JSON array"],
  [
    "gzip",
    Buffer.from([31, 139, 8, 0, 255]),
    [],
    "is not a JSON array; has bytes that are not UTF-8 and are replaced",
  ],
  ["numbers", "[1,2]", [], "record 1 is not an object; record 2 is not an object"],
  ["null and a record", `[null,${text}]`, [line(1)], "record 1 is not an object"],
  [
    "other JSON",
    '[{"a":1},{"b":1},{},{},{}]',
    [],
    "record 1 is not an event; record 2 is not an event; record 3 is not an event; 2 more",
  ],
  [
    "a record without an id",
    `[{"event_type":"t","event_time":"2026-03-03T00:00:00Z"}]`,
    [expect.any(String)],
    "record 1 has no event_id",
  ],
  [
    "half a character",
    `[${text.replace('"t"', '"\\ud800 \\\\ud800 \\ud83d\\ude00"')}]`,
    [line(0, text.replace('"t"', '"\\ufffd \\\\ud800 \\ud83d\\ude00"'))],
    "record 1 has half of a character pair, which is replaced",
  ],
  [
    "bytes that are no UTF-8",
    Buffer.concat([
      Buffer.from(`[${text.slice(0, -1)},"event_source":"`),
      Buffer.from([0xff]),
      Buffer.from('"}]'),
    ]),
    [line(0, `${text.slice(0, -1)},"event_source":"\ufffd"}`).replace(',"user_agent"', ',"user_agent"')],
    "has bytes that are not UTF-8 and are replaced",
  ],
])("an object with %s: its records are read, and the rest is reported", (_what, contents, lines, fault) => {
  expect(read(contents)).toEqual({ lines, fault });
  if (Buffer.from(contents).every((byte) => byte < 128)) expect(read(contents, 1)).toEqual({ lines, fault });
});
