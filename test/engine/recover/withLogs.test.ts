import { destroy, exchange, type Standing, standing, update } from "../../support/killedOperations";
import { expectRecovered, undisturbed } from "../../support/kills";

describe("a stack with logs", () => {
  let kept: Standing;
  beforeAll(async () => {
    kept = await standing();
  });

  test.each([
    ["an update", update, "TrailService/Update"],
    ["a replacement", exchange, "BucketService/Create"],
    ["a destroy", destroy, "TrailService/Delete"],
  ] as const)(
    "killed during %s it comes to what that gives undisturbed, and no log is deleted",
    async (_name, operationFrom, method) => {
      const operation = operationFrom(kept);
      const wanted = await undisturbed(operation);
      await expectRecovered(operation, wanted, { moment: "after", method });
    },
  );
});
