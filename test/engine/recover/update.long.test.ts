import { update } from "../../support/killedOperations";
import { expectRecoveredAfterKills, tableTimeout } from "../../support/killTable";

test(
  "a stack that was killed at any call of an update of key, bucket, account and trail reaches the undisturbed result, and no log is deleted",
  () => expectRecoveredAfterKills("update", update, 10, [{ moment: "after", method: "TrailService/Update" }]),
  tableTimeout,
);
