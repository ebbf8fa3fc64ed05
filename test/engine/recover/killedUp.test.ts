import { atTrail, firstUp } from "../../support/killedOperations";
import { expectRecovered, undisturbed } from "../../support/kills";

describe("engine and provider are killed during the first `up`; recover and `up` give exactly what an `up` gives", () => {
  let wanted: object;
  beforeAll(async () => {
    wanted = await undisturbed(firstUp);
  });

  // A spread over kinds of calls; all of them are in up.long.test.ts.
  test.each([
    ["after", "SymmetricKeyService/Create", "take KMS key"],
    ["after", "BucketService/Create", "take bucket"],
    ["before", "UpdateAccessBindings", "clear"],
  ] as const)("%s %s", async (moment, method, told) => {
    expect(await expectRecovered(firstUp, wanted, { moment, method })).toContain(told);
  });

  test("also where recover itself is killed, while it takes in what was made", async () => {
    const recover = { moment: "before", method: "TrailService/Get" } as const;
    await expectRecovered(firstUp, wanted, { ...atTrail, recover });
  });

  test("also where the `up` after it is killed again", async () => {
    await expectRecovered(
      firstUp,
      wanted,
      { moment: "after", method: "SymmetricKeyService/Create" },
      atTrail,
    );
  });
});
