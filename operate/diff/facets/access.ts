import { Hidden, type Resource } from "../../engine/json";
import { type Access, accessOf, canonical, textOf, type World } from "../../engine/world";

/** What the policy of a bucket says; the text of one that is not of this library's form. */
export function policyOf(bucket: Resource, world: World): Access | Hidden | string | undefined {
  const policy = world.policyOf(bucket);
  if (policy instanceof Hidden) return policy;
  if (typeof policy !== "string" || policy === "") return undefined;
  return accessOf(policy, textOf(bucket.inputs.bucket) ?? "") ?? canonical(policy);
}

export function accessIn(bucket: Resource, world: World): Access | undefined {
  const access = policyOf(bucket, world);
  return typeof access === "object" && !(access instanceof Hidden) ? access : undefined;
}
