import { clashText } from "../../../components/engine/namesakes";

const account = {
  kind: "service account",
  resource: "audit-trails-account",
  name: "audit-trails-account",
  namedBy: ["serviceAccountName"],
  id: "aje1",
  owner: "stack dev of project p",
} as const;
const trail = {
  kind: "trail",
  resource: "audit-trails-organization",
  name: "audit-trails-organization",
  namedBy: ["trails.organization.name"],
  id: "cnp1",
} as const;

test("all taken names are listed together, each with its owner and the command that sets another name", () => {
  expect(clashText([account, trail], "b1g1", "Prod")).toBe(
    "2 names are taken in folder b1g1, so pulumi up will fail:\n" +
      '  - service account "audit-trails-account": aje1 belongs to stack dev of project p\n' +
      '  - trail "audit-trails-organization": cnp1 belongs to something outside of this stack\n' +
      "Choose other names (in a program: `serviceAccountName` and `trails.organization.name`):\n" +
      "  pulumi config set serviceAccountName audit-trails-account-prod\n" +
      "  pulumi config set --path trails.organization.name audit-trails-organization-prod",
  );
});

test("an account that several trails name has a command for each of them", () => {
  const namedBy = ["trails.a.serviceAccountName", "trails.b.serviceAccountName"];
  expect(clashText([{ ...account, namedBy }], "b1g1", "dev")).toContain(
    "  pulumi config set --path trails.a.serviceAccountName audit-trails-account-dev\n" +
      "  pulumi config set --path trails.b.serviceAccountName audit-trails-account-dev",
  );
});

test.each(["my_stack", "x".repeat(60)])(
  "the new name is left open if the stack's name is not valid as its end: %s",
  (stack) => {
    expect(clashText([trail], "b1g1", stack)).toMatch(/trails\.organization\.name <another name>$/);
  },
);
