import { days, event, ids, LogBucket } from "./logBucket";

test("a first question reads the bucket, a second one the cache alone", async () => {
  await using bucket = await LogBucket.start();
  bucket.put("2026-03-03", "a.json", [event({ event_id: "a" }), event({ event_id: "b" })]);
  bucket.put("2026-03-05", "late.json", [event({ event_id: "late" })]);
  bucket.put("2026-03-09", "other.json", [event({ event_id: "other" })]);
  const first = await bucket.ask(ids);
  expect(first.rows.flat()).toEqual(["a", "b", "late"]);
  expect(first.coverage).toMatchObject({ objects: 2, events: 3, isWhole: true, fetched: { objects: 2 } });
  const second = await bucket.ask(ids);
  expect(second.rows).toEqual(first.rows);
  expect(second.coverage).toMatchObject({ isWhole: true, fetched: { objects: 0 } });
  const offline = await bucket.ask(ids, days("2026-03-03"), { cloud: undefined });
  expect(offline).toEqual(second);
});
