import { update } from "../../support/killedOperations";
import { expectRecoveredAfterKills, tableTimeout } from "../../support/killTable";

test(
  "killed at any call of an update of key, bucket, account and trail, a stack comes to what that gives undisturbed, and no log is deleted",
  () => expectRecoveredAfterKills("update", update, 10, [{ moment: "after", method: "TrailService/Update" }]),
  tableTimeout,
);
