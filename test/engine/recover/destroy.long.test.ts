import { destroy } from "../../support/killedOperations";
import { expectRecoveredAfterKills, tableTimeout } from "../../support/killTable";

test(
  "killed at any call of a `destroy`, a stack comes to what that gives undisturbed, and no log is deleted",
  () =>
    expectRecoveredAfterKills("destroy", destroy, 10, [{ moment: "after", method: "TrailService/Delete" }]),
  tableTimeout,
);
