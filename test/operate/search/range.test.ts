import { isZone, NoTime, timeFrom } from "../../../operate/search/range";

const now = Date.parse("2026-03-10T12:00:00Z");
const from = (text: string, zone = "UTC") => new Date(timeFrom(text, now, zone)).toISOString();
const to = (text: string, zone = "UTC") => new Date(timeFrom(text, now, zone, true)).toISOString();

test.each([
  ["30m", "2026-03-10T11:30:00.000Z"],
  ["12h", "2026-03-10T00:00:00.000Z"],
  ["7d", "2026-03-03T12:00:00.000Z"],
  ["2w", "2026-02-24T12:00:00.000Z"],
  ["2026-03-01", "2026-03-01T00:00:00.000Z"],
  ["2026-03-01T10:00", "2026-03-01T10:00:00.000Z"],
  ["2026-03-01 10:00:01.5", "2026-03-01T10:00:01.500Z"],
  ["2026-03-01T10:00:00+03:00", "2026-03-01T07:00:00.000Z"],
])("%s is %s", (text, expected) => {
  expect(from(text)).toBe(expected);
});

test("a date that ends a range counts whole", () => {
  expect([to("2026-03-01"), to("2026-03-01T10:00")]).toEqual([
    "2026-03-02T00:00:00.000Z",
    "2026-03-01T10:00:00.000Z",
  ]);
});

test("dates and times without a zone are in the requested zone, also when clocks change", () => {
  expect(from("2026-03-01", "Europe/Moscow")).toBe("2026-02-28T21:00:00.000Z");
  // Clocks in Berlin go from +01:00 to +02:00 on March 29.
  expect(from("2026-03-29", "Europe/Berlin")).toBe("2026-03-28T23:00:00.000Z");
  expect(to("2026-03-29", "Europe/Berlin")).toBe("2026-03-29T22:00:00.000Z");
  expect(from("2026-03-29T12:00", "Europe/Berlin")).toBe("2026-03-29T10:00:00.000Z");
  // In New York an hour before 03:30 is 01:30 on March 8.
  expect(from("2026-03-08T03:30", "America/New_York")).toBe("2026-03-08T07:30:00.000Z");
  expect(from("2026-03-01T10:00Z", "Europe/Berlin")).toBe("2026-03-01T10:00:00.000Z");
});

test.each([
  "",
  "yesterday",
  "7",
  "7y",
  "-7d",
  "2026-02-30",
  "2026-13-01",
  "2026-03-01T25:00",
  "2026-3-1",
  "1e3d",
])("%j is no time", (text) => {
  expect(() => timeFrom(text, now, "UTC")).toThrow(NoTime);
});

test("zones are known by name", () => {
  expect(["UTC", "Europe/Moscow", "Mars", ""].map(isZone)).toEqual([true, true, false, false]);
});
