import * as pulumi from "@pulumi/pulumi";
import { grantUploads, uploaderFault } from "../bucketUploaders";
import { OnRemoval, UploaderPlace } from "../choices";
import { distinct } from "../distinct";
import { EncryptionKey } from "../encryptionKey";
import { mergedHooks } from "../engine/hooks";
import { refuseSecondKey } from "../engine/keptBucket";
import { warnOfNamesakes } from "../engine/namesakes";
import { refuseDestroy, tellRefusals } from "../engine/protection";
import { removalHooks, tellKept } from "../engine/removal";
import { guard } from "../guard";
import { LogBucket } from "../logBucket";
import { trailRoles } from "../roles";
import { Trail } from "../trail";
import { TrailServiceAccount } from "../trailServiceAccount";
import { keptOfAccount, keptOfBucket, keptOfKey, keptOfTrail } from "./adopted";
import type { AuditTrailsArgs } from "./args";
import { AuditTrailsPlan, type BucketPlan, type KeyPlan, type TrailPlan } from "./plan";
import { otherRoles, plannedNames, plannedParts } from "./planned";
import { faultsAcross } from "./rules";
import { auditTrailsSchema } from "./schema";
import { warningsOf } from "./warnings";

/** Outputs of one trail. */
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
  /** Prefix of the keys of its log objects: `[<prefix>/]<trail id>/`. */
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
    const given = guard("AuditTrails", name, args, auditTrailsSchema(args?.adopted), (sound) => [
      ...faultsAcross(sound),
      uploaderFault(sound.roles),
    ]);
    const plan = new AuditTrailsPlan(given, name);
    for (const warning of warningsOf(given, plan)) void pulumi.log.warn(warning, this);

    const { folderId, accessLogsBucketName, onRemoval = OnRemoval.Keep, labels } = given;
    const retainOnDelete = onRemoval === OnRemoval.Keep;
    const bucketNames = plan.buckets.map(({ bucketName }) => bucketName);
    const hooks = removalHooks(this, name, onRemoval, bucketNames);
    // What is taken over has these names, and is imported.
    const nameHooks = given.adopted ? {} : warnOfNamesakes(this, name, plannedNames(plan));
    const kept = { parent: this, retainOnDelete };
    const isOnBucket = given.roles?.uploader === UploaderPlace.Bucket;

    // Before roles and trails are registered: what is refused ends the program.
    const told = protect
      ? tellRefusals(this, {
          ...plannedParts(plan, accessLogsBucketName !== undefined),
          otherRoles: otherRoles(given.roles),
        })
      : Promise.resolve();
    const onceTold = <T>(value: pulumi.Input<T>) => pulumi.all([value, told]).apply(([it]) => it);

    const keyIds = new Map(
      plan.bucketKeys.map((key) => {
        const { keyId, keyName, keyAlgorithm, keyRotationPeriod, deletionProtection } = key.settings;
        const encrypted = plan.newBuckets.filter((bucket) => bucket.key === key);
        const newKey = () =>
          new EncryptionKey(
            key.name,
            {
              folderId,
              name: keyName,
              algorithm: keyAlgorithm,
              rotationPeriod: keyRotationPeriod,
              deletionProtection,
              labels,
            },
            {
              ...kept,
              hooks: mergedHooks(
                hooks.key,
                given.adopted
                  ? {}
                  : refuseSecondKey(
                      this,
                      key.name,
                      encrypted.map(({ bucketName }) => bucketName),
                    ),
              ),
              ignoreChanges: keptOfKey(given, key.settings),
            },
          ).keyId;
        return [key, keyId === undefined ? newKey() : pulumi.output(keyId)] as const;
      }),
    );
    const idOf = (key: KeyPlan) => keyIds.get(key) as pulumi.Output<string>;
    const keyIdOf = ({ key }: BucketPlan) => key && idOf(key);

    const accounts = new Map(
      plan.accounts.map((account) => {
        const { keys, scopes, bucketFolderIds } = plan.placesOf(account);
        const component = new TrailServiceAccount(
          account.name,
          {
            folderId,
            scopes,
            bucketFolderIds: isOnBucket ? {} : bucketFolderIds,
            roles: given.roles,
            keyIds: Object.fromEntries(
              Object.entries(keys).map(([label, key]) => [label, onceTold(idOf(key))]),
            ),
            existingId: account.serviceAccountId,
            name: account.serviceAccountName,
          },
          { parent: this, hooks: nameHooks, ignoreChanges: keptOfAccount(given) },
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
            plan.accessLogs,
            { folderId, name: accessLogsBucketName, retention: given.retention, tags: labels },
            bucketOptions,
          );
    const buckets = new Map(
      plan.newBuckets.map((bucket) => {
        const component = new LogBucket(
          bucket.name,
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

    const uploaders = new Map(
      (isOnBucket ? plan.buckets : []).map((bucket) => {
        const used = distinct(plan.trailsOf(bucket).map(({ account }) => account));
        const binding =
          used.length > 0 &&
          grantUploads(
            this,
            `${bucket.name}-${trailRoles.bucket}`,
            onceTold(buckets.get(bucket)?.bucketName ?? bucket.bucketName),
            used.map((account) => (accounts.get(account) as TrailServiceAccount).serviceAccountId),
            // As of the other roles of an existing account.
            { retainOnDelete: used.some(({ serviceAccountId }) => serviceAccountId !== undefined) },
          );
        return [bucket, binding || undefined] as const;
      }),
    );

    if (!protect && retainOnDelete) {
      const newKeys = plan.bucketKeys.filter(({ settings }) => settings.keyId === undefined);
      const allBuckets = [...buckets.values(), ...(accessLogs ? [accessLogs] : [])];
      tellKept(
        this,
        allBuckets.map(({ bucketName }) => bucketName),
        newKeys.map(idOf),
      );
    }
    const trailHooks = mergedHooks(nameHooks, protect ? refuseDestroy(name) : {});

    this.trails = Object.fromEntries(
      plan.trails.map((planned) => {
        const { key, settings, scopes, dataEvents } = planned;
        const bucket = buckets.get(planned.bucket);
        const account = accountOf(planned);
        const bucketName = bucket?.bucketName ?? pulumi.output(planned.bucket.bucketName);
        const trail = new Trail(
          planned.name,
          {
            folderId,
            scopes: Object.values(scopes),
            managementEvents: settings.managementEvents,
            dataEvents: [...dataEvents],
            bucketName: onceTold(bucketName),
            serviceAccountId: account.serviceAccountId,
            name: settings.name,
            description: settings.description,
            objectPrefix: settings.objectPrefix,
            adopted: given.adopted,
            rolePropagationTimeoutSeconds: given.rolePropagationTimeoutSeconds,
            activeTimeoutSeconds: given.activeTimeoutSeconds,
            activeWindowSeconds: given.activeWindowSeconds,
            labels: settings.labels
              ? pulumi.all([labels, settings.labels]).apply(([all, own]) => ({ ...all, ...own }))
              : labels,
          },
          // The service account's roles appear in no argument of the trail, and it is refused or fails without them.
          {
            parent: this,
            hooks: trailHooks,
            dependsOn: [bucket, account, uploaders.get(planned.bucket)].filter((one) => one !== undefined),
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
