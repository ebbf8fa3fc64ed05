import type * as pulumi from "@pulumi/pulumi";
import { Encryption, ScopeType } from "../choices";
import { distinct } from "../distinct";
import type { ResourceScopeArgs } from "../scope";
import type { DataEventsFilterArgs } from "../trail";
import type { AuditTrailsArgs, EncryptionArgs, TrailSettings } from "./args";

/** Name of the component in this project's program. The names of the component's resources begin with it. */
export const programComponent = "audit-trails";

/**
 * Part of the component. `name` is its resource name; `label` is the part's own suffix in it, empty for the main part.
 */
interface PartPlan {
  readonly name: string;
  readonly label: string;
}

/** Planned key. */
export interface KeyPlan extends PartPlan {
  readonly settings: EncryptionArgs;
}

/** Planned log bucket of one or several trails. */
export interface BucketPlan extends PartPlan {
  readonly bucketName: pulumi.Input<string>;
  /** Folder of an existing bucket; absent for a new bucket. */
  readonly existingIn?: pulumi.Input<string>;
  /** Key that encrypts the bucket; absent for an unencrypted bucket. */
  readonly key?: KeyPlan;
}

/** Planned service account of one or several trails. */
export interface AccountPlan extends PartPlan {
  readonly serviceAccountId?: pulumi.Input<string>;
  readonly serviceAccountName?: pulumi.Input<string>;
}

/** Planned trail with its bucket, account and scopes. */
export interface TrailPlan {
  /** Key of the trail in the argument `trails`. */
  readonly key: string;
  /** Resource name of the trail. */
  readonly name: string;
  readonly settings: TrailSettings;
  readonly bucket: BucketPlan;
  readonly account: AccountPlan;
  readonly scopes: Scopes;
  readonly dataEvents: readonly DataEventsFilterArgs[];
  /** All scopes on which the trail's account needs a role. */
  readonly collectedScopes: Scopes;
}

/** Scopes by the label of their role binding. */
type Scopes = Readonly<Record<string, ResourceScopeArgs>>;

/** Places on which an account needs roles, by the label of the role binding. */
interface AccountPlaces {
  readonly scopes: Scopes;
  readonly bucketFolderIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly keys: Readonly<Record<string, KeyPlan>>;
}

/** Trails that are used if the argument `trails` is missing. */
export const onlyTrail: Readonly<Record<string, TrailSettings>> = { organization: {} };

/**
 * Plan of the component: each trail with its bucket, key and account. Trails share a part, unless an entry of `trails` names
 * another one.
 *
 * Resource names follow from the shared resource, never from the trails that share it. So the removal of a trail never
 * renames, and thereby replaces, the resources of other trails.
 */
export class AuditTrailsPlan {
  private readonly keys = new Map<unknown, KeyPlan>();
  private readonly bucketsByName = new Map<unknown, BucketPlan>();
  private readonly accountsByName = new Map<unknown, AccountPlan>();
  readonly trails: readonly TrailPlan[];

  /** @param name Name of the component. */
  constructor(
    private readonly args: AuditTrailsArgs,
    private readonly name: string = programComponent,
  ) {
    const { bucketName, bucketFolderId, encryption = {}, serviceAccountId, serviceAccountName } = args;
    const key = this.keyOf("", bucketName, encryption);
    const mainBucket = { ...this.part("bucket", ""), bucketName, existingIn: bucketFolderId, key };
    this.bucketsByName.set(bucketName, mainBucket);
    const mainAccount = { ...this.part("account", ""), serviceAccountId, serviceAccountName };
    this.accountsByName.set(serviceAccountId ?? serviceAccountName, mainAccount);

    this.trails = Object.entries(args.trails ?? onlyTrail).map(([key, settings]) => ({
      key,
      name: `${name}-${key}`,
      settings,
      bucket: this.bucketOf(settings) ?? mainBucket,
      account: this.accountOf(key, settings) ?? mainAccount,
      ...this.scopesOf(settings),
    }));
  }

  /** All buckets, with the main bucket even if no trail delivers to it any more: it still holds logs. */
  get buckets(): BucketPlan[] {
    return [...this.bucketsByName.values()];
  }

  /** Buckets that the component creates. */
  get newBuckets(): BucketPlan[] {
    return this.buckets.filter(({ existingIn }) => existingIn === undefined);
  }

