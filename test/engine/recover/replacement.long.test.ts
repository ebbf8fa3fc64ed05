import { exchange } from "../../support/killedOperations";
import { expectRecoveredAfterKills, tableTimeout } from "../../support/killTable";

test(
  "a stack that was killed at some calls of a replacement of bucket, trail and roles reaches the undisturbed result",
  () =>
    expectRecoveredAfterKills("replacement", exchange, 8, [
      // The bucket that was replaced has left the state, and stays in the cloud.
      { moment: "after", method: "ServiceAccountService/Delete" },
    ]),
  tableTimeout,
);
