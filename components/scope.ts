import type * as pulumi from "@pulumi/pulumi";
import { ScopeType } from "./choices";
import { input } from "./guard";
import * as values from "./values";

/** Scope of a trail: a resource with everything in it, now and later. */
export interface ResourceScopeArgs {
  /** Id of the resource. */
  readonly resourceId: pulumi.Input<string>;
  /** Type of the resource in the API. */
  readonly resourceType: ScopeType;
}

export const scopeSchema = values.only({
  resourceId: input(values.id("an organization, a cloud or a folder")),
  resourceType: values.oneOf(ScopeType),
});
