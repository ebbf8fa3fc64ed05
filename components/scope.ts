import type * as pulumi from "@pulumi/pulumi";
import { ScopeType } from "./choices";
import { input } from "./guard";
import * as values from "./values";

/** Where events are collected: a resource, with all that is in it now and later. */
export interface ResourceScopeArgs {
  /** Id of the resource. */
  readonly resourceId: pulumi.Input<string>;
  /** What the resource is. */
  readonly resourceType: ScopeType;
}

export const scopeSchema = values.only({
  resourceId: input(values.id("an organization, a cloud or a folder")),
  resourceType: values.oneOf(ScopeType),
});
