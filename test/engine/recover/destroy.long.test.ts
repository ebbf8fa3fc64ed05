import { destroy, standing } from "../../support/killedOperations";
import { expectRecoveredEverywhere, tableTimeout } from "../../support/killTable";

test(
  "killed at any call of a `destroy`, a stack comes to what that gives undisturbed, and no log is deleted",
  async () => expectRecoveredEverywhere("destroy", destroy(await standing())),
  tableTimeout,
);
