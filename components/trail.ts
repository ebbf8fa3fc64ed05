import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { z } from "zod";
import { childOf, keepChild, withoutHandedOn } from "./children";
import { prepareCheck, requireActive } from "./engine/activeTrail";
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
   * Types of the events that are collected, such as `yandex.cloud.audit.kms.Decrypt`. Set either `includedEvents` or
   * `excludedEvents`.
   * @default all
   */
  readonly includedEvents?: string[];
  /**
   * Types of the events that are not collected. Types that the service adds later are collected.
   * @default none
   */
  readonly excludedEvents?: string[];
  /**
   * Scopes in which the data events are collected.
   * @default the scopes of the trail
   */
  readonly scopes?: ResourceScopeArgs[];
}

/** Arguments of {@link Trail}. */
export interface TrailArgs {
  /** Folder of the trail. */
  readonly folderId: pulumi.Input<string>;
  /** Scopes in which events are collected. */
  readonly scopes: ResourceScopeArgs[];
  /**
   * Collects management events if true: changes of the configuration of resources.
   * @default true
   */
  readonly managementEvents?: boolean;
  /**
   * Data events to collect: access to the data in resources. They are billed, unlike management events. At most
   * one filter for each service.
   * @default none
   */
  readonly dataEvents?: DataEventsFilterArgs[];
  /** Bucket that receives the logs. */
  readonly bucketName: pulumi.Input<string>;
  /**
   * Id of the service account that collects events and uploads logs. It must have its roles before the trail is
   * created.
   */
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
   * Prefix of the keys of the log objects. Use a prefix that nothing else uses: the trail may overwrite other objects
   * with the same prefix (https://yandex.cloud/en/docs/audit-trails/concepts/format).
   * @default none: keys begin with the trail's id
   */
  readonly objectPrefix?: pulumi.Input<string>;
  /**
   * True if the trail existed before and was imported. Its prefix may then break the rules for new trails.
   * @default false
   */
  readonly adopted?: boolean;
  /**
   * Seconds for which an update retries a trail that the service denies, because new roles need time to take effect. 0
   * disables retries.
   * @default 120
   */
  readonly rolePropagationTimeoutSeconds?: number;
  /**
   * Seconds for which an update waits until the trail is ACTIVE. Then it fails. 0 disables the check.
   * @default 60
   */
  readonly activeTimeoutSeconds?: number;
  /**
   * Seconds for which a trail must stay ACTIVE if it was changed in the last five minutes.
   * @default 10
   */
  readonly activeWindowSeconds?: number;
  /**
   * Labels of the trail, at most 64.
   * @default the project and the stack of the trail; given labels are added to these
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
      reason: "must be true if there are no dataEvents: otherwise the trail collects nothing",
    },
  ...dataEvents.flatMap(({ service, includedEvents, excludedEvents }, i) => [
    includedEvents !== undefined &&
      excludedEvents !== undefined && {
        path: `dataEvents.${i}`,
        reason: "must have either includedEvents or excludedEvents, not both",
      },
    dataEvents.slice(0, i).some((other) => other.service === service) && {
      path: `dataEvents.${i}.service`,
      reason: `must be a different service: there is already a filter for ${service}`,
    },
  ]),
];

/**
 * Trail that delivers audit events to a bucket. Every update checks whether the trail is ACTIVE, and fails if its
 * status stays ERROR. This check is the last step of the update.
 *
 * The component passes its `dependsOn` and `hooks` to the trail. Let it depend on the bucket and the service account,
 * because no argument mentions the roles.
 *
 * A change of bucket or prefix replaces the trail, and the preview shows the replacement. The reason: events may be
 * lost if the destination of an existing trail changes
 * (https://yandex.cloud/en/docs/audit-trails/operations/manage-trail).
 */
export class Trail extends pulumi.ComponentResource {
  /** Id of the trail. */
  readonly trailId: pulumi.Output<string>;
  /** Status at the end of the update: `ACTIVE`, `ERROR`, `DELETED`, or `UNKNOWN` if it could not be read. */
  readonly trailStatus: pulumi.Output<string>;
  /** Prefix of the keys of the log objects: `[<prefix>/]<trail id>/`. */
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
        // The bridge reports changes only by top-level property.
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
    // When the account exists, its roles and the bucket may still be in creation.
    pulumi.output(given.serviceAccountId).apply(() => prepareCheck(this, args));
    // Not `trail.trailId`: the provider declares that property but never sets it.
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

  /** Trail resource of the component. */
  get trail(): yandex.AuditTrailsTrail {
    return childOf(this);
  }
}
