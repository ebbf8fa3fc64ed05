import type * as pulumi from "@pulumi/pulumi";
import type { ObjectLockArgs } from "../bucket/objectLock";
import type { BucketAccessArgs } from "../bucket/policy";
import type { RetentionArgs } from "../bucket/retention";
import type { Encryption, KeyAlgorithm, OnRemoval } from "../choices";
import type { RolesArgs } from "../roles";

/** Encryption of the logs of a bucket. */
export interface EncryptionArgs {
  /**
   * Source of the key: a new key, the existing key of `keyId`, or none.
   * @default "new"
   */
  readonly key?: Encryption;
  /**
   * Id of an existing key, in any folder. The component does not change the key. It only grants the trail's account a
   * role on it.
   * @default none
   */
  readonly keyId?: pulumi.Input<string>;
  /**
   * Name of a new key, at most 100 characters.
   * @default the component's name and `-key`
   */
  readonly keyName?: pulumi.Input<string>;
  /**
   * Algorithm of a new key.
   * @default "AES_256"
   */
  readonly keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
  /**
   * Rotation period of a new key, as a Go duration: after it, the service creates another key version.
   * @default "8760h", a year
   */
  readonly keyRotationPeriod?: pulumi.Input<string>;
  /**
   * Deletion protection of a new key: if true, the service refuses to delete the key.
   * @default true while `onRemoval` is `keep`
   */
  readonly deletionProtection?: boolean;
}

/** Data events of one service. */
export interface DataEventsSettings {
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
   * Ids of the clouds in which the data events are collected, by keys of your choice. The keys become part of the names of role
   * bindings.
   * @default the scopes of the trail
   */
  readonly clouds?: Record<string, pulumi.Input<string>>;
  /**
   * Ids of the folders in which the data events are collected, by keys of your choice. The keys become part of the names of
   * role bindings.
   * @default the scopes of the trail
   */
  readonly folders?: Record<string, pulumi.Input<string>>;
}

