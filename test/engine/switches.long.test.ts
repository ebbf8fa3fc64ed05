import { expectDelivery, otherPositions } from "../support/switches";

test.each(otherPositions)(
  "whatever the cloud does where the vendor is silent (%j alone), up succeeds, settles, and logs arrive",
  expectDelivery,
);
