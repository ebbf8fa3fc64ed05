import * as pulumi from "@pulumi/pulumi";
import type { ObjectLockArgs } from "../bucket/objectLock";
import type { BucketAccessArgs } from "../bucket/policy";
import type { RetentionArgs } from "../bucket/retention";
import { EncryptionKey } from "../encryptionKey";
import { removalHooks } from "../engine/removal";
import { LogBucket } from "../logBucket";
import { Trail } from "../trail";
import { TrailServiceAccount } from "../trailServiceAccount";
import { AuditTrailsPlan, type BucketPlan, distinct, type TrailPlan } from "./plan";
import { contradictionsOf } from "./rules";
import { warningsOf } from "./warnings";

/** What encrypts logs. */
export interface EncryptionArgs {
  /**
   * `new` (a key of their own), `existing` (the one of `keyId`) or `none` (the variant of the guide's tip: no key, and no
   * role on one).
   * @default "new"
   */
  readonly key?: string;
  /**
   * Existing key, in whatever folder. It is only used; the trail's account gets a role on it.
   * @default none
   */
  readonly keyId?: pulumi.Input<string>;
  /**
   * Name of a new key, at most 100 characters.
   * @default the component's name and `-key`
   */
  readonly keyName?: pulumi.Input<string>;
  /**
   * Algorithm of a new key: `AES_128`, `AES_192`, `AES_256` or `AES_256_HSM`.
   * @default "AES_256"
   */
  readonly keyAlgorithm?: pulumi.Input<string>;
  /**
   * Time after which the service makes a new version of a new key, as a Go duration.
   * @default "8760h", a year
   */
  readonly keyRotationPeriod?: pulumi.Input<string>;
  /**
   * Whether the service refuses to delete a new key.
   * @default true while `onRemoval` is `keep`
   */
  readonly deletionProtection?: boolean;
}

/** Data events of one service. */
export interface DataEventsSettings {
  /**
   * Types of the events that are collected, such as `yandex.cloud.audit.kms.Decrypt`. Either these or `excludedEvents`.
   * @default all
   */
  readonly includedEvents?: string[];
  /**
   * Types of the events that are not collected.
   * @default none
   */
  readonly excludedEvents?: string[];
  /**
   * Clouds in which they are collected.
   * @default the scopes of the trail
   */
  readonly clouds?: string[];
  /**
   * Folders in which they are collected.
   * @default the scopes of the trail
   */
  readonly folders?: string[];
}

/** One of the trails. What it does not say, it shares with the others. */
export interface TrailSettings {
  /**
   * Name of the trail, unique in its folder.
   * @default the component's name and the trail's key in the table
   */
  readonly trailName?: pulumi.Input<string>;
  /**
   * Description of the trail, at most 1024 characters.
   * @default none
   */
  readonly trailDescription?: pulumi.Input<string>;
  /**
   * Clouds whose events are collected. Their ids name role bindings, so they must be known.
   * @default with neither clouds nor folders: the whole organization
   */
  readonly clouds?: string[];
  /**
   * Folders whose events are collected. Their ids name role bindings, so they must be known.
   * @default with neither clouds nor folders: the whole organization
   */
  readonly folders?: string[];
  /**
   * Whether management events are collected: who configured what.
   * @default true
   */
  readonly managementEvents?: boolean;
  /**
   * Data events that are collected, by service: who used what. They are billed.
   * @default none
   */
  readonly dataEvents?: Record<string, DataEventsSettings>;
  /**
   * Whether data events of `storage` may tell of the log objects themselves, each of which then causes another.
   * @default false
   */
  readonly allowRecursion?: boolean;
  /**
   * What the keys of the log objects begin with, before the trail's id.
   * @default none
   */
  readonly objectPrefix?: pulumi.Input<string>;
  /**
   * Another bucket for this trail, shared by the trails that name it.
   * @default the component's bucket
   */
  readonly bucketName?: string;
  /**
   * Folder of that bucket if it exists already.
   * @default a new bucket
   */
  readonly bucketFolderId?: string;
  /**
   * Other encryption for that bucket.
   * @default the component's
   */
  readonly encryption?: EncryptionArgs;
  /**
   * Another existing service account for this trail.
   * @default the component's account
   */
  readonly serviceAccountId?: string;
  /**
   * Another new service account for this trail, of that name; shared by the trails that name it.
   * @default the component's account
   */
  readonly serviceAccountName?: string;
  /**
   * Labels of the trail, beside the component's.
   * @default none
   */
  readonly labels?: Record<string, string>;
}

