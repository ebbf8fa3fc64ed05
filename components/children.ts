import type * as pulumi from "@pulumi/pulumi";

/**
 * The main children of components, which getters show. They cannot be members: Pulumi makes an output of each member when it
 * describes a component for other languages, and has no type there for resources of a generated SDK.
 */
const children = new WeakMap<pulumi.ComponentResource, unknown>();

export const keepChild = (component: pulumi.ComponentResource, child: unknown): unknown =>
  children.set(component, child);

export const childOf = <T>(component: pulumi.ComponentResource): T => children.get(component) as T;

/**
 * Inputs of a component that tell whether its child is deleted in the cloud when it leaves the stack. The engine shows a change
 * of that option in no preview.
 */
export const shownRemoval = (opts: pulumi.ResourceOptions = {}): pulumi.Inputs =>
  (opts as pulumi.CustomResourceOptions).retainOnDelete === false ? { retainOnDelete: false } : {};

/** Options of a component without those that are handed on to its child. */
export const withoutHandedOn = (opts?: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions => ({
  ...opts,
  hooks: undefined,
  ignoreChanges: undefined,
});
