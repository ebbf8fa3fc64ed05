import type * as pulumi from "@pulumi/pulumi";
import { Encryption, ScopeType } from "../choices";
import { distinct } from "../distinct";
import type { ResourceScopeArgs } from "../scope";
import type { DataEventsFilterArgs } from "../trail";
import type { AuditTrailsArgs, EncryptionArgs, TrailSettings } from "./args";

/** The component's name in this project's program, with which the names of its resources begin. */
export const programComponent = "audit-trails";

/** A part of the component: its resource name, and what tells it from others of its kind, empty for the main one. */
interface PartPlan {
  readonly name: string;
  readonly label: string;
}

/** A key. */
export interface KeyPlan extends PartPlan {
  readonly settings: EncryptionArgs;
}

/** A log bucket that one or several trails deliver to. */
export interface BucketPlan extends PartPlan {
  readonly bucketName: pulumi.Input<string>;
  /** Folder of an existing bucket. */
  readonly existingIn?: pulumi.Input<string>;
  /** Nothing for an unencrypted bucket. */
  readonly key?: KeyPlan;
}

/** A service account that one or several trails work with. */
export interface AccountPlan extends PartPlan {
  readonly serviceAccountId?: pulumi.Input<string>;
  readonly serviceAccountName?: pulumi.Input<string>;
}

/** A trail, and what it uses. */
export interface TrailPlan {
  /** The trail's key in the table. */
  readonly key: string;
  /** Its resource name. */
  readonly name: string;
  readonly settings: TrailSettings;
  readonly bucket: BucketPlan;
  readonly account: AccountPlan;
  readonly scopes: Scopes;
  readonly dataEvents: readonly DataEventsFilterArgs[];
  /** All scopes that its account needs a role on. */
  readonly collectedScopes: Scopes;
}

/** Scopes by the labels of their role bindings. */
type Scopes = Readonly<Record<string, ResourceScopeArgs>>;

/** What an account needs roles on, by the labels of the role bindings. */
interface AccountPlaces {
  readonly scopes: Scopes;
  readonly bucketFolderIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly keys: Readonly<Record<string, KeyPlan>>;
}

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

  /** The main bucket, also if no trail delivers to it any more: its logs are there. */
  get buckets(): BucketPlan[] {
    return [...this.bucketsByName.values()];
  }

  /** The buckets that the component makes. */
  get newBuckets(): BucketPlan[] {
    return this.buckets.filter(({ existingIn }) => existingIn === undefined);
  }

  /** The keys of the buckets. */
  get bucketKeys(): KeyPlan[] {
    return distinct(this.buckets.flatMap(({ key }) => key ?? []));
  }

  /** The bucket for the log of requests, where there is one. */
  get accessLogs(): string {
    return `${this.name}-access-logs`;
  }

  get accounts(): AccountPlan[] {
    return distinct(this.trails.map(({ account }) => account));
  }

  trailsOf(part: AccountPlan | BucketPlan): TrailPlan[] {
    return this.trails.filter(({ account, bucket }) => account === part || bucket === part);
  }

  /** What an account needs roles on. */
  placesOf(account: AccountPlan): AccountPlaces {
    const { folderId } = this.args;
    const used = this.trailsOf(account);
    const folders = used.map(({ bucket: { existingIn, label } }) => {
      if (existingIn === undefined || existingIn === folderId) return ["", folderId];
      // An id that comes late cannot name a resource.
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
      // An id that comes late cannot name a resource.
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
