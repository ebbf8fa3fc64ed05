import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { z } from "zod";
import { childOf, keepChild, withoutHandedOn } from "./children";
import { prepareLook, requireActive } from "./engine/activeTrail";
import { explainFailures } from "./engine/failureHooks";
import { mergedHooks } from "./engine/hooks";
import { ownedLabels } from "./engine/ownership";
import { retryWhileRolesSpread } from "./engine/rolePropagation";
import { argumentKinds, type Fault, guard, input } from "./guard";
import { objectKeyPrefixOf } from "./objectPrefix";
import { type ResourceScopeArgs, scopeSchema } from "./scope";
import * as values from "./values";

/** Data events of one service. */
export interface DataEventsFilterArgs {
  /** Name of the service, such as `kms`. See https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane. */
  readonly service: string;
  /**
   * Types of the events that are collected, such as `yandex.cloud.audit.kms.Decrypt`. Either these or `excludedEvents`.
   * @default all
   */
  readonly includedEvents?: string[];
  /**
   * Types of the events that are not collected; types that the service adds later are.
   * @default none
   */
  readonly excludedEvents?: string[];
  /**
   * Where they are collected.
   * @default the scopes of the trail
   */
  readonly scopes?: ResourceScopeArgs[];
}

/** Arguments of {@link Trail}. */
export interface TrailArgs {
  /** Folder that holds the trail. */
  readonly folderId: pulumi.Input<string>;
  /** Where events are collected. */
  readonly scopes: ResourceScopeArgs[];
  /**
   * Whether management events are collected: who configured what.
   * @default true
   */
  readonly managementEvents?: boolean;
  /**
   * Data events that are collected: who used what. They are billed, management events are not. At most one filter for a
   * service.
   * @default none
   */
  readonly dataEvents?: DataEventsFilterArgs[];
  /** Bucket that receives the logs. */
  readonly bucketName: pulumi.Input<string>;
  /** Service account that collects and uploads. It must hold its roles before the trail is created. */
  readonly serviceAccountId: pulumi.Input<string>;
  /**
   * Name of the trail, unique in its folder.
   * @default the component's name
   */
  readonly name?: pulumi.Input<string>;
  /**
   * Description of the trail, at most 1024 characters.
   * @default none
   */
  readonly description?: pulumi.Input<string>;
  /**
   * What the keys of the log objects begin with. Keep it to the trail alone: other objects under the same prefix may
   * be overwritten (https://yandex.cloud/en/docs/audit-trails/concepts/format).
   * @default none: keys begin with the trail's id
   */
  readonly objectPrefix?: pulumi.Input<string>;
  /**
   * Whether the trail exists already, and was imported: it may then have a prefix that new trails may not have.
   * @default false
   */
  readonly adopted?: boolean;
  /**
   * How long a denial is put down to roles that were granted just now, and the trail is tried again.
   * @default 120
   */
  readonly rolePropagationTimeoutSeconds?: number;
  /**
   * How long an update waits for the trail to be ACTIVE before it fails; 0 for not looking.
   * @default 60
   */
  readonly activeTimeoutSeconds?: number;
  /**
   * How long a trail that was changed in the last five minutes must stay ACTIVE.
   * @default 10
   */
  readonly activeWindowSeconds?: number;
  /**
   * Labels of the trail, at most 64.
   * @default the project and the stack that the trail belongs to, which given labels come on top of
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

const schema = (adopted?: boolean) =>
  values.only({
    folderId: input(values.id("a folder")),
    scopes: z.array(scopeSchema).min(1, "must name at least one scope"),
    managementEvents: values.yesOrNo.optional(),
    dataEvents: z
      .array(
        values.only({
          service: values.service,
          includedEvents: values.eventTypes.optional(),
          excludedEvents: values.eventTypes.optional(),
          scopes: z.array(scopeSchema).min(1, "must name at least one scope, or be left out").optional(),
        }),
      )
      .max(127, "must be fewer than 128 services")
      .optional(),
    bucketName: input(values.bucketName),
    serviceAccountId: input(values.id("a service account")),
    name: input(values.name).optional(),
    description: input(values.description).optional(),
    objectPrefix: input(values.objectPrefix(adopted)).optional(),
    adopted: values.yesOrNo.optional(),
    rolePropagationTimeoutSeconds: values.seconds.optional(),
    activeTimeoutSeconds: values.seconds.optional(),
    activeWindowSeconds: values.seconds.optional(),
    labels: input(values.labels(argumentKinds)).optional(),
  });

const faultsOfEvents = ({ managementEvents, dataEvents = [] }: TrailArgs): (Fault | false)[] => [
  managementEvents === false &&
    dataEvents.length === 0 && {
      path: "managementEvents",
      reason: "must be true where there are no dataEvents: the trail would collect nothing",
    },
  ...dataEvents.flatMap(({ service, includedEvents, excludedEvents }, i) => [
    includedEvents !== undefined &&
      excludedEvents !== undefined && {
        path: `dataEvents.${i}`,
        reason: "takes either includedEvents or excludedEvents, not both",
      },
    dataEvents.slice(0, i).some((other) => other.service === service) && {
      path: `dataEvents.${i}.service`,
      reason: `must be another one: there is a filter for ${service} already`,
    },
  ]),
];

/**
 * The trail that delivers audit events to a bucket. Every update looks whether the trail is ACTIVE, and fails if it stays
 * in status ERROR; everything else is done by then. Its own `dependsOn` and `hooks` are handed on to the trail: give it the bucket and
 * the service account, whose roles appear in no argument.
 *
 * Another bucket or prefix makes it another trail, since changing the destination of a trail can lose events
 * (https://yandex.cloud/en/docs/audit-trails/operations/manage-trail): the preview shows a replacement.
 */
export class Trail extends pulumi.ComponentResource {
  /** Id of the trail. */
  readonly trailId: pulumi.Output<string>;
  /** Status at the end of the update: `ACTIVE`, `ERROR`, `DELETED`, or `UNKNOWN` if it could not be read. */
  readonly trailStatus: pulumi.Output<string>;
  /** What the keys of the log objects begin with: `[<prefix>/]<trail id>/`. */
  readonly objectKeyPrefix: pulumi.Output<string>;

