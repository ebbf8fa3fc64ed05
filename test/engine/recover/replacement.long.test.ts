import { exchange, standing } from "../../support/killedOperations";
import { expectRecoveredEverywhere, tableTimeout } from "../../support/killTable";

test(
  "killed at every fourth call of an update that replaces bucket, trail and roles, a stack comes to what that gives undisturbed",
  async () => expectRecoveredEverywhere("replacement", exchange(await standing()), 4),
  tableTimeout,
);
