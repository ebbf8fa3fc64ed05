import type * as pulumi from "@pulumi/pulumi";
import type { AuditTrailsArgs, TrailSettings } from "./args";
import { AuditTrails as Component } from "./auditTrails";
import type { TrailOutputs } from "./parts";

/** Component {@link AuditTrails} with outputs for each key of its argument `trails`. */
export type AuditTrails<Key extends string = string> = Component & {
  /** Outputs of the trails, by the keys of the argument `trails`. */
  readonly trails: Readonly<Record<Key, TrailOutputs>>;
};

/**
 * Delivers the audit logs of an organization, or of chosen clouds and folders, to Object Storage, as the vendor's guide
 * describes. Everything in it is protected from deletion unless the option `protect` is false. Protection of bucket and
 * key alone is not enough: a `destroy` would delete the trails first and interrupt the audit log.
 *
 * The result is typed by the keys of the argument `trails`. The class behind it has no type parameter, because Pulumi
 * describes only classes of plain types for other languages.
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
