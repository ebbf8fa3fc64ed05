import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../settings/read";
import { buildStack } from "../../stack";
import { bucketName } from "../support/names";

/**
 * The project's program with one thing taken out of what the trail waits for: the resource type that `WITHOUT` names. Where
 * the dependency also travels in an output, a plain value takes its place.
 */
const dependency = process.env.WITHOUT ?? "";

const created: { resource: pulumi.Resource; type: string }[] = [];
pulumi.runtime.registerStackTransformation((args) => {
  const { resource, type, props, opts } = args;
  const dependsOn = created
    .filter((other) => pulumi.CustomResource.isInstance(other.resource) && !other.type.endsWith(dependency))
    .map((other) => other.resource);
  created.push({ resource, type });
  // The component hands its own dependencies on, and its child waits for it.
  if (type.endsWith(":Trail")) return { props, opts: { ...opts, dependsOn } };
  if (!type.endsWith(":AuditTrailsTrail")) return undefined;
  const plain = dependency === "StorageBucket" ? { storageDestination: { bucketName } } : {};
  return { props: { ...props, ...plain }, opts: { ...opts, dependsOn } };
});

export const { trails } = buildStack(readSettings());
