import * as pulumi from "@pulumi/pulumi";
import { grantUploads } from "../bucketUploaders";
import { UploaderPlace } from "../choices";
import { distinct } from "../distinct";
import { EncryptionKey } from "../encryptionKey";
import { LogBucket } from "../logBucket";
import { trailRoles } from "../roles";
import { Trail } from "../trail";
import { TrailServiceAccount } from "../trailServiceAccount";
import { keptOfAccount, keptOfBucket, keptOfKey, keptOfTrail } from "./adopted";
import type { AccountPlan, BucketPlan, KeyPlan, TrailPlan } from "./plan";
import { type Making, Precautions } from "./precautions";

/** Outputs of one trail. */
export interface TrailOutputs {
  /** Id of the trail. */
  readonly trailId: pulumi.Output<string>;
  /** Status at the end of the update: `ACTIVE`, `ERROR`, `DELETED`, or `UNKNOWN` if it could not be read. */
  readonly trailStatus: pulumi.Output<string>;
  /** Name of the trail's bucket. */
  readonly bucketName: pulumi.Output<string>;
  /** Address of the trail's bucket; absent for a bucket that the component did not create. */
  readonly bucketUrl?: pulumi.Output<string>;
  /** Id of the key that encrypts the trail's logs; absent if the logs are not encrypted. */
  readonly keyId?: pulumi.Output<string>;
  /** Id of the trail's service account. */
  readonly serviceAccountId: pulumi.Output<string>;
  /** Prefix of the keys of the trail's log objects: `[<prefix>/]<trail id>/`. */
  readonly objectKeyPrefix: pulumi.Output<string>;
}

type Keys = ReadonlyMap<KeyPlan, pulumi.Output<string>>;
type Accounts = ReadonlyMap<AccountPlan, TrailServiceAccount>;

/** Buckets of the component, and what must exist before a trail delivers to them. */
interface Buckets {
  /** New buckets. */
  readonly created: ReadonlyMap<BucketPlan, LogBucket>;
  /** Roles on buckets, for new and existing ones. */
  readonly uploaders: ReadonlyMap<BucketPlan, pulumi.CustomResource | undefined>;
  readonly accessLogs?: LogBucket;
}

/** Creates the parts of an AuditTrails component from its plan: keys, accounts, buckets, trails. */
export class AuditTrailsParts {
  private readonly isOnBucket: boolean;
  private readonly precautions: Precautions;

  constructor(private readonly making: Making) {
    this.isOnBucket = making.args.roles?.uploader === UploaderPlace.Bucket;
    this.precautions = new Precautions(making);
  }

  /** Creates the new keys. @returns the ids of all keys, new and existing. */
  keys(): Keys {
    const { args, plan } = this.making;
    const createKey = (key: KeyPlan): pulumi.Output<string> => {
      const { keyName, keyAlgorithm, keyRotationPeriod, deletionProtection } = key.settings;
      return new EncryptionKey(
        key.name,
        {
          folderId: args.folderId,
          name: keyName,
          algorithm: keyAlgorithm,
          rotationPeriod: keyRotationPeriod,
          deletionProtection,
          labels: args.labels,
        },
        {
          ...this.kept,
          hooks: this.precautions.keyHooks(key),
          ignoreChanges: keptOfKey(args, key.settings),
        },
      ).keyId;
    };
    return new Map(
      plan.bucketKeys.map((key) => {
        const { keyId } = key.settings;
        return [key, keyId === undefined ? createKey(key) : pulumi.output(keyId)] as const;
      }),
    );
  }

  /** Creates the accounts, and the roles on scopes, folders and keys. */
  accounts(keys: Keys): Accounts {
    const { owner, args, plan } = this.making;
    return new Map(
      plan.accounts.map((account) => {
        const { keys: ownKeys, scopes, bucketFolderIds } = plan.placesOf(account);
        const component = new TrailServiceAccount(
          account.name,
          {
            folderId: args.folderId,
            scopes,
            bucketFolderIds: this.isOnBucket ? {} : bucketFolderIds,
            roles: args.roles,
            keyIds: Object.fromEntries(
              Object.entries(ownKeys).map(([label, key]) => [
                label,
                this.precautions.afterRefusals(idOf(keys, key)),
              ]),
            ),
            existingId: account.serviceAccountId,
            name: account.serviceAccountName,
          },
          { parent: owner, hooks: this.precautions.nameHooks, ignoreChanges: keptOfAccount(args) },
        );
        return [account, component] as const;
      }),
    );
  }

