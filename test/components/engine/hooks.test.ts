import type * as pulumi from "@pulumi/pulumi";
import { mergedHooks } from "../../../components/engine/hooks";

const [a, b, c] = ["a", "b", "c"].map((name) => ({ name }) as unknown as pulumi.ResourceHook);

test("hooks of the same kind are kept together, in the order of their owners", () => {
  const merged = mergedHooks({ beforeDelete: [a as pulumi.ResourceHook] }, undefined, {
    beforeDelete: [b as pulumi.ResourceHook],
    afterCreate: [c as pulumi.ResourceHook],
  });
  expect(merged).toEqual({ beforeDelete: [a, b], afterCreate: [c] });
});
