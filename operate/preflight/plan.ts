import type { Resource } from "../../api/bindings";
import { distinct, distinctBy } from "../../components/distinct";
import { nounOf, type PlaceNoun } from "../../components/places";
import { keyRoles, trailRoles } from "../../components/roles";

/** A new or existing resource with a name in a folder. */
export interface PlannedPart {
  readonly name: string;
  readonly folderId: string;
  /** True if the update will create the resource. */
  readonly isNew: boolean;
}

export interface PlannedBucket extends PlannedPart {
  /**
   * Ids of the administrators in the bucket's policy; `unknown` if the policy is not known before the update, or if another
   * tool wrote it. Absent for a bucket without a policy.
   */
  readonly administrators?: readonly string[] | "unknown";
}

/** A bucket outside of the stack that trails deliver to. */
export interface ExistingBucket {
  readonly name: string;
  /** Folders on which the trails' accounts may upload; absent where they have the role on the bucket itself. */
  readonly folderIds?: readonly string[];
  /** Keys that the trails' accounts may use. */
  readonly keyIds: readonly string[];
  readonly uploads: readonly Upload[];
}

/** Planned uploads of a trail. */
export interface Upload {
  /** The trail's account; absent if it does not exist yet. */
  readonly accountId?: string;
  /** Prefix of the keys of the trail's log objects. */
  readonly prefix: string;
}

/** A role that an account gets on a resource. */
interface PlannedGrant {
  readonly role: string;
  readonly on: Resource;
}

/** Bucket with the accounts that get the role to upload on it. Accounts that do not exist yet are left out. */
interface SoleUpload {
  readonly bucketName: string;
  readonly accountIds: readonly string[];
}

/** Planned resources of a set-up, as far as preflight checks them. */
export interface Plan {
  readonly trails: readonly PlannedPart[];
  readonly buckets: readonly PlannedBucket[];
  readonly accounts: readonly PlannedPart[];
  /** Folders of the new and existing keys of the stack. */
  readonly keyFolderIds: readonly string[];
  readonly scopes: readonly Resource[];
  readonly grants: readonly PlannedGrant[];
  readonly existingBuckets: readonly ExistingBucket[];
  /** Buckets on which only the trails' accounts may have the upload role. */
  readonly soleUploads: readonly SoleUpload[];
  readonly existingAccountIds: readonly string[];
  /** Ids of existing keys: those of the stack, and others that the set-up uses. */
  readonly keyIds: readonly string[];
  /** Names of resources with inputs that are not known before the update. */
  readonly open: readonly string[];
}

/** A planned set-up, read from arguments or from the resources of a stack. */
export interface PlannedSetUp extends Pick<Plan, "trails" | "buckets" | "accounts" | "open"> {
  readonly uses: readonly TrailUse[];
  /** Keys of the stack. */
  readonly keys: readonly { readonly folderId?: string; readonly id?: string }[];
  readonly grants: readonly SetUpGrant[];
}

/** Resources that a trail uses. */
export interface TrailUse extends Upload {
  readonly scopes: readonly Resource[];
  /** Name of the trail's bucket; absent for a bucket of the stack. */
  readonly existingBucket?: string;
  /** True if the trail's account is not in the stack. */
  readonly isExistingAccount: boolean;
  /** Roles that the trail's account gets. */
  readonly grants: readonly PlannedGrant[];
}

/** A role that some accounts get on a resource. */
export interface SetUpGrant extends PlannedGrant {
  /** True if the resource does not exist yet. Its creator may grant roles on it. */
  readonly isOnNew: boolean;
  /** Ids of the service accounts that get the role. Accounts that do not exist yet are left out. */
  readonly accountIds: readonly string[];
}

const uploadRole = [trailRoles.bucket];

/** Returns the elements of a list without repetitions, compared by their contents. */
const distinctOf = <T>(all: readonly T[]): T[] => distinctBy(all, (one) => JSON.stringify(one));

/** Returns the ids of the resources of a kind on which one of the roles is granted. */
const grantedOn = (noun: PlaceNoun, grants: readonly PlannedGrant[], roles: readonly string[]): string[] =>
  distinct(
    grants.flatMap(({ role, on }) => (roles.includes(role) && nounOf(on.type) === noun ? [on.id] : [])),
  );

/** Returns the list of requirements of a set-up. All checks of a preflight come from this list. */
export function planOf({ trails, buckets, accounts, open, uses, keys, grants }: PlannedSetUp): Plan {
  const existing = distinct(uses.flatMap(({ existingBucket }) => existingBucket ?? []));
  const uploading = grants.filter((grant) => grantedOn("bucket", [grant], uploadRole).length > 0);
  return {
    ...{ trails, buckets, accounts, open: distinct(open) },
    keyFolderIds: distinct(keys.flatMap(({ folderId }) => folderId ?? [])),
    scopes: distinctOf(uses.flatMap(({ scopes }) => scopes)),
    grants: distinctOf(
      grants
        .filter(({ isOnNew }) => !isOnNew)
        .map(({ role, on: { type, id } }) => ({ role, on: { type, id } })),
    ),
    existingBuckets: existing.map((name) =>
      existingBucketOf(
        name,
        uses.filter(({ existingBucket }) => existingBucket === name),
      ),
    ),
    soleUploads: distinct(uploading.map(({ on }) => on.id)).map((bucketName) => ({
      bucketName,
      accountIds: distinct(
        uploading.flatMap(({ on, accountIds }) => (on.id === bucketName ? accountIds : [])),
      ),
    })),
    existingAccountIds: distinct(
      uses.flatMap(({ isExistingAccount, accountId }) => (isExistingAccount && accountId ? [accountId] : [])),
    ),
    keyIds: distinct([
      ...keys.flatMap(({ id }) => id ?? []),
      ...grants.flatMap(({ on: { type, id } }) => (nounOf(type) === "key" ? [id] : [])),
    ]),
  };
}

function existingBucketOf(name: string, uses: readonly TrailUse[]): ExistingBucket {
  const grants = uses.flatMap((use) => use.grants);
  const isOnBucket = grantedOn("bucket", grants, uploadRole).length > 0;
  return {
    name,
    ...(!isOnBucket && { folderIds: grantedOn("folder", grants, uploadRole) }),
    keyIds: grantedOn("key", grants, Object.values(keyRoles)),
    uploads: distinctOf(uses.map(({ accountId, prefix }) => ({ accountId, prefix }))),
  };
}
