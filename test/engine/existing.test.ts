import { expectUntouched, givenAll } from "../support/existing";

test("existing bucket, key and account are used and not changed, logs arrive, and a destroy leaves them", () =>
  expectUntouched(givenAll));
