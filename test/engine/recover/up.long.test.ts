import { firstUp } from "../../support/killedOperations";
import { expectRecoveredEverywhere, tableTimeout } from "../../support/killTable";

test(
  "killed at any call of the first `up`, a stack comes to what that gives undisturbed",
  () => expectRecoveredEverywhere("first up", firstUp),
  tableTimeout,
);
