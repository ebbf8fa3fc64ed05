import { firstUp } from "../../support/killedOperations";
import { expectRecoveredAfterKills, tableTimeout } from "../../support/killTable";

test(
  "killed at any call of the first `up`, a stack comes to what that gives undisturbed",
  () =>
    expectRecoveredAfterKills("first up", firstUp, 12, [
      { moment: "after", method: "BucketService/Create" },
      { moment: "before", method: "UpdateAccessBindings" },
    ]),
  tableTimeout,
);
