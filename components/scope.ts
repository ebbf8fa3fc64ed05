import type * as pulumi from "@pulumi/pulumi";
import { input } from "./guard";
import * as values from "./values";

/** Resources whose events a trail can collect: https://yandex.cloud/en/docs/audit-trails/concepts/trail#collecting-area */
export const ScopeType = {
  Organization: "organization-manager.organization",
  Cloud: "resource-manager.cloud",
  Folder: "resource-manager.folder",
} as const;
export type ScopeType = (typeof ScopeType)[keyof typeof ScopeType];

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
