import { expectUntouched, givenOne } from "../support/existing";

test.each(givenOne)(
  "an existing $what is used and not changed, logs arrive, and taking the stack down leaves it",
  expectUntouched,
);