/** Settings of one trail. For a setting that is missing here, the trail uses the component's. */
export interface TrailSettings {
  /**
   * Name of the trail, unique in its folder.
   * @default the component's name and the trail's key in the table
   */
  readonly name?: pulumi.Input<string>;
  /**
   * Description of the trail, at most 1024 characters.
   * @default none
   */
  readonly description?: pulumi.Input<string>;
  /**
   * Ids of the clouds whose events are collected, by keys of your choice. The keys become part of the names of role bindings. A
   * key must have the same id in every trail.
   * @default with neither clouds nor folders: the whole organization
   */
  readonly clouds?: Record<string, pulumi.Input<string>>;
  /**
   * Ids of the folders whose events are collected, by keys of your choice. The keys become part of the names of role bindings.
   * A key must have the same id in every trail.
   * @default with neither clouds nor folders: the whole organization
   */
  readonly folders?: Record<string, pulumi.Input<string>>;
  /**
   * Collects management events if true: changes of the configuration of resources.
   * @default true
   */
  readonly managementEvents?: boolean;
  /**
   * Data events to collect, by service. They record access to the data in resources, and are billed.
   * @default none
   */
  readonly dataEvents?: Record<string, DataEventsSettings>;
  /**
   * Allows data events of `storage` about the log objects themselves if true. Each such event causes another log
   * object.
   * @default false
   */
  readonly allowRecursion?: boolean;
  /**
   * Prefix of the keys of the log objects, before the trail's id.
   * @default none
   */
  readonly objectPrefix?: pulumi.Input<string>;
  /**
   * Name of another bucket for this trail. Trails with the same name share the bucket.
   * @default the component's bucket
   */
  readonly bucketName?: string;
  /**
   * Folder of the bucket of `bucketName`, if the bucket exists already.
   * @default a new bucket
   */
  readonly bucketFolderId?: pulumi.Input<string>;
  /**
   * Encryption of the bucket of `bucketName`.
   * @default the component's encryption
   */
  readonly encryption?: EncryptionArgs;
  /**
   * Id of another existing service account for this trail.
   * @default the component's account
   */
  readonly serviceAccountId?: pulumi.Input<string>;
  /**
   * Name of another new service account for this trail. Trails with the same name share the account.
   * @default the component's account
   */
  readonly serviceAccountName?: string;
  /**
   * Labels of the trail, in addition to the component's.
   * @default none
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Arguments of {@link AuditTrails}. */
export interface AuditTrailsArgs {
  /** Organization whose audit logs are delivered. */
  readonly organizationId: pulumi.Input<string>;
  /** Folder in which the trails and the new resources for them are created. */
  readonly folderId: pulumi.Input<string>;
  /** Name of the bucket, 3 to 63 characters, unique in the whole service. */
  readonly bucketName: pulumi.Input<string>;
  /**
   * Folder of the bucket, if the bucket exists already. The component does not change an existing bucket: its owner manages
   * encryption, retention and access. Set `encryption` to the bucket's own key, or to none.
   * @default a new bucket in `folderId`
   */
  readonly bucketFolderId?: pulumi.Input<string>;
  /**
   * Encryption of the logs.
   * @default a new key
   */
  readonly encryption?: EncryptionArgs;
  /**
   * Retention of logs in new buckets, and their storage classes.
   * @default the preset `standard`
   */
  readonly retention?: RetentionArgs;
  /**
   * Lock of new logs in new buckets. Unverified on the real service, see {@link ObjectLockArgs}.
   * @default none
   */
  readonly objectLock?: ObjectLockArgs;
  /**
   * Maximum size of a new bucket, in GiB. A full bucket stops its trails.
   * @default none
   */
  readonly maxSizeGiB?: pulumi.Input<number>;
  /**
   * Name of another new bucket in the same folder. It receives the access logs of the other new buckets. It is neither
   * encrypted nor locked, as the service requires.
   * @default none
   */
  readonly accessLogsBucketName?: string;
  /**
   * Policy of new buckets. It denies access to everybody who is not listed.
   * @default none: only roles decide
   */
  readonly access?: BucketAccessArgs;
  /**
   * Id of an existing service account for the trails. The component does not change the account. It only grants it
   * roles.
   * @default a new account
   */
  readonly serviceAccountId?: pulumi.Input<string>;
  /**
   * Name of a new service account, unique in its cloud.
   * @default the component's name and `-account`
   */
  readonly serviceAccountName?: pulumi.Input<string>;
  /**
   * Choice of the roles of the trails' accounts, where the vendor's documents differ.
   * @default the vendor's guide: `folder` and `encrypterDecrypter`
   */
  readonly roles?: RolesArgs;
  /**
   * Trails by key. The keys become part of resource names.
   * @default one trail of the whole organization, with the key `organization`
   */
  readonly trails?: Record<string, TrailSettings>;
  /**
   * Treatment of buckets and keys that leave the stack: keep them, or delete them.
   * @default "keep"
   */
  readonly onRemoval?: OnRemoval;
  /**
   * Seconds for which an update retries a trail that the service denies, because new roles need time to take effect. 0
   * disables retries.
   * @default 120
   */
  readonly rolePropagationTimeoutSeconds?: number;
  /**
   * Seconds for which an update waits until the trails are ACTIVE. Then it fails. 0 disables the check.
   * @default 60
   */
  readonly activeTimeoutSeconds?: number;
  /**
   * Seconds for which a trail must stay ACTIVE if it was changed in the last five minutes.
   * @default 10
   */
  readonly activeWindowSeconds?: number;
  /**
   * Labels of keys and trails, and tags of buckets, at most 64.
   * @default the project and the stack of the resource; given labels are added to these
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * True if the resources were imported instead of created by this component. Settings without an argument then stay as
   * they are in the cloud: labels, tags and descriptions, settings of keys, and settings of buckets except encryption.
   * Names, encryption, roles and the collected events are always managed.
   * @default false
   */
  readonly adopted?: boolean;
}
