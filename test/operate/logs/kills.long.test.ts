import { expectWholeAfterKills } from "./kills";

test("a kill at any step of the file system leaves the next run whole", async () => {
  expect(await expectWholeAfterKills(1)).toBeGreaterThan(60);
});