/** Arguments of {@link AuditTrails}. */
export interface AuditTrailsArgs {
  /** Organization whose audit logs are delivered. */
  readonly organizationId: pulumi.Input<string>;
  /** Folder that holds the trails, and what is made for them. */
  readonly folderId: pulumi.Input<string>;
  /** Name of the bucket, 3 to 63 characters, unique in the whole service. */
  readonly bucketName: pulumi.Input<string>;
  /**
   * Folder of an existing bucket of that name. The bucket is only used: encryption, retention and access are its owner's
   * business. Name its key in `encryption`, or that it has none. Its id names a role binding, so it must be known.
   * @default a new bucket in `folderId`
   */
  readonly bucketFolderId?: string;
  /**
   * What encrypts the logs.
   * @default a new key
   */
  readonly encryption?: EncryptionArgs;
  /**
   * How long logs are kept in new buckets, and where.
   * @default the preset `standard`
   */
  readonly retention?: RetentionArgs;
  /**
   * Lock of new logs in new buckets. Unverified on the real service, see {@link ObjectLockArgs}.
   * @default none
   */
  readonly objectLock?: ObjectLockArgs;
  /**
   * Size in GiB at which a new bucket takes no more logs. A full bucket stops its trails.
   * @default none
   */
  readonly maxSizeGiB?: number;
  /**
   * Name of another bucket, made beside the others, that receives a log of the requests to them. It is neither encrypted
   * nor locked, as the service asks for.
   * @default none
   */
  readonly accessLogsBucketName?: string;
  /**
   * Policy of new buckets that shuts out everybody who is not listed.
   * @default none: roles alone decide
   */
  readonly access?: BucketAccessArgs;
  /**
   * Existing service account of the trails. It is only used, and gets the roles that it needs.
   * @default a new account
   */
  readonly serviceAccountId?: pulumi.Input<string>;
  /**
   * Name of a new service account, unique in its cloud.
   * @default the component's name and `-account`
   */
  readonly serviceAccountName?: pulumi.Input<string>;
  /**
   * The trails, by keys that name their resources.
   * @default one of the whole organization, with the key `organization`
   */
  readonly trails?: Record<string, TrailSettings>;
  /**
   * What becomes of buckets and keys when they leave the stack: `keep` (they stay in the cloud with every log),
   * `deleteIfEmpty` (a bucket with logs stops the removal) or `deleteWithLogs` (every log is deleted).
   * @default "keep"
   */
  readonly onRemoval?: string;
  /**
   * How long, in seconds, a denial is put down to roles that were granted just now, and a trail is tried again.
   * @default 120
   */
  readonly rolePropagationTimeout?: number;
  /**
   * How long, in seconds, an update waits for the trails to be ACTIVE before it fails; 0 for not looking.
   * @default 60
   */
  readonly activeTimeout?: number;
  /**
   * How long, in seconds, a trail that was changed in the last five minutes must stay ACTIVE.
   * @default 10
   */
  readonly activeWindow?: number;
  /**
   * Labels of keys and trails, and tags of buckets, at most 64.
   * @default the project and the stack that they belong to, which given labels come on top of
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What became of one of the trails. */
export interface TrailOutputs {
  /** Id of the trail. */
  readonly trailId: pulumi.Output<string>;
  /** Status at the end of the update: `ACTIVE`, `ERROR` or `DELETED`. */
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

  /** @throws {pulumi.InputPropertiesError} that lists the arguments which contradict others or would lose logs. */
  constructor(name: string, args: AuditTrailsArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without the arguments: each change would show up once more in a preview.
    super("yandex-audit-trails:index:AuditTrails", name, {}, { ...opts, protect: opts?.protect ?? true });
    requireConsistent(args);
    for (const warning of warningsOf(args)) void pulumi.log.warn(warning, this);

    const { folderId, accessLogsBucketName, onRemoval = "keep", labels } = args;
    const plan = new AuditTrailsPlan(args);
    const retainOnDelete = onRemoval === "keep";
    const bucketNames = plan.buckets.map(({ bucketName }) => bucketName);
    const hooks = removalHooks(name, onRemoval, bucketNames);
    const kept = { parent: this, retainOnDelete };

    const keyIds = new Map(
      distinct(plan.buckets.flatMap(({ key }) => key ?? [])).map((key) => {
        const { keyId, ...settings } = key.settings;
        const options = { ...kept, hooks: hooks.key };
        const newKey = () =>
          new EncryptionKey(`${name}-key${key.suffix}`, { folderId, ...settings, labels }, options).keyId;
        return [key, keyId === undefined ? newKey() : pulumi.output(keyId)] as const;
      }),
    );
    const keyIdOf = ({ key }: BucketPlan) => key && keyIds.get(key);

    const accounts = new Map(
      plan.accounts.map((account) => {
        const { suffix, serviceAccountId, serviceAccountName } = account;
        const used = plan.trailsOf(account);
        const folders = used.map(({ bucket: { existingIn } }) =>
          existingIn === undefined || existingIn === folderId ? ["", folderId] : [existingIn, existingIn],
        );
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
            serviceAccountId,
            serviceAccountName,
          },
          { parent: this },
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
            { folderId, bucketName: accessLogsBucketName, retention: args.retention, tags: labels },
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
              bucketName: bucket.bucketName,
              keyId: keyIdOf(bucket),
              retention: args.retention,
              objectLock: args.objectLock,
              maxSizeGiB: args.maxSizeGiB,
              accessLogsBucketName: accessLogs?.bucketName,
              access: args.access,
              uploaderIds: distinct(plan.trailsOf(bucket).map(accountOf)).map(
                (account) => account.serviceAccountId,
              ),
              tags: labels,
            },
            bucketOptions,
          );
          return [bucket, component] as const;
        }),
    );

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
            bucketName,
            serviceAccountId: account.serviceAccountId,
            trailName: settings.trailName,
            trailDescription: settings.trailDescription,
            objectPrefix: settings.objectPrefix,
            rolePropagationTimeout: args.rolePropagationTimeout,
            activeTimeout: args.activeTimeout,
            activeWindow: args.activeWindow,
            labels: settings.labels
              ? pulumi.output(labels).apply((all) => ({ ...all, ...settings.labels }))
              : labels,
          },
          // The service account's roles appear in no argument of the trail, and it is refused or fails without them.
          { parent: this, dependsOn: bucket ? [bucket, account] : [account] },
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

function requireConsistent(args: AuditTrailsArgs): void {
  const faults = contradictionsOf(args);
  if (faults.length === 0) return;
  throw new pulumi.InputPropertiesError({
    message: `These arguments cannot be:\n${faults.map(({ path, reason }) => `  - ${path}: ${reason}`).join("\n")}`,
    errors: faults.map(({ path, reason }) => ({ propertyPath: path, reason })),
  });
}
