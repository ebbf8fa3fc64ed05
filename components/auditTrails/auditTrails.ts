import * as pulumi from "@pulumi/pulumi";
import { OnRemoval } from "../choices";
import { EncryptionKey } from "../encryptionKey";
import { type LatePlan, tellRefusals } from "../engine/protection";
import { removalHooks } from "../engine/removal";
import { guard } from "../guard";
import { LogBucket } from "../logBucket";
import { Trail } from "../trail";
import { TrailServiceAccount } from "../trailServiceAccount";
import { keptOfAccount, keptOfBucket, keptOfKey, keptOfTrail } from "./adopted";
import type { AuditTrailsArgs } from "./args";
import { AuditTrailsPlan, type BucketPlan, distinct, type TrailPlan } from "./plan";
import { faultsAcross } from "./rules";
import { auditTrailsSchema } from "./schema";
import { warningsOf } from "./warnings";

/** What became of one of the trails. */
export interface TrailOutputs {
  /** Id of the trail. */
  readonly trailId: pulumi.Output<string>;
  /** Status at the end of the update: `ACTIVE`, `ERROR`, `DELETED`, or `UNKNOWN` if it could not be read. */
  readonly trailStatus: pulumi.Output<string>;
  /** Name of its bucket. */
  readonly bucketName: pulumi.Output<string>;
  /** Address of its bucket; absent for an existing one. */
  readonly bucketUrl?: pulumi.Output<string>;
  /** Id of the key that encrypts its logs; absent if they are not encrypted. */
  readonly keyId?: pulumi.Output<string>;
  /** Id of its service account. */
  readonly serviceAccountId: pulumi.Output<string>;
  /** What the keys of its log objects begin with: `[<prefix>/]<trail id>/`. */
  readonly objectKeyPrefix: pulumi.Output<string>;
}

