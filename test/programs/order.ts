import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../settings/read";
import { buildStack } from "../../stack";

/** The project's program with one thing taken out of what the trail waits for: the type of a role binding that `WITHOUT` names. */
const dependency = process.env.WITHOUT ?? "";

const created: { resource: pulumi.Resource; type: string }[] = [];
pulumi.runtime.registerStackTransformation((args) => {
  const { resource, type, props, opts } = args;
  const dependsOn = created
    .filter((other) => pulumi.CustomResource.isInstance(other.resource) && !other.type.endsWith(dependency))
    .map((other) => other.resource);
  created.push({ resource, type });
  // The component hands its own dependencies on, and its child waits for it.
  return /:(Trail|AuditTrailsTrail)$/.test(type) ? { props, opts: { ...opts, dependsOn } } : undefined;
});

export const { trails } = buildStack(readSettings());
