import { conclusionOf, type Remainder } from "../../operate/recover/conclusion";

const remainder: Remainder = {
  ...{ name: "dev", options: "--refresh --stack dev", left: { create: 3, update: 1 }, pending: [] },
  last: { kind: "update", succeeded: false },
};
const interrupted = (operation: string): Remainder["pending"] => [
  {
    operation,
    resource: {
      ...{ urn: "urn", type: "type", inputs: {}, outputs: {} },
      ...{ protect: false, retainOnDelete: false, hooks: [], inputSources: {} },
    },
    isBookkeeping: false,
  },
];
const wants = "Changes that the program still needs: 3 to create, 1 to update.";
const up = "pulumi up --refresh --stack dev";
const destroy = "pulumi destroy --run-program --refresh --stack dev";

test.each<[what: string, given: Partial<Remainder>, lines: string[]]>([
  ["nothing is left", { left: {} }, ["Stack dev matches its program."]],
  [
    "an update was interrupted",
    { pending: interrupted("creating") },
    [wants, `To make these changes:  ${up}`],
  ],
  [
    "only deletions were interrupted: it may have been a destroy",
    { pending: interrupted("deleting") },
    [wants, `To make these changes:  ${up}`, `If a pulumi destroy was interrupted, continue it:  ${destroy}`],
  ],
  [
    "a destroy failed",
    { last: { kind: "destroy", succeeded: false } },
    [
      "The last update of stack dev was a pulumi destroy, which failed.",
      `To continue it:  ${destroy}`,
      `To deploy the stack again:  ${up}`,
      wants,
    ],
  ],
  [
    "a destroy ended",
    { last: { kind: "destroy", succeeded: true } },
    [
      "The last update of stack dev was a pulumi destroy, which ended.",
      `To deploy the stack again:  ${up}`,
      wants,
    ],
  ],
])("%s", (_what, given, lines) => {
  expect(conclusionOf({ ...remainder, ...given })).toEqual(lines);
});
