import * as pulumi from "@pulumi/pulumi";
import { uploaderFault } from "../bucketUploaders";
import { OnRemoval } from "../choices";
import { guard } from "../guard";
import type { AuditTrailsArgs } from "./args";
import { AuditTrailsParts, type TrailOutputs } from "./parts";
import { AuditTrailsPlan } from "./plan";
import { faultsAcross } from "./rules";
import { auditTrailsSchema } from "./schema";
import { warningsOf } from "./warnings";

/**
 * Delivers the audit logs of an organization, or of chosen clouds and folders of it, to Object Storage, as the vendor's guide
 * describes. Everything in it is protected from deletion unless the option `protect` is false. Protection of bucket and key
 * alone is not enough: a `destroy` would delete the trails first and interrupt the audit log.
 */
export class AuditTrails extends pulumi.ComponentResource {
  /** The trails, by their keys. */
  readonly trails: Record<string, TrailOutputs>;

  /** @throws {ArgumentsError} with all faults of the arguments. */
  constructor(name: string, args: AuditTrailsArgs, opts?: pulumi.ComponentResourceOptions) {
    const protect = opts?.protect ?? true;
    // Without the other arguments: each change would show up once more in a preview.
    const shown = args?.onRemoval && args.onRemoval !== OnRemoval.Keep ? { onRemoval: args.onRemoval } : {};
    super("yandex-audit-trails:index:AuditTrails", name, shown, { ...opts, protect });
    const given = guard("AuditTrails", name, args, auditTrailsSchema(args?.adopted), (sound) => [
      ...faultsAcross(sound),
      uploaderFault(sound.roles),
    ]);
    const plan = new AuditTrailsPlan(given, name);
    for (const warning of warningsOf(given, plan)) void pulumi.log.warn(warning, this);

    const parts = new AuditTrailsParts({ owner: this, name, args: given, plan, protect });
    const keys = parts.keys();
    const accounts = parts.accounts(keys);
    const buckets = parts.buckets(keys, accounts);
    this.trails = parts.trails(keys, accounts, buckets);
    this.registerOutputs({ trails: this.trails });
  }
}