  /** Keys of the buckets. */
  get bucketKeys(): KeyPlan[] {
    return distinct(this.buckets.flatMap(({ key }) => key ?? []));
  }

  /** Resource name of the bucket for access logs. */
  get accessLogs(): string {
    return `${this.name}-access-logs`;
  }

  get accounts(): AccountPlan[] {
    return distinct(this.trails.map(({ account }) => account));
  }

  trailsOf(part: AccountPlan | BucketPlan): TrailPlan[] {
    return this.trails.filter(({ account, bucket }) => account === part || bucket === part);
  }

  /** Returns the places on which an account needs roles. */
  placesOf(account: AccountPlan): AccountPlaces {
    const { folderId } = this.args;
    const used = this.trailsOf(account);
    const folders = used.map(({ bucket: { existingIn, label } }) => {
      if (existingIn === undefined || existingIn === folderId) return ["", folderId];
      // An id that is not known yet cannot be part of a resource name.
      return [typeof existingIn === "string" ? existingIn : label || "bucket", existingIn];
    });
    return {
      scopes: Object.assign({}, ...used.map(({ collectedScopes }) => collectedScopes)),
      bucketFolderIds: Object.fromEntries(folders),
      keys: Object.fromEntries(used.flatMap(({ bucket: { key } }) => (key ? [[key.label, key]] : []))),
    };
  }

  private part(kind: "key" | "bucket" | "account", label: string): PartPlan {
    return { name: `${this.name}-${kind}${label && `-${label}`}`, label };
  }

  private bucketOf({ bucketName, bucketFolderId, encryption }: TrailSettings): BucketPlan | undefined {
    if (bucketName === undefined) return undefined;
    return once(this.bucketsByName, bucketName, () => ({
      ...this.part("bucket", String(bucketName)),
      bucketName,
      existingIn: bucketFolderId,
      key: encryption
        ? this.keyOf(String(bucketName), bucketName, encryption)
        : this.bucketsByName.get(this.args.bucketName)?.key,
    }));
  }

  private keyOf(
    label: string,
    bucketName: unknown,
    { key = Encryption.New, ...settings }: EncryptionArgs,
  ): KeyPlan | undefined {
    if (key === Encryption.None) return undefined;
    const { keyId } = settings;
    return once(this.keys, keyId ?? bucketName, () => ({
      ...this.part("key", label && typeof keyId === "string" ? keyId : label),
      settings,
    }));
  }

  private accountOf(
    key: string,
    { serviceAccountId, serviceAccountName }: TrailSettings,
  ): AccountPlan | undefined {
    const name = serviceAccountId ?? serviceAccountName;
    if (name === undefined) return undefined;
    return once(this.accountsByName, name, () => ({
      // An id that is not known yet cannot be part of a resource name.
      ...this.part("account", typeof name === "string" ? name : key),
      serviceAccountId,
      serviceAccountName,
    }));
  }

  private scopesOf(settings: TrailSettings) {
    const scopes = this.chosen(settings) ?? {
      "": { resourceId: this.args.organizationId, resourceType: ScopeType.Organization },
    };
    const filters = Object.entries(settings.dataEvents ?? {}).map(([service, filter]) => ({
      service,
      includedEvents: filter.includedEvents,
      excludedEvents: filter.excludedEvents,
      own: this.chosen(filter),
    }));
    const collectedScopes: Scopes = Object.assign(
      {},
      settings.managementEvents === false ? undefined : scopes,
      ...filters.map(({ own }) => own ?? scopes),
    );
    const dataEvents = filters.map(({ own = scopes, ...filter }) => ({
      ...filter,
      scopes: Object.values(own),
    }));
    return { scopes, dataEvents, collectedScopes };
  }

  private chosen({ clouds, folders }: Pick<TrailSettings, "clouds" | "folders">): Scopes | undefined {
    const all = [
      { ids: clouds, resourceType: ScopeType.Cloud },
      { ids: folders, resourceType: ScopeType.Folder },
    ].flatMap(({ ids = {}, resourceType }) =>
      Object.entries(ids).map(([key, resourceId]) => [key, { resourceId, resourceType }] as const),
    );
    return all.length > 0 ? Object.fromEntries(all) : undefined;
  }
}

function once<T>(made: Map<unknown, T>, key: unknown, make: () => T): T {
  const value = made.get(key) ?? make();
  made.set(key, value);
  return value;
}
