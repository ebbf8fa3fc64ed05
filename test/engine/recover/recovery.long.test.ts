import { recovery } from "../../support/killedOperations";
import { expectRecoveredAfterKills, tableTimeout } from "../../support/killTable";

test(
  "killed while it is recovered, a stack comes to what an `up` gives undisturbed",
  () =>
    expectRecoveredAfterKills("recovery", recovery, 5, [{ moment: "before", method: "TrailService/Get" }]),
  tableTimeout,
);
