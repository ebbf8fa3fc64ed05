import { destroy, firstUp, standing, update } from "../support/killedOperations";
import { type KilledOperation, type KillPoint, killedAndRecovered, undisturbed } from "../support/kills";
import type { KeptState } from "../support/localStack";

/** A spread over kinds of calls; recover.long.test.ts has all of them. */
async function expectRecovered(
  operation: KilledOperation,
  wanted: object,
  point: KillPoint,
): Promise<string> {
  const recovered = await killedAndRecovered(operation, point);
  if (!recovered) throw new Error(`There is no call ${point.method}`);
  expect(recovered.cloud).toEqual(wanted);
  return recovered.output;
}

describe("engine and provider are killed during the first `up`; recover and `up` give exactly what an `up` gives", () => {
  let wanted: object;
  beforeAll(async () => {
    wanted = await undisturbed(firstUp);
  });

  test.each([
    ["after", "SymmetricKeyService/Create", "take KMS key"],
    ["after", "ServiceAccountService/Create", "take service account"],
    ["after", "BucketService/Create", "take bucket"],
    ["before", "UpdateAccessBindings", "clear"],
    ["after", "TrailService/Create", "take trail"],
  ] as const)("%s %s", async (moment, method, told) => {
    expect(await expectRecovered(firstUp, wanted, { moment, method })).toContain(told);
  });
});

describe("a stack with logs", () => {
  let kept: KeptState;
  beforeAll(async () => {
    kept = await standing();
  });

  test.each([
    ["update", update, "TrailService/Update"],
    ["destroy", destroy, "TrailService/Delete"],
  ] as const)(
    "killed during an %s it comes to what that gives undisturbed, and no log is deleted",
    async (_name, operationFrom, method) => {
      const operation = operationFrom(kept);
      const wanted = await undisturbed(operation);
      expect(wanted).toMatchObject({ logs: expect.any(Number) });
      await expectRecovered(operation, wanted, { moment: "after", method });
    },
  );
});
