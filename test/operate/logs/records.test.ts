import fc from "fast-check";
import { divide, fits } from "../../../operate/logs/fit";
import { ArrayCutter, memberTexts } from "../../../operate/logs/store/elements";
import { RecordReader } from "../../../operate/logs/store/lines";
import { RecordScanner } from "../../../operate/logs/store/scanner";

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
  const buffer = Buffer.from(contents);
  const count = Math.ceil(buffer.length / size);
  return readChunks(Array.from({ length: count }, (_, i) => buffer.subarray(i * size, (i + 1) * size)));
}

/** Cuts a text into chunks of a few characters, and no character. */
const chunksOf = (contents: string, length: number): Buffer[] => {
  const characters = [...contents];
  return Array.from({ length: Math.ceil(characters.length / length) }, (_, i) =>
    Buffer.from(characters.slice(i * length, (i + 1) * length).join("")),
  );
};

function readChunks(chunks: readonly Buffer[]): { lines: string[]; fault?: string } {
  const lines: string[] = [];
  const reader = new RecordReader("key", {
    write: (before, bytes, after) => lines.push(`${before}${bytes}${after}`),
  });
  for (const chunk of chunks) reader.push(chunk);
  const { fault } = reader.end();
  return { lines: lines.join("").split("\n").filter(Boolean), fault };
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

/** Values that the scanner leaves to the reader of text, unless they are in a member that may have any value. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>("", "\ud800", "\ud83d\ude00", true, null, 7, -7, 1.5, 2e9, 3e9, 1e300, [], {}),
  fc.constantFrom<unknown>("2026-03-03", [{ resource_id: "i" }], [{ zone: 1 }, null]),
  fc.jsonValue({ maxDepth: 2 }),
);
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: oddValue });
const anyText = mostly(fc.constantFrom("e", 'a "quoted" \\ text', "\u0001\n", "é😀"));
const time = mostly(fc.constantFrom("2026-03-03T00:00:00Z", "2026-03-03T00:00:00.123456789+03:00"));
const optional = { requiredKeys: [] };
const record = fc.record(
  {
    event_id: anyText,
    event_type: anyText,
    event_time: time,
    authentication: mostly(
      fc.record({ authenticated: mostly(fc.boolean()), token_info: fc.constant(null) }, optional),
    ),
    resource_metadata: mostly(
      fc.record({
        path: mostly(fc.array(fc.record({ resource_id: anyText, resource_type: anyText }, optional))),
      }),
    ),
    error: mostly(fc.record({ code: mostly(fc.integer({ min: -9, max: 3e9 })), details: oddValue })),
    details: mostly(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })),
    eventId: fc.constant(1),
  },
  { requiredKeys: ["event_id", "event_type", "event_time"] },
);
const known = record.map((one) => (one.eventId === undefined ? one : { ...one, eventId: undefined }));
const anyObject = fc
  .tuple(
    fc.array(
      fc.oneof({ weight: 9, arbitrary: known }, { weight: 1, arbitrary: fc.oneof(record, oddValue) }),
      {
        maxLength: 4,
      },
    ),
    fc.constantFrom(0, 0, 0, 1),
  )
  .map(([records, space]) => JSON.stringify(records, undefined, space));

test("ordinary records, which are scanned, give the lines and faults of the reader of text", () => {
  let ordinary = 0;
  fc.assert(
    fc.property(
      anyObject,
      fc.option(fc.tuple(fc.nat(), fc.constantFrom(...'"\\[]{},:u0-.e \n', "\\ud800", ""), fc.nat(2))),
      fc.integer({ min: 9, max: 300 }),
      (whole, damage, length) => {
        const at = damage ? damage[0] % whole.length : 0;
        const contents = damage ? whole.slice(0, at) + damage[1] + whole.slice(at + damage[2]) : whole;
        // The scanner stops at a byte order mark.
        const expected = read(`\ufeff${contents}`);
        expect(read(contents)).toEqual(expected);
        expect(readChunks(chunksOf(contents, length))).toEqual(expected);
        new RecordScanner().scan(Buffer.from(contents), (_begin, _end, isOrdinary) => {
          if (isOrdinary) ordinary += 1;
        });
      },
    ),
    { numRuns: 1500 },
  );
  expect(ordinary).toBeGreaterThan(100);
});

test("a record nested deeper than the scanner goes is read", () => {
  const deep = JSON.stringify({ ...good, details: { a: 0 } }).replace(
    "0}}",
    `${"[".repeat(5000)}${"]".repeat(5000)}}}`,
  );
  expect(read(`[${text},${deep},${text}]`)).toEqual({ lines: [line(0), line(1, deep), line(2)] });
});

test.each<[what: string, members: string, expected: "ordinary" | "not ordinary" | "not scanned"]>([
  ["a path", '"resource_metadata":{"path":[{"resource_id":"i"},{}]}', "ordinary"],
  ["many lists and objects side by side", `"details":{"a":[${"[],{},".repeat(300)}[]]}`, "ordinary"],
  ["null for a group", '"error":null', "ordinary"],
  ["null in a path", '"resource_metadata":{"path":[null]}', "not ordinary"],

  ["a number that begins with 0", '"error":{"code":07}', "not scanned"],
  ["a number without digits", '"error":{"code":-}', "not scanned"],
  ["a fraction without digits", '"details":{"a":1.}', "not scanned"],
  ["a comma too many", '"details":{"a":1,}', "not scanned"],
  ["nesting of 300", `"details":{"a":${"[".repeat(300)}${"]".repeat(300)}}`, "not scanned"],
])("the scanner finds whether a record with %s is ordinary", (_what, members, expected) => {
  const found: string[] = [];
  const scanner = new RecordScanner();
  scanner.scan(Buffer.from(`[{${text.slice(1, -1)},${members}}]`), (_begin, _end, isOrdinary) =>
    found.push(isOrdinary ? "ordinary" : "not ordinary"),
  );
  expect(scanner.hasStopped ? ["not scanned"] : found).toEqual([expected]);
});
