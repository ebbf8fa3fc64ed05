import type * as pulumi from "@pulumi/pulumi";

/**
 * Main children of components, which getters return. They cannot be members: when Pulumi describes a component for
 * other languages, it makes an output of each member. It has no type for resources of a generated SDK.
 */
const children = new WeakMap<pulumi.ComponentResource, unknown>();

export const keepChild = (component: pulumi.ComponentResource, child: unknown): unknown =>
  children.set(component, child);

export const childOf = <T>(component: pulumi.ComponentResource): T => children.get(component) as T;

/**
 * Returns inputs that show whether a component's child is deleted in the cloud when it leaves the stack. Without them,
 * no preview shows a change of the option `retainOnDelete`.
 */
export const shownRemoval = (opts: pulumi.ResourceOptions = {}): pulumi.Inputs =>
  (opts as pulumi.CustomResourceOptions).retainOnDelete === false ? { retainOnDelete: false } : {};

/** Returns the options of a component without those that its child receives. */
export const withoutHandedOn = (opts?: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions => ({
  ...opts,
  hooks: undefined,
  ignoreChanges: undefined,
});