  /** Creates the new buckets, and the roles on buckets. */
  buckets(keys: Keys, accounts: Accounts): Buckets {
    const { args, plan } = this.making;
    const { folderId, retention, labels: tags } = args;
    const options = { ...this.kept, hooks: this.precautions.bucketHooks };
    const accessLogs =
      args.accessLogsBucketName === undefined
        ? undefined
        : new LogBucket(
            plan.accessLogs,
            { folderId, name: args.accessLogsBucketName, retention, tags },
            options,
          );
    const created = new Map(
      plan.newBuckets.map((bucket) => {
        const component = new LogBucket(
          bucket.name,
          {
            folderId,
            name: bucket.bucketName,
            keyId: bucket.key && idOf(keys, bucket.key),
            retention,
            objectLock: args.objectLock,
            maxSizeGiB: args.maxSizeGiB,
            accessLogsBucketName: accessLogs?.bucketName,
            access: args.access,
            uploaderIds: this.accountsOf(bucket).map(
              (account) => accountOf(accounts, account).serviceAccountId,
            ),
            tags,
          },
          { ...options, ignoreChanges: keptOfBucket(args) },
        );
        return [bucket, component] as const;
      }),
    );
    const uploaders = new Map(
      (this.isOnBucket ? plan.buckets : []).map(
        (bucket) => [bucket, this.uploadersOf(bucket, created.get(bucket), accounts)] as const,
      ),
    );
    const newKeys = plan.bucketKeys.filter(({ settings }) => settings.keyId === undefined);
    this.precautions.printKept(
      [...created.values(), ...(accessLogs ? [accessLogs] : [])].map(({ bucketName }) => bucketName),
      newKeys.map((key) => idOf(keys, key)),
    );
    return { created, uploaders, accessLogs };
  }

  /** Creates the trails, each after its bucket, its account and the roles. */
  trails(keys: Keys, accounts: Accounts, buckets: Buckets): Record<string, TrailOutputs> {
    const hooks = this.precautions.trailHooks();
    return Object.fromEntries(
      this.making.plan.trails.map((planned) => {
        const bucket = buckets.created.get(planned.bucket);
        const account = accountOf(accounts, planned.account);
        const bucketName = bucket?.bucketName ?? pulumi.output(planned.bucket.bucketName);
        const trail = this.trail(planned, bucketName, account, {
          hooks,
          // No argument of the trail contains the account's roles, without which the trail is refused or fails.
          dependsOn: [bucket, account, buckets.uploaders.get(planned.bucket)].filter(
            (one) => one !== undefined,
          ),
        });
        const outputs: TrailOutputs = {
          trailId: trail.trailId,
          trailStatus: trail.trailStatus,
          bucketName,
          bucketUrl: bucket?.bucketUrl,
          keyId: planned.bucket.key && idOf(keys, planned.bucket.key),
          serviceAccountId: account.serviceAccountId,
          objectKeyPrefix: trail.objectKeyPrefix,
        };
        return [planned.key, outputs] as const;
      }),
    );
  }

  private trail(
    { name, settings, scopes, dataEvents }: TrailPlan,
    bucketName: pulumi.Output<string>,
    { serviceAccountId }: TrailServiceAccount,
    options: Pick<pulumi.ComponentResourceOptions, "hooks" | "dependsOn">,
  ): Trail {
    const { owner, args } = this.making;
    const { folderId, labels, adopted } = args;
    const { rolePropagationTimeoutSeconds, activeTimeoutSeconds, activeWindowSeconds } = args;
    return new Trail(
      name,
      {
        folderId,
        scopes: Object.values(scopes),
        managementEvents: settings.managementEvents,
        dataEvents: [...dataEvents],
        bucketName: this.precautions.afterRefusals(bucketName),
        serviceAccountId,
        name: settings.name,
        description: settings.description,
        objectPrefix: settings.objectPrefix,
        adopted,
        rolePropagationTimeoutSeconds,
        activeTimeoutSeconds,
        activeWindowSeconds,
        labels: settings.labels
          ? pulumi.all([labels, settings.labels]).apply(([all, own]) => ({ ...all, ...own }))
          : labels,
      },
      { ...options, parent: owner, ignoreChanges: keptOfTrail(args, settings) },
    );
  }

  private uploadersOf(
    bucket: BucketPlan,
    created: LogBucket | undefined,
    accounts: Accounts,
  ): pulumi.CustomResource | undefined {
    const used = this.accountsOf(bucket);
    if (used.length === 0) return undefined;
    return grantUploads(
      this.making.owner,
      `${bucket.name}-${trailRoles.bucket}`,
      this.precautions.afterRefusals(created?.bucketName ?? bucket.bucketName),
      used.map((account) => accountOf(accounts, account).serviceAccountId),
      // Like the other roles of an existing account.
      { retainOnDelete: used.some(({ serviceAccountId }) => serviceAccountId !== undefined) },
    );
  }

  private get kept() {
    return { parent: this.making.owner, retainOnDelete: this.precautions.retainOnDelete };
  }

  private accountsOf(bucket: BucketPlan): AccountPlan[] {
    return distinct(this.making.plan.trailsOf(bucket).map(({ account }) => account));
  }
}

const idOf = (keys: Keys, key: KeyPlan) => keys.get(key) as pulumi.Output<string>;

const accountOf = (accounts: Accounts, account: AccountPlan) => accounts.get(account) as TrailServiceAccount;
