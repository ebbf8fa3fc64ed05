import { everythingUp } from "../../support/killedOperations";
import { expectRecoveredAfterKills, tableTimeout } from "../../support/killTable";

test(
  "killed during the first `up` of two trails with policy, lock and log of requests, a stack comes to what that gives undisturbed",
  () => expectRecoveredAfterKills("two trails", everythingUp, 4),
  tableTimeout,
);
