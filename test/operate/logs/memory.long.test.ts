import { join } from "node:path";
import { serveLogs, take } from "../../../tools/bench/search";
import { writeLogs } from "../../../tools/bench/searchData";
import { TemporaryFolder } from "../../support/fakes";

/** Largest memory of a process, MB: the aim of `npm run bench -- search`. */
const most = 400;

test("a search of 100,000 events stays within its memory, while it fills the cache and afterwards", async () => {
  using folder = new TemporaryFolder();
  const logs = join(folder.path, "logs");
  writeLogs(logs, 100_000);
  using server = await serveLogs(logs);
  const sql = "SELECT event_type, count(*) FROM events GROUP BY 1";
  for (const step of ["filling", "later"]) {
    const { memory, result } = await take("ask", logs, server.address, sql);
    expect([step, result, Math.max(memory, most)]).toEqual([step, "15,100000", most]);
  }
}, 300_000);
