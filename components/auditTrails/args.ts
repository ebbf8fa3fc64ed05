import type * as pulumi from "@pulumi/pulumi";
import type { ObjectLockArgs } from "../bucket/objectLock";
import type { BucketAccessArgs } from "../bucket/policy";
import type { RetentionArgs } from "../bucket/retention";
import type { Encryption, KeyAlgorithm, OnRemoval } from "../choices";
import type { RolesArgs } from "../roles";

/** What encrypts logs. */
export interface EncryptionArgs {
  /**
   * Whose key it is.
   * @default "new"
   */
  readonly key?: Encryption;
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
   * Algorithm of a new key.
   * @default "AES_256"
   */
  readonly keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
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
   * Ids of the clouds in which they are collected, by keys that name role bindings.
   * @default the scopes of the trail
   */
  readonly clouds?: Record<string, pulumi.Input<string>>;
  /**
   * Ids of the folders in which they are collected, by keys that name role bindings.
   * @default the scopes of the trail
   */
  readonly folders?: Record<string, pulumi.Input<string>>;
}

/** One of the trails. What it does not say, it shares with the others. */
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
   * Ids of the clouds whose events are collected, by keys that name role bindings. A key names the same id in every trail.
   * @default with neither clouds nor folders: the whole organization
   */
  readonly clouds?: Record<string, pulumi.Input<string>>;
  /**
   * Ids of the folders whose events are collected, by keys that name role bindings. A key names the same id in every trail.
   * @default with neither clouds nor folders: the whole organization
   */
  readonly folders?: Record<string, pulumi.Input<string>>;
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
  readonly bucketFolderId?: pulumi.Input<string>;
  /**
   * Other encryption for that bucket.
   * @default the component's
   */
  readonly encryption?: EncryptionArgs;
  /**
   * Another existing service account for this trail.
   * @default the component's account
   */
  readonly serviceAccountId?: pulumi.Input<string>;
  /**
   * Another new service account for this trail, of that name; shared by the trails that name it.
   * @default the component's account
   */
  readonly serviceAccountName?: string;
  /**
   * Labels of the trail, beside the component's.
   * @default none
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
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
   * business. Name its key in `encryption`, or that it has none.
   * @default a new bucket in `folderId`
   */
  readonly bucketFolderId?: pulumi.Input<string>;
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
  readonly maxSizeGiB?: pulumi.Input<number>;
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
   * Which of the vendor's documents the roles of the trails' accounts follow.
   * @default the vendor's guide: `folder` and `encrypterDecrypter`
   */
  readonly roles?: RolesArgs;
  /**
   * The trails, by keys that name their resources.
   * @default one of the whole organization, with the key `organization`
   */
  readonly trails?: Record<string, TrailSettings>;
  /**
   * What becomes of buckets and keys when they leave the stack.
   * @default "keep"
   */
  readonly onRemoval?: OnRemoval;
  /**
   * How long a denial is put down to roles that were granted just now, and a trail is tried again.
   * @default 120
   */
  readonly rolePropagationTimeoutSeconds?: number;
  /**
   * How long an update waits for the trails to be ACTIVE before it fails; 0 for not looking.
   * @default 60
   */
  readonly activeTimeoutSeconds?: number;
  /**
   * How long a trail that was changed in the last five minutes must stay ACTIVE.
   * @default 10
   */
  readonly activeWindowSeconds?: number;
  /**
   * Labels of keys and trails, and tags of buckets, at most 64.
   * @default the project and the stack that they belong to, which given labels come on top of
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Whether what is there was not made by this component, but imported: what the arguments do not say then stays as it is in
   * the cloud. That is labels, tags and descriptions; settings of keys; retention, lock, size, policy and log of the requests of
   * buckets, and what of buckets no argument says, such as their ACL. Names, encryption, roles and what is collected are
   * managed as ever.
   * @default false
   */
  readonly adopted?: boolean;
}
