import { exchange } from "../../support/killedOperations";
import { expectRecoveredAfterKills, tableTimeout } from "../../support/killTable";

test(
  "killed at some calls of an update that replaces bucket, trail and roles, a stack comes to what that gives undisturbed",
  () =>
    expectRecoveredAfterKills("replacement", exchange, 8, [
      // The bucket that was replaced has left the state, and stays in the cloud.
      { moment: "after", method: "ServiceAccountService/Delete" },
    ]),
  tableTimeout,
);
