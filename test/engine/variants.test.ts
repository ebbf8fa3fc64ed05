import { expectWalk, walkTimeout } from "../support/stackView";
import { variants } from "../support/variants";

/** Those that have most of their own; the long lane has all. */
const spread = [
  "limited in size, with access logs",
  "with data events",
  "two trails that share nothing",
  "with a second trail to an existing bucket in another folder",
];

test(
  "a stack changes from each of four variants to the next one, and no log is lost",
  async () => {
    const chosen = variants.filter(({ name }) => spread.includes(name));
    expect(chosen).toHaveLength(spread.length);
    await expectWalk(chosen);
  },
  walkTimeout,
);
