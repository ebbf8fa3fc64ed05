import { everythingUp, recovery } from "../../support/killedOperations";
import { expectRecoveredEverywhere, tableTimeout } from "../../support/killTable";

test(
  "killed while it is recovered, a stack comes to what an `up` gives undisturbed",
  () => expectRecoveredEverywhere("recovery", recovery, 6),
  tableTimeout,
);

test(
  "killed during the first `up` of two trails with policy, lock and log of requests, a stack comes to what that gives undisturbed",
  () => expectRecoveredEverywhere("two trails", everythingUp, 60),
  tableTimeout,
);
