import { exchange, standing } from "../../support/killedOperations";
import { expectRecoveredEverywhere, tableTimeout } from "../../support/killTable";

test(
  "killed at some calls of an update that replaces bucket, trail and roles, a stack comes to what that gives undisturbed",
  async () => expectRecoveredEverywhere("replacement", exchange(await standing()), 8),
  tableTimeout,
);
