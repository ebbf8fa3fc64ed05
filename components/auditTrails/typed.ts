import type * as pulumi from "@pulumi/pulumi";
import type { AuditTrailsArgs, TrailSettings } from "./args";
import { AuditTrails as Component, type TrailOutputs } from "./auditTrails";

/** An {@link AuditTrails} with outputs for each key of its argument `trails`. */
export type AuditTrails<Key extends string = string> = Component & {
  /** The trails, by their keys. */
  readonly trails: Readonly<Record<Key, TrailOutputs>>;
};

/**
 * Delivers the audit logs of an organization, or of chosen clouds and folders of it, to Object Storage, as the vendor's
 * guide describes. Everything in it is protected from deletion unless the option `protect` is false: protecting bucket and
 * key alone would let a `destroy` take the trails first, and open a gap in the record.
 *
 * The result is typed by the keys of the argument `trails`. The class behind it has no type parameter: Pulumi describes
 * classes of plain types only for other languages.
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
