import * as pulumi from "@pulumi/pulumi";
import { ownedDescription, ownedLabels } from "../../../components/engine/ownership";
import { resolved } from "../../support/mocks";

const mock = (project: string, stack: string) =>
  pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, project, stack);

test("labels name the owner of a resource by the vendor's rules, and given labels take precedence", async () => {
  await mock("Acme.Audit", `Prod/${"x".repeat(80)}`);
  expect(await resolved(ownedLabels({ "pulumi-project": "mine", team: "security" }))).toEqual({
    "pulumi-project": "mine",
    "pulumi-stack": `prod-${"x".repeat(58)}`,
    team: "security",
  });
  expect(await resolved(ownedLabels())).toMatchObject({ "pulumi-project": "acme-audit" });
});

test("a resource has at most 64 labels: given ones before our own", async () => {
  await mock("project", "stack");
  const given = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`label${i}`, ""]));
  expect(Object.keys(await resolved(ownedLabels(given(62))))).toHaveLength(64);
  expect(await resolved(ownedLabels(given(63)))).toEqual(given(63));
});

test("a description names the owner of a resource in at most 256 characters, the limit of service accounts", async () => {
  await mock("project", "x".repeat(300));
  const description = ownedDescription("Collects.");
  expect(description).toMatch(/^Collects\. Pulumi project project, stack x+$/);
  expect(description).toHaveLength(256);
});
