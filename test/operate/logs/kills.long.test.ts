import { expectWholeAfterFailures, expectWholeAfterKills } from "./kills";

test("a failure of the file system at any step leaves the next run whole", async () => {
  expect(await expectWholeAfterFailures(1)).toBeGreaterThan(60);
});

test("a process that is killed while it fills the cache leaves the next run whole", async () => {
  expect(await expectWholeAfterKills(3)).toBeGreaterThan(10);
}, 600_000);
