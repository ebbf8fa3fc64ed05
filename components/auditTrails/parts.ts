import * as pulumi from "@pulumi/pulumi";
import { grantUploads } from "../bucketUploaders";
import { OnRemoval, UploaderPlace } from "../choices";
import { distinct } from "../distinct";
import { EncryptionKey } from "../encryptionKey";
import { mergedHooks } from "../engine/hooks";
import { refuseSecondKey } from "../engine/keptBucket";
import { warnOfNamesakes } from "../engine/namesakes";
import { refuseDestroy, warnOfRefusals } from "../engine/protection";
import { removalHooks, reportKept } from "../engine/removal";
import { LogBucket } from "../logBucket";
import { trailRoles } from "../roles";
import { Trail } from "../trail";
import { TrailServiceAccount } from "../trailServiceAccount";
import { keptOfAccount, keptOfBucket, keptOfKey, keptOfTrail } from "./adopted";
import type { AuditTrailsArgs } from "./args";
import type { AccountPlan, AuditTrailsPlan, BucketPlan, KeyPlan, TrailPlan } from "./plan";
import { otherRoles, plannedNames, plannedParts } from "./planned";

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

/** Component, checked arguments and plan that the parts are created from. */
interface Making {
  readonly owner: pulumi.ComponentResource;
  /** Name of the component. */
  readonly name: string;
  /** Checked arguments. */
  readonly args: AuditTrailsArgs;
  readonly plan: AuditTrailsPlan;
  readonly protect: boolean;
}

/** Creates the parts of an AuditTrails component from its plan: keys, accounts, buckets, trails. */
export class AuditTrailsParts {
  private readonly isOnBucket: boolean;
  private readonly retainOnDelete: boolean;
  private readonly removal: ReturnType<typeof removalHooks>;
  private readonly nameHooks: pulumi.ResourceHookBinding;
  /** Ends when all refusals are printed. A refused update ends the program before it registers roles and trails. */
  private readonly refusalsPrinted: Promise<void>;

  constructor(private readonly making: Making) {
    const { owner, name, args, plan, protect } = making;
    const { onRemoval = OnRemoval.Keep, accessLogsBucketName, roles } = args;
    this.isOnBucket = roles?.uploader === UploaderPlace.Bucket;
    this.retainOnDelete = onRemoval === OnRemoval.Keep;
    const bucketNames = plan.buckets.map(({ bucketName }) => bucketName);
    this.removal = removalHooks(owner, name, onRemoval, bucketNames);
    // Adopted resources have these names already.
    this.nameHooks = args.adopted ? {} : warnOfNamesakes(owner, name, plannedNames(plan));
    const planned = plannedParts(plan, accessLogsBucketName !== undefined);
    this.refusalsPrinted = protect
      ? warnOfRefusals(owner, { ...planned, otherRoles: otherRoles(roles) })
      : Promise.resolve();
  }

  /** Creates the new keys. @returns the ids of all keys, new and existing. */
  keys(): Keys {
    const { owner, args, plan } = this.making;
    const createKey = (key: KeyPlan): pulumi.Output<string> => {
      const { keyName, keyAlgorithm, keyRotationPeriod, deletionProtection } = key.settings;
      const encrypted = plan.newBuckets.filter((bucket) => bucket.key === key);
      const secondKeyHooks = args.adopted
        ? {}
        : refuseSecondKey(
            owner,
            key.name,
            encrypted.map(({ bucketName }) => bucketName),
          );
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
          hooks: mergedHooks(this.removal.key, secondKeyHooks),
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
              Object.entries(ownKeys).map(([label, key]) => [label, this.afterRefusals(idOf(keys, key))]),
            ),
            existingId: account.serviceAccountId,
            name: account.serviceAccountName,
          },
          { parent: owner, hooks: this.nameHooks, ignoreChanges: keptOfAccount(args) },
        );
        return [account, component] as const;
      }),
    );
  }

  /** Creates the new buckets, and the roles on buckets. */
  buckets(keys: Keys, accounts: Accounts): Buckets {
    const { args, plan } = this.making;
    const { folderId, retention, labels: tags } = args;
    const options = { ...this.kept, hooks: this.removal.bucket };
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
    this.printKept(keys, { created, accessLogs });
    return { created, uploaders, accessLogs };
  }

  /** Creates the trails, each after its bucket, its account and the roles. */
  trails(keys: Keys, accounts: Accounts, buckets: Buckets): Record<string, TrailOutputs> {
    const { name, protect, plan } = this.making;
    const hooks = mergedHooks(this.nameHooks, protect ? refuseDestroy(name) : {});
    return Object.fromEntries(
      plan.trails.map((planned) => {
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
        bucketName: this.afterRefusals(bucketName),
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
      this.afterRefusals(created?.bucketName ?? bucket.bucketName),
      used.map((account) => accountOf(accounts, account).serviceAccountId),
      // Like the other roles of an existing account.
      { retainOnDelete: used.some(({ serviceAccountId }) => serviceAccountId !== undefined) },
    );
  }

  /** Prints the buckets and keys that a destroy would keep. */
  private printKept(keys: Keys, { created, accessLogs }: Pick<Buckets, "created" | "accessLogs">): void {
    const { owner, plan, protect } = this.making;
    if (protect || !this.retainOnDelete) return;
    const newKeys = plan.bucketKeys.filter(({ settings }) => settings.keyId === undefined);
    const all = [...created.values(), ...(accessLogs ? [accessLogs] : [])];
    reportKept(
      owner,
      all.map(({ bucketName }) => bucketName),
      newKeys.map((key) => idOf(keys, key)),
    );
  }

  private get kept() {
    return { parent: this.making.owner, retainOnDelete: this.retainOnDelete };
  }

  private accountsOf(bucket: BucketPlan): AccountPlan[] {
    return distinct(this.making.plan.trailsOf(bucket).map(({ account }) => account));
  }

  private afterRefusals<T>(value: pulumi.Input<T>): pulumi.Output<pulumi.Unwrap<T>> {
    return pulumi.all([value, this.refusalsPrinted]).apply(([it]) => it) as pulumi.Output<pulumi.Unwrap<T>>;
  }
}

const idOf = (keys: Keys, key: KeyPlan) => keys.get(key) as pulumi.Output<string>;

const accountOf = (accounts: Accounts, account: AccountPlan) => accounts.get(account) as TrailServiceAccount;
