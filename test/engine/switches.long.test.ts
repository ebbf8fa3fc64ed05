import { expectDelivery, otherPositions } from "../support/switches";

test.each(otherPositions)(
  "for each behaviour that the vendor does not document (%j alone), up succeeds, settles, and logs arrive",
  expectDelivery,
);
