import { chmodSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { purgeLogs } from "../../../operate/logs";
import { trailFolder } from "../../../operate/logs/store/place";
import { days, event, ids, LogBucket } from "./logBucket";

const day = "2026-03-03";
const offline = { cloud: undefined };

/** Listings and downloads since the last call. */
function requests({ cloud }: LogBucket): number {
  const count = cloud.traffic.counts.get("s3/GET") ?? 0;
  cloud.traffic.reset();
  return count;
}

/** All files below a folder. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe("the cache", () => {
  test("answers a second question: only that the bucket may be read is asked again", async () => {
    await using bucket = await LogBucket.start();
    bucket.put(day, "a.json", [event({ event_id: "a" }), event({ event_id: "b" })]);
    bucket.put("2026-03-05", "late.json", [event({ event_id: "late" })]);
    bucket.put("2026-03-09", "other.json", [event({ event_id: "other" })]);
    const first = await bucket.ask(ids);
    expect(first.rows.flat()).toEqual(["a", "b", "late"]);
    expect(first.coverage).toMatchObject({ objects: 2, events: 3, isWhole: true, fetched: { objects: 2 } });
    // The month, two days, two objects.
    expect(requests(bucket)).toBe(5);
    const second = await bucket.ask(ids);
    expect(second.rows).toEqual(first.rows);
    expect(second.coverage).toMatchObject({ isWhole: true, fetched: { objects: 0 } });
    expect(requests(bucket)).toBe(1);
    const { clockLag, ...coverage } = second.coverage;
    expect(Math.abs(clockLag ?? Number.NaN)).toBeLessThan(60_000);
    expect(await bucket.ask(ids, days(day), offline)).toEqual({ ...second, coverage });
    expect(requests(bucket)).toBe(0);
  });

  test("is of its owner alone", async () => {
    await using bucket = await LogBucket.start();
    chmodSync(bucket.folder, 0o755);
    bucket.put(day, "a.json", [event()]);
    await bucket.ask(ids);
    const files = filesOf(bucket.folder);
    expect(files.some((file) => file.endsWith(".parquet"))).toBe(true);
    for (const file of files) expect([file, statSync(file).mode & 0o777]).toEqual([file, 0o600]);
    const folders = readdirSync(bucket.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { parentPath, name } of folders)
      expect([name, statSync(join(parentPath, name)).mode & 0o777]).toEqual([name, 0o700]);
    expect(files.filter((file) => /\.part$|\/cnptrail\/(tmp|spill)/.test(file))).toEqual([]);
  });

  test("is not shown to somebody who may not read the bucket any more", async () => {
    await using bucket = await LogBucket.start();
    bucket.put(day, "a.json", [event()]);
    await bucket.ask(ids);
    bucket.cloud.faults.fail({ method: "s3/GET" }, "PERMISSION_DENIED", { times: 9 });
    await expect(bucket.ask(ids)).rejects.toThrow("PERMISSION_DENIED");
    await expect(bucket.ask(ids, "all")).rejects.toThrow("PERMISSION_DENIED");
  });

  test("is deleted by --purge, for one trail or all", async () => {
    await using bucket = await LogBucket.start();
    bucket.put(day, "a.json", [event()]);
    await bucket.ask(ids);
    const { folder } = bucket;
    expect(await purgeLogs({ ...bucket.source, trailId: "other" }, { folder })).toBe(0);
    expect(await purgeLogs(bucket.source, { folder })).toBeGreaterThan(1000);
    expect(filesOf(folder)).toEqual([]);
    await bucket.ask(ids);
    expect(await purgeLogs(undefined, { folder })).toBeGreaterThan(1000);
    expect((await bucket.ask(ids, days(day), offline)).coverage.missing).toEqual(["2026-03"]);
  });

  test("stays while another process fills it, and --purge names that process", async () => {
    await using bucket = await LogBucket.start();
    bucket.put(day, "a.json", [event({ event_id: "a" })]);
    await bucket.ask(ids);
    const { folder } = bucket;
    const lock = join(trailFolder(folder, bucket.source), "lock");
    // The parent process runs as long as this one.
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, host: hostname(), id: "other" }));
    for (const trail of [bucket.source, undefined])
      await expect(purgeLogs(trail, { folder })).rejects.toThrow(`Process ${process.ppid} fills the cache`);
    expect((await bucket.ask(ids)).rows).toEqual([["a"]]);
    rmSync(lock);
    expect(await purgeLogs(undefined, { folder })).toBeGreaterThan(1000);
  });

  test("is not made with noCache", async () => {
    await using bucket = await LogBucket.start();
    bucket.put(day, "a.json", [event({ event_id: "a" })]);
    expect((await bucket.ask(ids, days(day), { noCache: true })).rows).toEqual([["a"]]);
    expect(filesOf(bucket.folder)).toEqual([]);
  });

  test.each([
    ["removed", (file: string) => rmSync(file)],
    ["cut", (file: string) => truncateSync(file, 100)],
    ["emptied", (file: string) => truncateSync(file)],
  ])("forgets a day of which somebody %s a file, and reads it again", async (_what, damage) => {
    await using bucket = await LogBucket.start();
    bucket.put(day, "a.json", [event({ event_id: "a" })]);
    await bucket.ask(ids);
    for (const file of filesOf(bucket.folder)) if (file.endsWith(".parquet")) damage(file);
    expect((await bucket.ask(ids, days(day), offline)).coverage.missing).toEqual([day]);
    expect((await bucket.ask(ids)).rows).toEqual([["a"]]);
  });

  test("of another trail, bucket or prefix is another one", async () => {
    await using bucket = await LogBucket.start();
    bucket.put(day, "a.json", [event({ event_id: "a" })]);
    await bucket.ask(ids);
    const { coverage } = await bucket.ask(ids, days(day), { ...offline, objectPrefix: "prefix" });
    expect(coverage).toMatchObject({ events: 0, missing: ["2026-03"] });
  });

  test("drops days that the bucket's lifecycle has deleted, and shows the copies that they hid", async () => {
    await using bucket = await LogBucket.start();
    const copy = event({ event_id: "a", event_time: "2026-10-01T00:00:00Z" });
    bucket.put("2026-10-01", "a.json", [copy]);
    bucket.put("2026-10-20", "b.json", [copy]);
    expect((await bucket.ask(ids, "all")).rows).toEqual([["a"]]);
    bucket.delete(`cnptrail/2026/10/01/a.json`);
    const kept = await bucket.ask(ids, "all", { expiryDays: 100 });
    expect(kept.coverage.objects).toBe(2);
    const { rows, coverage } = await bucket.ask(ids, "all", { expiryDays: 50 });
    expect([rows, coverage.objects, coverage.gone]).toEqual([[["a"]], 1, []]);
    expect((await bucket.ask(ids, days("2026-10-01", "2026-10-20"), { expiryDays: 50 })).rows).toEqual([
      ["a"],
    ]);
  });
});

describe("days", () => {
  test("that are not over are listed by each run, and closed an hour after their end by the service's clock", async () => {
    await using bucket = await LogBucket.start();
    const { cloud } = bucket;
    const today = new Date(bucket.now()).toISOString().slice(0, 10);
    const put = (id: string) =>
      bucket.put(today, `${id}.json`, [event({ event_id: id, event_time: `${today}T00:00:00Z` })]);
    put("a");
    const ask = (options = {}) => bucket.ask(ids, days(today), options);
    expect((await ask()).coverage.isWhole).toBe(true);
    put("b");
    const second = await ask();
    expect(second.rows.flat()).toEqual(["a", "b"]);
    expect(second.coverage.fetched.keys).toEqual([`cnptrail/${today.replaceAll("-", "/")}/b.json`]);
    expect((await ask(offline)).coverage).toMatchObject({ stale: [today], isWhole: false });
    // The machine's clock is ahead: the day is not closed by it.
    const ahead = () => bucket.now() + 3 * 86_400_000;
    await ask({ now: ahead });
    put("c");
    expect((await ask()).rows.length).toBe(3);
    cloud.clock.advance({ hours: 26 });
    await bucket.signIn();
    expect((await ask()).rows.length).toBe(3);
    requests(bucket);
    expect((await ask(offline)).coverage).toMatchObject({ stale: [] });
    bucket.put(today, "d.json", [event({ event_id: "d" })]);
    const closed = await ask();
    expect([closed.rows.length, closed.coverage.isWhole]).toEqual([3, true]);
  });

  test("that are closed are listed with recheck, which reports what was added, overwritten and deleted", async () => {
    await using bucket = await LogBucket.start();
    bucket.put(day, "a.json", [event({ event_id: "a" })]);
    const b = bucket.put(day, "b.json", [event({ event_id: "b" })]);
    await bucket.ask(ids);
    const a = bucket.put(day, "a.json", [event({ event_id: "other" })]);
    bucket.delete(b);
    const c = bucket.put(day, "c.json", [event({ event_id: "c" })]);
    const d = bucket.put("2026-03-04", "d.json", [event({ event_id: "d" })]);
    expect((await bucket.ask(ids)).coverage).toMatchObject({ added: [], changed: [], gone: [] });
    const { rows, coverage } = await bucket.ask(ids, days(day), { recheck: true });
    expect(rows.flat()).toEqual(["a", "b", "c", "d"]);
    expect(coverage).toMatchObject({ added: [c], changed: [a], gone: [b], isWhole: false });
    // It is remembered.
    expect((await bucket.ask(ids)).coverage).toMatchObject({ added: [c], changed: [a], gone: [b] });
    expect(coverage.fetched.keys).toEqual(expect.arrayContaining([c, d]));
  });

  test("of late events are searched: four key days after the range, and no more", async () => {
    await using bucket = await LogBucket.start();
    for (const unit of ["2026-03-02", day, "2026-03-04", "2026-03-07", "2026-03-08"])
      bucket.put(unit, "a.json", [event({ event_id: unit })]);
    expect((await bucket.ask(ids)).rows.flat()).toEqual([day, "2026-03-04", "2026-03-07"]);
  });

  test("may hold events of other times: a query sees those of the range, and those without a valid time", async () => {
    await using bucket = await LogBucket.start();
    const times = [
      ...["2026-03-02T23:59:59.999999Z", "2026-03-03T00:00:00Z"],
      "2026-03-04T00:00:00Z",
      "never",
    ];
    bucket.put(
      day,
      "a.json",
      times.map((event_time) => event({ event_id: event_time, event_time })),
    );
    for (const view of ["events", "all_events"])
      expect((await bucket.ask(`select event_id from ${view} order by 1`)).rows.flat()).toEqual([
        times[1],
        times[3],
      ]);
    expect((await bucket.ask(ids, "all")).rows.flat()).toEqual(times);
  });

  test("may be months, of older trails, beside days", async () => {
    await using bucket = await LogBucket.start();
    const event_time = "2026-02-27T23:59:00Z";
    bucket.put("2026-02", "a.json", [event({ event_id: "feb", event_time })]);
    bucket.put("2026-03", "b.json", [event({ event_id: "late", event_time }), event({ event_id: "march" })]);
    bucket.put("2026-03-20", "c.json", [event({ event_id: "day" })]);
    expect((await bucket.ask(ids)).rows.flat()).toEqual(["march"]);
    expect((await bucket.ask(ids, days("2026-02-27"))).rows.flat()).toEqual(["feb", "late"]);
    expect((await bucket.ask(ids, "all")).rows.flat()).toEqual(["day", "feb", "late", "march"]);
    expect((await bucket.ask(ids, "all", offline)).coverage).toMatchObject({ isWhole: true, objects: 3 });
  });

  test("of more than one page of keys are read whole", async () => {
    await using bucket = await LogBucket.start();
    for (let i = 0; i < 1005; i += 1) bucket.put(day, `${i}.json`, [event({ event_id: `${i}` })]);
    const { rows, coverage } = await bucket.ask("select count(distinct event_id) from events");
    expect([rows, coverage.objects, coverage.isWhole]).toEqual([[[1005n]], 1005, true]);
  });

  test("that are unknown offline are named as missing", async () => {
    await using bucket = await LogBucket.start();
    bucket.put(day, "a.json", [event()]);
    bucket.put("2026-03-04", "a.json", [event()]);
    bucket.put("2026-03-20", "a.json", [event()]);
    await bucket.ask(ids);
    const { coverage } = await bucket.ask(ids, days("2026-02-27", "2026-03-20"), offline);
    expect(coverage).toMatchObject({ missing: ["2026-02", "2026-03-20"], stale: [], isWhole: false });
  });
});

describe("copies of events", () => {
  test("count once, across days and runs, and all are seen in all_events", async () => {
    await using bucket = await LogBucket.start();
    const [one, two] = [event({ event_id: "1" }), event({ event_id: "2" })];
    bucket.put("2026-03-05", "b.json", [one, two, two]);
    const range = days(day, "2026-03-09");
    expect((await bucket.ask(ids, range)).rows.flat()).toEqual(["1", "2"]);
    // Into a day before, which keeps its copy from now on.
    bucket.put(day, "a.json", [one]);
    bucket.put("2026-03-20", "c.json", [two, event({ event_id: "3" })]);
    expect((await bucket.ask(ids, range, { recheck: true })).rows.flat()).toEqual(["1", "2"]);
    const all = await bucket.ask(ids, days(day, "2026-03-20"));
    expect(all.rows.flat()).toEqual(["1", "2", "3"]);
    expect(all.coverage).toMatchObject({ events: 6, conflicts: [] });
    const sql = "select object[10:] from events where event_id = '1'";
    expect((await bucket.ask(sql, days(day, "2026-03-20"))).rows).toEqual([["2026/03/03/a.json"]]);
    // A range that has one of the copies only.
    expect((await bucket.ask(ids, days(day))).rows.flat()).toEqual(["1", "2"]);
  });

  test("that differ are reported, and none is left out", async () => {
    await using bucket = await LogBucket.start();
    const a = bucket.put(day, "a.json", [event({ event_id: "1", details: { by: "me" } })]);
    bucket.put(day, "b.json", [event({ event_id: "2" })]);
    await bucket.ask(ids, days(day, "2026-03-09"));
    const c = bucket.put("2026-03-09", "c.json", [
      event({ event_id: "1", details: { by: "nobody" } }),
      event({ event_id: "1", details: { by: "me" } }),
    ]);
    const sql = "select event_id, detail(details, 'by') from events order by 1, 2";
    const { rows, coverage } = await bucket.ask(sql, days(day, "2026-03-09"), { recheck: true });
    expect(rows).toEqual([
      ["1", "me"],
      ["1", "nobody"],
      ["2", null],
    ]);
    expect(coverage.conflicts).toEqual([{ eventId: "1", objects: [a, c] }]);
    expect((await bucket.ask(ids, days("2026-05-01"))).coverage.conflicts).toEqual([]);
  });

  test("without an id are no copies", async () => {
    await using bucket = await LogBucket.start();
    const none = event({ event_id: undefined });
    bucket.put(day, "a.json", [none, none]);
    const { rows, coverage } = await bucket.ask("select count(*) from events");
    expect([rows, coverage.faults[0]?.text]).toEqual([
      [[2n]],
      "record 1 has no event_id; record 2 has no event_id",
    ]);
  });
});

describe("objects", () => {
  test("that are invalid are reported, and do not stop the others", async () => {
    await using bucket = await LogBucket.start();
    const good = JSON.stringify(event({ event_id: "kept" }));
    bucket.put(day, "good.json", [event({ event_id: "good" })]);
    const faults = [
      bucket.put(day, "1-cut.json", `[${good},{`),
      bucket.put(day, "2-empty.json", ""),
      bucket.put(day, "3-huge.json", [event({ event_id: "huge", details: { text: "x".repeat(3000) } })]),
      bucket.put(
        day,
        "4-twice.json",
        `[{"event_id":"twice","event_type":"t","event_type":"u","event_time":"2026-03-03T00:00:00Z"}]`,
      ),
    ];
    // What some tools make of a folder.
    bucket.put(day, "", "");
    const foreign = [bucket.put(day, "folder/x.json", "[]"), bucket.put("2026-03", "32/x.json", "[]")];
    const { rows, coverage } = await bucket.ask(ids, days(day), { largestObject: 2000 });
    expect(rows.flat()).toEqual(["good", "kept", "twice"]);
    const texts = [
      "ends early: 1 event read",
      "is empty",
      expect.stringMatching(/^is too large to be read: 3\d{3} bytes$/),
      "record 1 has a member twice; the last one counts",
    ];
    const byKey = [...coverage.faults].sort((one, other) => (one.key < other.key ? -1 : 1));
    expect(byKey).toEqual(faults.map((key, i) => ({ key, text: texts[i] })));
    expect(coverage.isWhole).toBe(false);
    expect(coverage.foreign.map((key) => key.replace(/\/[^/]*$/, "/")).sort()).toEqual(
      foreign.map((key) => key.replace(/\/[^/]*$/, "/")).sort(),
    );
    // Later runs name them too, and read what has become small enough.
    expect((await bucket.ask(ids)).coverage.faults).toEqual(coverage.faults);
    const larger = await bucket.ask(ids, days(day), { recheck: true });
    expect(larger.rows.flat()).toEqual(["good", "huge", "kept", "twice"]);
    expect(larger.coverage.faults.length).toBe(3);
  });

  test("with members of other types are searched, and these members are in the rest", async () => {
    await using bucket = await LogBucket.start();
    const odd = { authentication: "me", error: { code: "7" }, eventId: 12, event_source: 3 };
    bucket.put(
      day,
      "a.json",
      `[${JSON.stringify(event({ event_id: "odd", ...odd })).replace("12", "12345678901234567890123")}]`,
    );
    const { rows, coverage } = await bucket.ask(
      "select event_id, subject_id, error_code, event_source, rest from events",
    );
    expect(rows).toEqual([
      [
        "odd",
        null,
        null,
        null,
        '{"authentication":"me","error":{"code":"7"},"eventId":12345678901234567890123,"event_source":3}',
      ],
    ]);
    expect(coverage.isWhole).toBe(true);
  });

  test("that are large go through a file, and come out the same", async () => {
    await using bucket = await LogBucket.start();
    const text = 'ы\u{1f600}\\"[{'.repeat(200_000);
    bucket.put(day, "large.json", [
      event({ event_id: "a", details: { text } }),
      event({ event_id: "b", details: { n: [[[[1]]]] } }),
    ]);
    const { rows, coverage } = await bucket.ask(
      "select event_id, md5(detail(details, 'text')) from events order by 1",
    );
    const { createHash } = await import("node:crypto");
    expect(rows).toEqual([
      ["a", createHash("md5").update(text).digest("hex")],
      ["b", null],
    ]);
    expect(coverage.isWhole).toBe(true);
  });

  test("are found again as they were delivered", async () => {
    await using bucket = await LogBucket.start();
    const record = '{"event_id": "a",\n "event_type":"t", "event_time":"2026-03-03T00:00:00Z"}';
    const key = bucket.put(day, "a.json", `\ufeff[ {"event_id":"0","event_type":"t"}, ${record} ]`);
    await using logs = await bucket.open();
    expect(await logs.raw(key, 1)).toBe(record);
    await expect(logs.raw(key, 2)).rejects.toThrow("no longer has record 3");
    await using cached = await bucket.open(days(day), offline);
    await expect(cached.raw(key, 1)).rejects.toThrow("Run without --offline");
  });
});
