import fc from "fast-check";
import { monthsIn, spanOf, touches, unitOf, unitPrefix } from "../../../operate/logs/keys";

test.each([
  ["trail/2026/03/03/10-20-30-id.json", "2026-03-03"],
  ["some/prefix/trail/2026/03/id.json", "2026-03"],
  ["2024/02/29/x", "2024-02-29"],
  ["trail/2026/02/30/x", undefined],
  ["trail/2026/13/01/x", undefined],
  ["trail/2026/03/03/folder/x", undefined],
  ["trail/2026/x", undefined],
  ["trail/2026/03/03/", undefined],
  ["trail/26/03/03/x", undefined],
])("the key %s is of %s", (key, unit) => {
  expect(unitOf(key)).toBe(unit);
});

test("a key below the prefix of a day or month is of it, and a moment of it is in its span", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
      fc.boolean(),
      (date, isDay) => {
        const unit = date.toISOString().slice(0, isDay ? 10 : 7);
        expect(unitOf(`${unitPrefix("p/t/", unit)}x.json`)).toBe(unit);
        const [from, to] = spanOf(unit);
        expect(from <= date.getTime() && date.getTime() < to).toBe(true);
        expect(touches(unit, date.getTime(), date.getTime() + 1)).toBe(true);
        expect(touches(unit, to, to + 1) || touches(unit, from - 1, from)).toBe(false);
        expect(monthsIn(date.getTime(), to)).toEqual([unit.slice(0, 7)]);
      },
    ),
  );
});

test("the months of a range are those it touches", () => {
  expect(monthsIn(Date.UTC(2025, 10, 30), Date.UTC(2026, 1, 1))).toEqual(["2025-11", "2025-12", "2026-01"]);
});
