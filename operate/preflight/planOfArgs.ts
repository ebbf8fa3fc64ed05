import type { Resource } from "../../api/bindings";
import type { AuditTrailsArgs } from "../../components/auditTrails/args";
import { type AccountPlan, AuditTrailsPlan, type BucketPlan } from "../../components/auditTrails/plan";
import { knownIds } from "../../components/bucket/policy";
import { Encryption, UploaderPlace } from "../../components/choices";
import { place } from "../../components/places";
import { rolesNeeded, type TrailPlaces } from "../../components/roles";
import { type Kind, resourceTypes } from "../stack/kinds";
import { type Plan, type PlannedPart, planOf, type SetUpGrant, type TrailUse } from "./plan";

/** A resource in the state of a stack. */
export interface Existing {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Returns the plan of this project's program, from the arguments of the component.
 *
 * @param args Arguments of the component `audit-trails`, all of them plain values.
 * @param own Existing resources of the stack.
 */
export const planOfArgs = (args: AuditTrailsArgs, own: readonly Existing[] = []): Plan =>
  new ArgsReader(args, own).plan();

/** Reads the planned resources of the component from its arguments. */
class ArgsReader {
  private readonly planned: AuditTrailsPlan;
  private readonly folderId: string;
  private readonly isOnBucket: boolean;

  constructor(
    private readonly args: AuditTrailsArgs,
    private readonly own: readonly Existing[],
  ) {
    this.planned = new AuditTrailsPlan(args);
    this.folderId = String(args.folderId);
    this.isOnBucket = args.roles?.uploader === UploaderPlace.Bucket;
  }

  plan(): Plan {
    const { accessLogsBucketName, access } = this.args;
    const { trails, buckets, newBuckets, accounts } = this.planned;
    const ownKeyIds = this.ownOf("key").flatMap(({ id }) => (typeof id === "string" ? [id] : []));
    const hasNewKey = buckets.some(({ key }) => key && key.settings.keyId === undefined);
    const newAccounts = accounts.filter(({ serviceAccountId }) => serviceAccountId === undefined);
    return planOf({
      trails: trails.map(({ settings, name }) => this.part("trail", settings.name ?? name)),
      buckets: [
        ...newBuckets.map(({ bucketName }) => ({
          ...this.part("bucket", bucketName),
          ...(access && { administrators: knownIds(access.administrators) }),
        })),
        ...(accessLogsBucketName === undefined ? [] : [this.part("bucket", accessLogsBucketName)]),
      ],
      accounts: newAccounts.map((account) => this.part("account", nameOf(account))),
      uses: trails.map((trail) => this.useOf(trail)),
      keys: [...(hasNewKey ? [{ folderId: this.folderId }] : []), ...ownKeyIds.map((id) => ({ id }))],
      grants: [
        ...accounts.flatMap((account) => this.grantsOf(account)),
        ...this.grants({ keys: ownKeyIds.map((id) => place("key", id)) }),
      ],
      open: [],
    });
  }

  /** Returns the stack's resources of a kind. */
  private ownOf(kind: Kind): Existing["outputs"][] {
    return this.own.filter(({ type }) => type === resourceTypes[kind]).map(({ outputs }) => outputs);
  }

  private part(kind: Kind, name: unknown): PlannedPart {
    const isNew = !this.ownOf(kind).some((one) => name === (kind === "bucket" ? one.bucket : one.name));
    return { name: String(name), folderId: this.folderId, isNew };
  }

  private useOf({ bucket, account, settings, collectedScopes }: AuditTrailsPlan["trails"][number]): TrailUse {
    return {
      scopes: Object.values(collectedScopes).map(placeOfScope),
      existingBucket: bucket.existingIn === undefined ? undefined : String(bucket.bucketName),
      prefix: String(settings.objectPrefix ?? ""),
      accountId: this.idOf(account),
      isExistingAccount: account.serviceAccountId !== undefined,
      grants: this.grantsOf(account),
    };
  }

  private idOf(account: AccountPlan): string | undefined {
    const known =
      account.serviceAccountId ?? this.ownOf("account").find(({ name }) => name === nameOf(account))?.id;
    return known === undefined ? undefined : String(known);
  }

  /** Returns the roles that an account gets. Roles on new keys are left out. */
  private grantsOf(account: AccountPlan): SetUpGrant[] {
    const { scopes, bucketFolderIds } = this.planned.placesOf(account);
    const buckets = this.planned.trailsOf(account).map(({ bucket }) => bucket);
    return this.grants(
      {
        scopes: Object.values(scopes).map(placeOfScope),
        buckets: this.isOnBucket
          ? buckets.map(({ bucketName }) => ({ bucket: place("bucket", String(bucketName)) }))
          : Object.values(bucketFolderIds).map((id) => ({ folder: place("folder", String(id)) })),
        keys: buckets.flatMap(({ key }) => key?.settings.keyId ?? []).map((id) => place("key", String(id))),
      },
      this.idOf(account),
    );
  }

  private grants(places: TrailPlaces<Resource>, accountId?: string): SetUpGrant[] {
    return rolesNeeded(places, this.args.roles).map(({ role, on: [on] }) => ({
      ...{ role, on, isOnNew: this.isNewBucket(on) },
      accountIds: accountId === undefined ? [] : [accountId],
    }));
  }

  private isNewBucket({ type, id }: Resource): boolean {
    const isNew = ({ bucketName }: BucketPlan) =>
      String(bucketName) === id && this.part("bucket", bucketName).isNew;
    return type === "storage.bucket" && this.planned.newBuckets.some(isNew);
  }
}

const nameOf = (account: AccountPlan) => account.serviceAccountName ?? account.name;

const placeOfScope = ({
  resourceType,
  resourceId,
}: {
  resourceType: string;
  resourceId: unknown;
}): Resource => ({
  type: resourceType,
  id: String(resourceId),
});

/** Ids of a set-up without a stack. */
export interface Ids {
  readonly organizationId: string;
  readonly folderId: string;
  readonly bucketName: string;
  readonly bucketFolderId?: string;
  readonly keyId?: string;
  readonly serviceAccountId?: string;
}

/** Returns the plan of the components' defaults: one trail of the organization, with the resources that it needs. */
export function planOfIds({ keyId, ...ids }: Ids): Plan {
  const noKey = ids.bucketFolderId ? { key: Encryption.None } : undefined;
  return planOfArgs({ ...ids, encryption: keyId ? { key: Encryption.Existing, keyId } : noKey });
}
