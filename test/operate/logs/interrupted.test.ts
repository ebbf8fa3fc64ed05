import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type LogProgress, NotAgreed } from "../../../operate/logs";
import { trailFolder } from "../../../operate/logs/store/place";
import { all, day, expectWholeAfterFailures, put, range } from "./kills";
import { days, event, ids, LogBucket, rowsOf } from "./logBucket";

test("a failure of the file system leaves the next run whole", async () => {
  expect(await expectWholeAfterFailures(11)).toBeGreaterThan(5);
});

describe("Object Storage", () => {
  test("that limits the rate is asked again later", async () => {
    await using bucket = await LogBucket.start();
    put(bucket);
    bucket.cloud.faults.fail({ method: "s3/GET" }, "UNAVAILABLE", { times: 3, after: 2 });
    const { rows, coverage } = await bucket.ask(ids, range);
    expect([rows.flat(), coverage.isWhole]).toEqual([all, false]);
    expect(coverage.unread).toEqual([]);
  });

  test("that refuses an object does not close its day: the next run tries again", async () => {
    await using bucket = await LogBucket.start();
    put(bucket);
    const isA = (request: unknown) => JSON.stringify(request).includes("a.json");
    bucket.cloud.faults.fail({ method: "s3/GET", request: isA }, "PERMISSION_DENIED", { message: "No." });
    const { rows, coverage } = await bucket.ask(ids, range);
    expect(rows.flat()).toEqual(all.slice(1));
    expect(coverage.unread).toEqual([
      { key: `cnptrail/2026/03/03/a.json`, text: expect.stringMatching(/^cannot be read: .*No\./) },
    ]);
    expect(coverage.isWhole).toBe(false);
    expect((await bucket.ask(ids, range)).rows.flat()).toEqual(all);
  });

  test("that refuses all objects is not asked for every object", async () => {
    await using bucket = await LogBucket.start();
    for (let i = 0; i < 300; i += 1) bucket.put(day, `${i}.json`, [event()]);
    const isObject = (request: unknown) => JSON.stringify(request).includes(".json");
    const pick = { method: "s3/GET", request: isObject };
    bucket.cloud.faults.fail(pick, "PERMISSION_DENIED", { times: 300, message: "The key is denied." });
    const { coverage } = await bucket.ask(ids);
    expect(coverage.unread.length).toBe(300);
    expect(coverage.unread.every(({ text }) => text.includes("The key is denied."))).toBe(true);
    expect(bucket.cloud.traffic.counts.get("s3/GET")).toBeLessThan(150);
  });
});

describe("a run", () => {
  test("ends at once at its signal, and keeps the complete days", async () => {
    await using bucket = await LogBucket.start();
    const units = ["2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"];
    for (const unit of units) bucket.put(unit, "a.json", [event({ event_id: unit })]);
    const abort = new AbortController();
    const isLast = (request: unknown) => JSON.stringify(request).includes("06/a.json");
    bucket.cloud.faults.interrupt("before", { method: "s3/GET", request: isLast }, () =>
      abort.abort(new Error("Ctrl-C")),
    );
    await expect(bucket.ask(ids, range, { signal: abort.signal })).rejects.toThrow("Ctrl-C");
    const { rows, coverage } = await bucket.ask(ids, range);
    expect(rows.flat()).toEqual(units);
    // Two days are worked on at a time.
    expect([1, 2]).toContain(coverage.fetched.objects);
  });

  test("asks for agreement before it fetches more than 10,000 objects", async () => {
    await using bucket = await LogBucket.start();
    for (let i = 0; i <= 10_000; i += 1) bucket.put(day, `${i}.json`, "[]");
    const confirm = jest.fn(async () => false);
    await expect(bucket.ask(ids, days(day), { confirm })).rejects.toThrow(NotAgreed);
    expect(confirm.mock.calls).toEqual([[{ objects: 10_001, bytes: 20_002 }]]);
  });

  test("reports its progress", async () => {
    await using bucket = await LogBucket.start();
    put(bucket);
    const reports: LogProgress[] = [];
    await bucket.ask(ids, range, { onProgress: (progress) => reports.push(progress) });
    expect(reports[0]).toMatchObject({ step: "list", done: 1 });
  });

  test("reads only, while another process fills the cache; a process that has ended counts no more", async () => {
    await using bucket = await LogBucket.start();
    put(bucket);
    bucket.put("2026-03-20", "new.json", [event({ event_id: "new" })]);
    await bucket.ask(ids, range);
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"]);
    try {
      const lock = join(trailFolder(bucket.folder, bucket.source), "lock");
      const holder = { pid: other.pid, host: hostname(), id: "other" };
      writeFileSync(lock, JSON.stringify(holder));
      const { rows, coverage } = await bucket.ask(ids, days(day, "2026-03-20"));
      expect(rows.flat()).toEqual(all);
      expect(coverage).toMatchObject({ filledBy: other.pid, missing: ["2026-03-20"], isWhole: false });
      const ended = new Promise((resolve) => other.once("exit", resolve));
      other.kill();
      await ended;
      const after = await bucket.ask(ids, days(day, "2026-03-20"));
      expect([after.rows.length, after.coverage.filledBy]).toEqual([all.length + 1, undefined]);
      // Cut short as it was written.
      writeFileSync(lock, '{"pid":');
      expect((await bucket.ask(ids, days(day, "2026-03-20"))).coverage.filledBy).toBeUndefined();
    } finally {
      other.kill();
    }
  });

  test("that asks beside another one of the same process gets its rows", async () => {
    await using bucket = await LogBucket.start();
    put(bucket);
    await using logs = await bucket.open(range);
    const answers = await Promise.all([rowsOf(logs, ids), rowsOf(logs, ids), bucket.ask(ids, range)]);
    expect(answers.map((answer) => ("rows" in answer ? answer.rows : answer).flat())).toEqual([
      all,
      all,
      all,
    ]);
  });
});
