import type * as pulumi from "@pulumi/pulumi";
import type { AuditTrailsArgs, TrailSettings } from "./args";
import { AuditTrails as Component, type TrailOutputs } from "./auditTrails";

/** The component {@link AuditTrails} with outputs for each key of its argument `trails`. */
export type AuditTrails<Key extends string = string> = Component & {
  /** The trails, by their keys. */
  readonly trails: Readonly<Record<Key, TrailOutputs>>;
};

/**
 * The component, typed by the keys of its argument `trails`. The class itself has no type parameter: Pulumi describes it for
 * other languages, which it can do of plain types only.
 */
export const AuditTrails = Component as unknown as Pick<typeof Component, "isInstance"> & {
  readonly prototype: Component;
  /** @throws {ArgumentsError} with all faults of the arguments. */
  new <Key extends string = "organization">(
    name: string,
    args: Omit<AuditTrailsArgs, "trails"> & { readonly trails?: Readonly<Record<Key, TrailSettings>> },
    opts?: pulumi.ComponentResourceOptions,
  ): AuditTrails<Key>;
};
