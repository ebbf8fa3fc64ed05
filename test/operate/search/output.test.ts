import fc from "fast-check";
import stringWidth from "string-width";
import type { LogValue } from "../../../operate/logs";
import { outputs } from "../../../operate/search/output";
import { hostile } from "./arbitraries";

const text = { name: "name", type: "VARCHAR" };

/** Returns rows in a format. */
async function printed(
  format: keyof typeof outputs,
  headings: readonly { name: string; type: string }[],
  rows: readonly (readonly LogValue[])[],
  { zone = "UTC", width }: { zone?: string; width?: number } = {},
): Promise<string> {
  const parts: string[] = [];
  const output = outputs[format](headings, zone, { width, write: async (part) => void parts.push(part) });
  for (const row of rows) await output.row(row);
  await output.end();
  return parts.join("");
}

const time = (at: string) => ({ micros: BigInt(Date.parse(at)) * 1000n, toString: () => at });
const anything = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary", maxLength: 20 }));

/** Characters that act on a terminal, but for those that end lines. */
const acting = /(?![\n\r\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test.each(["table", "jsonl", "csv"] as const)("text of others has no effect in %s", async (format) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anything, anything)), async (rows) => {
      const out = await printed(format, [text, { name: "x\u001b[2J", type: "VARCHAR" }], rows, { width: 80 });
      expect(out).not.toMatch(acting);
    }),
  );
});

test("JSON lines say exactly what the values are", async () => {
  await fc.assert(
    fc.asyncProperty(anything, fc.jsonValue(), async (value, json) => {
      const headings = [text, { name: "details", type: "JSON" }];
      const out = await printed("jsonl", headings, [[value, JSON.stringify(json)]]);
      expect(out.split("\n")).toHaveLength(2);
      expect(JSON.parse(out)).toEqual({
        name: value,
        details: JSON.parse(JSON.stringify(json)),
      });
    }),
  );
});

test("integers that a number cannot hold are texts in JSON lines", async () => {
  expect(await printed("jsonl", [text, text], [[2n ** 63n, 7n]])).toBe(
    '{"name":"9223372036854775808","name":7}\n',
  );
});

test.each([
  ["=1+1", "'=1+1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["\t=1", "'\t=1"],
  ["a,b", '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ["two\nlines", '"two\nlines"'],
  ["=a,b", `"'=a,b"`],
  ["1-1", "1-1"],
])("the cell %j is %j in CSV", async (value, cell) => {
  expect(await printed("csv", [text], [[value]])).toBe(`name\r\n${cell}\r\n`);
});

test("numbers are numbers in CSV, and null is an empty cell", async () => {
  expect(await printed("csv", [text, text, text], [[-5, -5n, null]])).toBe("name,name,name\r\n-5,-5,\r\n");
});

test("CSV without rows has its header, and a table without rows is empty", async () => {
  expect(await printed("csv", [text], [])).toBe("name\r\n");
  expect(await printed("table", [text], [])).toBe("");
});

test("a table fits its terminal, and wide characters stand in their columns", async () => {
  const rows = [
    ["日本語", "x".repeat(100), "z"],
    ["👍 e\u0301", "short", "日本語".repeat(20)],
  ];
  const headings = ["a", "b", "c"].map((name) => ({ name, type: "VARCHAR" }));
  const lines = (await printed("table", headings, rows, { width: 40 })).split("\n").slice(0, -1);
  expect(lines.every((line) => stringWidth(line) <= 40)).toBe(true);
  expect(lines).toEqual([
    "A       B                C",
    "日本語  xxxxxxxxxxxxxx…  z",
    "👍 e\u0301    short            日本語日本語日…",
  ]);
});

test("a table in a pipe is not cut", async () => {
  const long = "x".repeat(300);
  expect(await printed("table", [text], [[long]])).toBe(`NAME\n${long}\n`);
});

test("every table fits every terminal that is wide enough for its columns", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anything, { minLength: 4, maxLength: 4 }), { minLength: 1 }),
      fc.integer({ min: 46, max: 200 }),
      async (rows, width) => {
        const headings = ["a", "b", "c", "d"].map((name) => ({ name, type: "VARCHAR" }));
        const lines = (await printed("table", headings, rows, { width })).split("\n");
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
      },
    ),
  );
});

test("people see a subject by name and id, and the path by names", async () => {
  const headings = ["subject_name", "subject_id", "path"].map((name) => ({ name, type: "VARCHAR" }));
  const rows = [
    [
      "anna",
      "aje1",
      [
        { resource_name: "cloud", resource_id: "b1g" },
        { resource_name: null, resource_id: "b1h" },
      ],
    ],
    ["aje2", "aje2", null],
    [null, "aje3", []],
    ["bob", null, null],
  ];
  expect(await printed("table", headings, rows)).toBe(
    "SUBJECT      PATH\nanna (aje1)  cloud/b1h\naje2\naje3\nbob\n",
  );
});

test.each([
  ["UTC", "2026-03-03T10:20:30.123456Z"],
  ["Europe/Moscow", "2026-03-03T13:20:30.123456+03:00"],
  ["America/St_Johns", "2026-03-03T06:50:30.123456-03:30"],
])("times keep their digits in %s", async (zone, expected) => {
  const headings = [{ name: "event_time", type: "TIMESTAMP WITH TIME ZONE" }];
  const rows = [[time("2026-03-03T10:20:30.123456Z")]];
  expect(await printed("csv", headings, rows, { zone })).toBe(`event_time\r\n${expected}\r\n`);
  // People see seconds.
  expect(await printed("table", headings, rows, { zone })).toBe(
    `EVENT_TIME\n${expected.replace(".123456", "")}\n`,
  );
});
