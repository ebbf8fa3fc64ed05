import * as pulumi from "@pulumi/pulumi";
import { OnRemoval } from "../choices";
import { mergedHooks } from "../engine/hooks";
import { refuseSecondKey } from "../engine/keptBucket";
import { warnOfNamesakes } from "../engine/namesakes";
import { refuseDestroy, warnOfRefusals } from "../engine/protection";
import { removalHooks, reportKept } from "../engine/removal";
import type { AuditTrailsArgs } from "./args";
import type { AuditTrailsPlan, KeyPlan } from "./plan";
import { otherRoles, plannedNames, plannedParts } from "./planned";

/** Component, checked arguments and plan that the parts are created from. */
export interface Making {
  readonly owner: pulumi.ComponentResource;
  /** Name of the component. */
  readonly name: string;
  /** Arguments, already checked. */
  readonly args: AuditTrailsArgs;
  readonly plan: AuditTrailsPlan;
  readonly protect: boolean;
}

/** Hooks and warnings that protect the parts of an AuditTrails component, and the options for their removal. */
export class Precautions {
  readonly retainOnDelete: boolean;
  /** Hooks of accounts and trails. */
  readonly nameHooks: pulumi.ResourceHookBinding;
  readonly bucketHooks: pulumi.ResourceHookBinding;
  private readonly keyRemovalHooks: pulumi.ResourceHookBinding;
  /** Ends when all refusals are printed. A refused update ends the program before it registers roles and trails. */
  private readonly refusalsPrinted: Promise<void>;

  constructor(private readonly making: Making) {
    const { owner, name, args, plan, protect } = making;
    const { onRemoval = OnRemoval.Keep, accessLogsBucketName, roles } = args;
    this.retainOnDelete = onRemoval === OnRemoval.Keep;
    const bucketNames = plan.buckets.map(({ bucketName }) => bucketName);
    const removal = removalHooks(owner, name, onRemoval, bucketNames);
    this.bucketHooks = removal.bucket;
    this.keyRemovalHooks = removal.key;
    // Adopted resources have these names already.
    this.nameHooks = args.adopted ? {} : warnOfNamesakes(owner, name, plannedNames(plan));
    const planned = plannedParts(plan, accessLogsBucketName !== undefined);
    this.refusalsPrinted = protect
      ? warnOfRefusals(owner, { ...planned, otherRoles: otherRoles(roles) })
      : Promise.resolve();
  }

  /** Returns the hooks of a new key. */
  keyHooks(key: KeyPlan): pulumi.ResourceHookBinding {
    const { owner, args, plan } = this.making;
    if (args.adopted) return this.keyRemovalHooks;
    const encrypted = plan.newBuckets.filter((bucket) => bucket.key === key);
    const bucketNames = encrypted.map(({ bucketName }) => bucketName);
    return mergedHooks(this.keyRemovalHooks, refuseSecondKey(owner, key.name, bucketNames));
  }

  /** Returns the hooks of the trails. Call it once: the hook against a destroy cannot be registered twice. */
  trailHooks(): pulumi.ResourceHookBinding {
    const { name, protect } = this.making;
    return mergedHooks(this.nameHooks, protect ? refuseDestroy(name) : {});
  }

  /** Returns the value as an output that becomes known after all refusals are printed. */
  afterRefusals<T>(value: pulumi.Input<T>): pulumi.Output<pulumi.Unwrap<T>> {
    return pulumi.all([value, this.refusalsPrinted]).apply(([it]) => it) as pulumi.Output<pulumi.Unwrap<T>>;
  }

  /** Prints the buckets and keys that a destroy would keep. */
  printKept(bucketNames: pulumi.Output<string>[], keyIds: pulumi.Output<string>[]): void {
    const { owner, protect } = this.making;
    if (!protect && this.retainOnDelete) reportKept(owner, bucketNames, keyIds);
  }
}
