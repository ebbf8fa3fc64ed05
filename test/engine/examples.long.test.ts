import { examples, expectExample, mostOfItsOwn } from "../support/examples";

test.each(examples.filter(({ name }) => name !== mostOfItsOwn))(
  "the example $name comes up, the next preview is as expected, and a refresh finds nothing to change",
  expectExample,
);