/**
 * Delivers the audit logs of an organization, or of chosen clouds and folders of it, to Object Storage, as the vendor's
 * guide describes. Everything in it is protected from deletion unless the option `protect` is false: protecting bucket and
 * key alone would let a `destroy` take the trails first, and open a gap in the record.
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
    const given = guard("AuditTrails", name, args, auditTrailsSchema, faultsAcross);
    const plan = new AuditTrailsPlan(given);
    for (const warning of warningsOf(given, plan)) void pulumi.log.warn(warning, this);

    const { folderId, accessLogsBucketName, onRemoval = OnRemoval.Keep, labels } = given;
    const retainOnDelete = onRemoval === OnRemoval.Keep;
    const bucketNames = plan.buckets.map(({ bucketName }) => bucketName);
    const hooks = removalHooks(this, name, onRemoval, bucketNames);
    const kept = { parent: this, retainOnDelete };

    const keyIds = new Map(
      distinct(plan.buckets.flatMap(({ key }) => key ?? [])).map((key) => {
        const { keyId, keyName, keyAlgorithm, keyRotationPeriod, deletionProtection } = key.settings;
        const options = { ...kept, hooks: hooks.key, ignoreChanges: keptOfKey(given, key.settings) };
        const newKey = () =>
          new EncryptionKey(
            `${name}-key${key.suffix}`,
            {
              folderId,
              name: keyName,
              algorithm: keyAlgorithm,
              rotationPeriod: keyRotationPeriod,
              deletionProtection,
              labels,
            },
            options,
          ).keyId;
        return [key, keyId === undefined ? newKey() : pulumi.output(keyId)] as const;
      }),
    );
    const keyIdOf = ({ key }: BucketPlan) => key && keyIds.get(key);

    const accounts = new Map(
      plan.accounts.map((account) => {
        const { suffix, serviceAccountId, serviceAccountName } = account;
        const used = plan.trailsOf(account);
        const folders = used.map(({ bucket: { existingIn, suffix } }) => {
          if (existingIn === undefined || existingIn === folderId) return ["", folderId];
          // An id that comes late cannot name a resource.
          return [typeof existingIn === "string" ? existingIn : suffix.slice(1) || "bucket", existingIn];
        });
        const keys = used.flatMap(({ bucket }) =>
          bucket.key ? [[bucket.key.suffix.slice(1), keyIdOf(bucket)]] : [],
        );
        const component = new TrailServiceAccount(
          `${name}-account${suffix}`,
          {
            folderId,
            scopes: Object.assign({}, ...used.map(({ collectedScopes }) => collectedScopes)),
            bucketFolderIds: Object.fromEntries(folders),
            keyIds: Object.fromEntries(keys),
            existingId: serviceAccountId,
            name: serviceAccountName,
          },
          { parent: this, ignoreChanges: keptOfAccount(given) },
        );
        return [account, component] as const;
      }),
    );
    const accountOf = ({ account }: TrailPlan) => accounts.get(account) as TrailServiceAccount;

    const bucketOptions = { ...kept, hooks: hooks.bucket };
    const accessLogs =
      accessLogsBucketName === undefined
        ? undefined
        : new LogBucket(
            `${name}-access-logs`,
            { folderId, name: accessLogsBucketName, retention: given.retention, tags: labels },
            bucketOptions,
          );
    const buckets = new Map(
      plan.buckets
        .filter(({ existingIn }) => existingIn === undefined)
        .map((bucket) => {
          const component = new LogBucket(
            `${name}-bucket${bucket.suffix}`,
            {
              folderId,
              name: bucket.bucketName,
              keyId: keyIdOf(bucket),
              retention: given.retention,
              objectLock: given.objectLock,
              maxSizeGiB: given.maxSizeGiB,
              accessLogsBucketName: accessLogs?.bucketName,
              access: given.access,
              uploaderIds: distinct(plan.trailsOf(bucket).map(accountOf)).map(
                (account) => account.serviceAccountId,
              ),
              tags: labels,
            },
            { ...bucketOptions, ignoreChanges: keptOfBucket(given) },
          );
          return [bucket, component] as const;
        }),
    );

    // Before the trails are registered: what is refused ends the program.
    const told = protect
      ? tellRefusals(this, plannedParts(name, plan, accessLogsBucketName !== undefined))
      : undefined;

    this.trails = Object.fromEntries(
      plan.trails.map((planned) => {
        const { key, settings, scopes, dataEvents } = planned;
        const bucket = buckets.get(planned.bucket);
        const account = accountOf(planned);
        const bucketName = bucket?.bucketName ?? pulumi.output(planned.bucket.bucketName);
        const trail = new Trail(
          `${name}-${key}`,
          {
            folderId,
            scopes: Object.values(scopes),
            managementEvents: settings.managementEvents,
            dataEvents: [...dataEvents],
            bucketName: told ? pulumi.all([bucketName, told]).apply(([it]) => it) : bucketName,
            serviceAccountId: account.serviceAccountId,
            name: settings.name,
            description: settings.description,
            objectPrefix: settings.objectPrefix,
            rolePropagationTimeoutSeconds: given.rolePropagationTimeoutSeconds,
            activeTimeoutSeconds: given.activeTimeoutSeconds,
            activeWindowSeconds: given.activeWindowSeconds,
            labels: settings.labels
              ? pulumi.output(labels).apply((all) => ({ ...all, ...settings.labels }))
              : labels,
          },
          // The service account's roles appear in no argument of the trail, and it is refused or fails without them.
          {
            parent: this,
            dependsOn: bucket ? [bucket, account] : [account],
            ignoreChanges: keptOfTrail(given, settings),
          },
        );
        const outputs: TrailOutputs = {
          trailId: trail.trailId,
          trailStatus: trail.trailStatus,
          bucketName,
          bucketUrl: bucket?.bucketUrl,
          keyId: keyIdOf(planned.bucket),
          serviceAccountId: account.serviceAccountId,
          objectKeyPrefix: trail.objectKeyPrefix,
        };
        return [key, outputs] as const;
      }),
    );
    this.registerOutputs({ trails: this.trails });
  }
}

/** The parts that the component is about to have, for what protection refuses. */
function plannedParts(name: string, plan: AuditTrailsPlan, withAccessLogs: boolean): LatePlan {
  const keys = distinct(plan.buckets.flatMap(({ key }) => key ?? []));
  const buckets = plan.buckets.filter(({ existingIn }) => existingIn === undefined);
  const destinations = plan.trails.map(({ key, bucket, settings }) => [
    `${name}-${key}`,
    { bucketName: bucket.bucketName, objectPrefix: settings.objectPrefix },
  ]);
  return {
    parts: {
      EncryptionKey: keys
        .filter(({ settings }) => settings.keyId === undefined)
        .map(({ suffix }) => `${name}-key${suffix}`),
      LogBucket: [
        ...buckets.map(({ suffix }) => `${name}-bucket${suffix}`),
        ...(withAccessLogs ? [`${name}-access-logs`] : []),
      ],
      TrailServiceAccount: plan.accounts.map(({ suffix }) => `${name}-account${suffix}`),
      Trail: plan.trails.map(({ key }) => `${name}-${key}`),
    },
    destinations: Object.fromEntries(destinations),
  };
}
