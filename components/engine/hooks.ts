import type * as pulumi from "@pulumi/pulumi";

/** Joins the hooks of several owners in their order, so that no hook replaces another one of its kind. */
export function mergedHooks(
  ...owners: readonly (pulumi.ResourceHookBinding | undefined)[]
): pulumi.ResourceHookBinding {
  const all = owners.flatMap((hooks) => Object.entries(hooks ?? {}) as [string, unknown[] | undefined][]);
  const kinds = [...new Set(all.map(([kind]) => kind))];
  return Object.fromEntries(
    kinds.map((kind) => [kind, all.flatMap(([other, hooks = []]) => (other === kind ? hooks : []))]),
  );
}
