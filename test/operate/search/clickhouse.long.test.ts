import fc from "fast-check";
import { clickhouseCondition, eventsFrom, literal } from "../../../operate/search/engines/clickhouse";
import { predicateOf } from "../../../operate/search/predicate";
import { ClickHouse } from "../../support/clickhouse";
import { conditions, events } from "./arbitraries";

test("ClickHouse and the predicate find the same events for any question and any events", async () => {
  await using clickhouse = await ClickHouse.start();
  await clickhouse.query("create table raw (json String, _path String) engine = Memory");
  await fc.assert(
    fc.asyncProperty(
      fc.array(events, { minLength: 1, maxLength: 30 }),
      fc.array(conditions, { minLength: 1, maxLength: 15 }),
      async (list, questions) => {
        await clickhouse.query("truncate table raw");
        const rows = list.map((event, i) => `(${literal(JSON.stringify(event))}, '${i}')`);
        await clickhouse.query(`insert into raw values ${rows.join(", ")}`);
        for (const condition of questions) {
          const holds = predicateOf(condition);
          const where = clickhouseCondition(condition);
          const found = await clickhouse.query(
            `select toInt32(object) as i from (${eventsFrom("raw")}) where ${where} order by i`,
          );
          expect(found.flat()).toEqual(list.flatMap((event, i) => (holds(event) ? [i] : [])));
        }
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 100) },
  );
});
