import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { requireActive } from "./activeTrail";
import { explainFailures } from "./failures";
import { retryWhileRolesSpread } from "./rolePropagation";

/** Arguments of {@link Trail}. */
export interface TrailArgs {
  /** Folder that holds the trail. */
  readonly folderId: pulumi.Input<string>;
  /** Organization whose management events are collected, with all its clouds and folders, also future ones. */
  readonly organizationId: pulumi.Input<string>;
  /** Bucket that receives the logs. */
  readonly bucketName: pulumi.Input<string>;
  /** Service account that collects and uploads. It must hold its roles before the trail is created. */
  readonly serviceAccountId: pulumi.Input<string>;
  /**
   * Name of the trail, unique in its folder.
   * @default the component's name
   */
  readonly trailName?: pulumi.Input<string>;
  /**
   * Description of the trail, at most 1024 characters.
   * @default none
   */
  readonly trailDescription?: pulumi.Input<string>;
  /**
   * What the keys of the log objects begin with. Keep it to the trail alone: other objects under the same prefix may
   * be overwritten (https://yandex.cloud/en/docs/audit-trails/concepts/format).
   * @default none: keys begin with the trail's id
   */
  readonly objectPrefix?: pulumi.Input<string>;
  /**
   * How long, in seconds, a denial is put down to roles that were granted just now, and the trail is tried again.
   * @default 120
   */
  readonly rolePropagationTimeout?: number;
  /**
   * How long, in seconds, an update waits for the trail to be ACTIVE before it fails; 0 for not looking.
   * @default 60
   */
  readonly activeTimeout?: number;
  /**
   * Labels of the trail, at most 64.
   * @default none
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The trail that delivers the management events of a whole organization to a bucket. Every update looks
 * whether the trail is ACTIVE, and fails if it stays in status ERROR; everything else is done by then. Its own `dependsOn` is handed on
 * to the trail: give it the bucket and the service account, whose roles appear in no argument.
 */
export class Trail extends pulumi.ComponentResource {
  /** Id of the trail. */
  readonly trailId: pulumi.Output<string>;
  /** Status at the end of the update: `ACTIVE`, `ERROR` or `DELETED`. */
  readonly trailStatus: pulumi.Output<string>;
  /** What the keys of the log objects begin with: `[<prefix>/]<trail id>/`. */
  readonly objectKeyPrefix: pulumi.Output<string>;

  constructor(name: string, args: TrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:Trail", name, {}, opts);

    const trail = new yandex.AuditTrailsTrail(
      name,
      {
        folderId: args.folderId,
        name: args.trailName ?? name,
        description: args.trailDescription,
        labels: args.labels,
        serviceAccountId: args.serviceAccountId,
        storageDestination: { bucketName: args.bucketName, objectPrefix: args.objectPrefix },
        filteringPolicy: {
          managementEventsFilter: {
            resourceScopes: [
              { resourceId: args.organizationId, resourceType: "organization-manager.organization" },
            ],
          },
        },
      },
      {
        parent: this,
        dependsOn: opts?.dependsOn,
        hooks: explainFailures("Trail", name, retryWhileRolesSpread(args.rolePropagationTimeout ?? 120)),
      },
    );

    // Not `trail.trailId`: the provider declares that property and never fills it.
    this.trailId = trail.id;
    this.trailStatus = pulumi
      .all([trail.id, trail.status])
      .apply(([id, status]) => requireActive(id, status, args.activeTimeout ?? 60));
    this.objectKeyPrefix = pulumi
      .all([trail.id, args.objectPrefix])
      .apply(([trailId, prefix]) => (prefix ? `${prefix}/${trailId}/` : `${trailId}/`));
    this.registerOutputs({
      trailId: this.trailId,
      trailStatus: this.trailStatus,
      objectKeyPrefix: this.objectKeyPrefix,
    });
  }
}