  /** @throws {ArgumentsError} with all faults of the arguments. */
  constructor(name: string, args: TrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:Trail", name, {}, withoutHandedOn(opts));
    const given = guard("Trail", name, args, schema(args?.adopted), faultsOfEvents);
    const { scopes, managementEvents = true, dataEvents = [] } = given;

    const trail = new yandex.AuditTrailsTrail(
      name,
      {
        folderId: given.folderId,
        name: given.name ?? name,
        description: given.description,
        labels: ownedLabels(given.labels),
        serviceAccountId: given.serviceAccountId,
        storageDestination: { bucketName: given.bucketName, objectPrefix: given.objectPrefix || undefined },
        filteringPolicy: {
          managementEventsFilter: managementEvents ? { resourceScopes: scopes } : undefined,
          dataEventsFilters:
            dataEvents.length > 0
              ? dataEvents.map(({ scopes: own, ...filter }) => ({ ...filter, resourceScopes: own ?? scopes }))
              : undefined,
        },
      },
      {
        parent: this,
        dependsOn: opts?.dependsOn,
        // The bridge tells of changes by top-level property only.
        replaceOnChanges: ["storageDestination"],
        ignoreChanges: opts?.ignoreChanges,
        hooks: mergedHooks(
          opts?.hooks,
          explainFailures(
            this,
            "Trail",
            name,
            retryWhileRolesSpread(args.rolePropagationTimeoutSeconds ?? 120),
          ),
        ),
      },
    );

    keepChild(this, trail);
    // Its roles and the bucket are still on their way when the account is there.
    pulumi.output(given.serviceAccountId).apply(() => prepareLook(this, args));
    // Not `trail.trailId`: the provider declares that property and never fills it.
    this.trailId = trail.id;
    this.trailStatus = pulumi
      .all([trail.id, trail.status])
      .apply(([id, status]) => requireActive(this, id, status, args));
    this.objectKeyPrefix = pulumi
      .all([trail.id, given.objectPrefix])
      .apply(([trailId, prefix]) => objectKeyPrefixOf(trailId, prefix));
    this.registerOutputs({
      trailId: this.trailId,
      trailStatus: this.trailStatus,
      objectKeyPrefix: this.objectKeyPrefix,
    });
  }

  /** The trail itself. */
  get trail(): yandex.AuditTrailsTrail {
    return childOf(this);
  }
}
