import { filled, holds } from "./support/pipelines/expressions";

/** https://docs.github.com/en/actions/reference/workflows-and-actions/expressions */
describe("the runner's expressions", () => {
  const contexts = { vars: { STACK: "prod" }, steps: { verify: { outcome: "success", outputs: {} } } };

  test.each([
    ["without a condition", undefined, [true, false]],
    ["a comparison requires success", "vars.STACK == 'prod'", [true, false]],
    ["text is compared without case", "vars.STACK != 'PROD'", [false, false]],
    ["a status function replaces that", `\${{ !cancelled() && vars.STACK == 'prod' }}`, [true, true]],
    [
      "an output of a step that has none is empty",
      `\${{ always() && steps.verify.outputs.alert != '' }}`,
      [false, false],
    ],
    [
      "a step that did not run has none",
      `\${{ failure() && steps.other.outputs.alert == '' }}`,
      [false, true],
    ],
  ])("%s", (_, condition, expected) => {
    expect([false, true].map((hasFailed) => holds(condition, contexts, hasFailed))).toEqual(expected);
  });

  test("fill texts, and refuse misspelt names and wrong syntax", () => {
    expect(filled(`\${{ vars.STACK }}/\${{ steps.verify.outcome }}`, contexts)).toBe("prod/success");
    expect(() => filled(`\${{ vars.STOCK }}`, contexts)).toThrow("no STOCK");
    expect(() => filled(`\${{ secret.STACK }}`, contexts)).toThrow("Unrecognized named-value");
    expect(() => holds("vars.STACK = 'prod'", contexts, false)).toThrow();
  });
});
