import { standing, update } from "../../support/killedOperations";
import { expectRecoveredEverywhere, tableTimeout } from "../../support/killTable";

test(
  "killed at any call of an update of key, bucket, account and trail, a stack comes to what that gives undisturbed",
  async () => expectRecoveredEverywhere("update", update(await standing())),
  tableTimeout,
);
