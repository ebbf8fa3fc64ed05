import { expectDelivery, otherPositions } from "../support/switches";

// Of two other positions of one switch the last one counts; the long lane has each position alone.
test("up succeeds, settles, and logs arrive with all switches changed at once", () =>
  expectDelivery(Object.assign({}, ...otherPositions)));
