import type * as pulumi from "@pulumi/pulumi";
import { Encryption, ScopeType } from "../choices";
import type { ResourceScopeArgs } from "../scope";
import type { DataEventsFilterArgs } from "../trail";
import type { AuditTrailsArgs, EncryptionArgs, TrailSettings } from "./args";

/** A key. `suffix` ends the names of its resources; it is empty for the main one. */
export interface KeyPlan {
  readonly suffix: string;
  readonly settings: EncryptionArgs;
}

/** A log bucket that one or several trails deliver to. */
export interface BucketPlan {
  readonly suffix: string;
  readonly bucketName: pulumi.Input<string>;
  /** Folder of an existing bucket. */
  readonly existingIn?: pulumi.Input<string>;
  /** Nothing for an unencrypted bucket. */
  readonly key?: KeyPlan;
}

/** A service account that one or several trails work with. */
export interface AccountPlan {
  readonly suffix: string;
  readonly serviceAccountId?: pulumi.Input<string>;
  readonly serviceAccountName?: pulumi.Input<string>;
}

/** A trail, and what it uses. */
export interface TrailPlan {
  /** The trail's key in the table. */
  readonly key: string;
  readonly settings: TrailSettings;
  readonly bucket: BucketPlan;
  readonly account: AccountPlan;
  readonly scopes: Scopes;
  readonly dataEvents: readonly DataEventsFilterArgs[];
  /** All scopes that its account needs a role on. */
  readonly collectedScopes: Scopes;
}

/** Scopes by the suffixes of their role bindings' names. */
type Scopes = Readonly<Record<string, ResourceScopeArgs>>;

/** The trails where none are given. */
export const onlyTrail: Readonly<Record<string, TrailSettings>> = { organization: {} };

/**
 * Which trail uses which bucket, key and account: what a row does not name is shared. Names follow from what is shared and
 * never from who shares it, so that a trail can go without renaming, and thereby replacing, what others use.
 */
export class AuditTrailsPlan {
  private readonly keys = new Map<unknown, KeyPlan>();
  private readonly bucketsByName = new Map<unknown, BucketPlan>();
  private readonly accountsByName = new Map<unknown, AccountPlan>();
  readonly trails: readonly TrailPlan[];

  constructor(private readonly args: AuditTrailsArgs) {
    const { bucketName, bucketFolderId, encryption = {}, serviceAccountId, serviceAccountName } = args;
    const key = this.keyOf("", bucketName, encryption);
    const mainBucket = { suffix: "", bucketName, existingIn: bucketFolderId, key };
    this.bucketsByName.set(bucketName, mainBucket);
    const mainAccount = { suffix: "", serviceAccountId, serviceAccountName };
    this.accountsByName.set(serviceAccountId ?? serviceAccountName, mainAccount);

    this.trails = Object.entries(args.trails ?? onlyTrail).map(([key, settings]) => ({
      key,
      settings,
      bucket: this.bucketOf(settings) ?? mainBucket,
      account: this.accountOf(key, settings) ?? mainAccount,
      ...this.scopesOf(settings),
    }));
  }

  /** The main bucket, also if no trail delivers to it any more: its logs are there. */
  get buckets(): BucketPlan[] {
    return [...this.bucketsByName.values()];
  }

  get accounts(): AccountPlan[] {
    return distinct(this.trails.map(({ account }) => account));
  }

  trailsOf(part: AccountPlan | BucketPlan): TrailPlan[] {
    return this.trails.filter(({ account, bucket }) => account === part || bucket === part);
  }

  private bucketOf({ bucketName, bucketFolderId, encryption }: TrailSettings): BucketPlan | undefined {
    if (bucketName === undefined) return undefined;
    return once(this.bucketsByName, bucketName, () => ({
      suffix: `-${bucketName}`,
      bucketName,
      existingIn: bucketFolderId,
      key: encryption
        ? this.keyOf(`-${bucketName}`, bucketName, encryption)
        : this.bucketsByName.get(this.args.bucketName)?.key,
    }));
  }

  private keyOf(
    suffix: string,
    bucketName: unknown,
    { key = Encryption.New, ...settings }: EncryptionArgs,
  ): KeyPlan | undefined {
    if (key === Encryption.None) return undefined;
    const { keyId } = settings;
    return once(this.keys, keyId ?? bucketName, () => ({
      suffix: suffix && typeof keyId === "string" ? `-${keyId}` : suffix,
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
      // An id that comes late cannot name a resource.
      suffix: `-${typeof name === "string" ? name : key}`,
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

export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

function once<T>(made: Map<unknown, T>, key: unknown, make: () => T): T {
  const value = made.get(key) ?? make();
  made.set(key, value);
  return value;
}
