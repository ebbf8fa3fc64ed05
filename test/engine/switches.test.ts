import { expectDelivery, otherPositions } from "../support/switches";

// Of two other positions of one switch the last one counts; the long lane has each position alone.
test("whatever the cloud does where the vendor is silent, all at once: up succeeds, settles, and logs arrive", () =>
  expectDelivery(Object.assign({}, ...otherPositions)));
