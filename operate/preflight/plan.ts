import type { Resource } from "../../api/bindings";
import type { AuditTrailsArgs } from "../../components/auditTrails/args";
import { AuditTrailsPlan, type BucketPlan } from "../../components/auditTrails/plan";
import { knownIds } from "../../components/bucket/policy";
import { Encryption, UploaderPlace } from "../../components/choices";
import { keyRoles, rolesNeeded, trailRoles } from "../../components/roles";
import type { Resource as StackResource } from "../stack/engineJson";
import {
  accessOf,
  at,
  collectedBy,
  type Grant,
  isOfStack,
  isOpen,
  type Kind,
  resourceTypes,
  StackView,
  textOf,
} from "../stack/stackView";
import { isOurs } from "../stack/urn";

/** What is to be made, or is made already, with a name in a folder. */
export interface Made {
  readonly name: string;
  readonly folderId: string;
  /** Whether it is to be made. */
  readonly isNew: boolean;
}

export interface PlannedBucket extends Made {
  /**
   * Ids of those whom its policy is to let do everything; none of them is known where the policy is not known before the update, or
   * not of this library's form. Absent for a bucket without a policy.
   */
  readonly administrators?: readonly string[] | "unknown";
}

/** A bucket that trails deliver to and that is not the stack's. */
export interface ExistingBucket {
  readonly name: string;
  /** Folders on which the trails' accounts may upload; absent where they have the role on the bucket itself. */
  readonly folderIds?: readonly string[];
  /** Keys that the trails' accounts may use. */
  readonly keyIds: readonly string[];
  readonly uploads: readonly Upload[];
}

/** What a trail is to write into an existing bucket. */
export interface Upload {
  /** The trail's account; absent where it is to be made. */
  readonly accountId?: string;
  /** What the keys of its log objects begin with. */
  readonly prefix: string;
}

/** A role that an account of the trails is to have on something that exists. */
interface PlannedGrant {
  readonly role: string;
  readonly on: Resource;
}

/** A bucket, and the accounts that are to have the role to upload on it; those that are to be made are left out. */
interface SoleUpload {
  readonly bucketName: string;
  readonly accountIds: readonly string[];
}

/** What a set-up is to be, as far as it has to be looked at before it is made. */
export interface Plan {
  readonly trails: readonly Made[];
  readonly buckets: readonly PlannedBucket[];
  readonly accounts: readonly Made[];
  /** Folders of the keys that are to be made, or are made already. */
  readonly keyFolderIds: readonly string[];
  readonly scopes: readonly Resource[];
  readonly grants: readonly PlannedGrant[];
  readonly existingBuckets: readonly ExistingBucket[];
  /** Buckets on which the trails' accounts alone are to have the role to upload. */
  readonly soleUploads: readonly SoleUpload[];
  readonly existingAccountIds: readonly string[];
  /** Keys of others that are used, and those that the stack has already. */
  readonly keyIds: readonly string[];
  /** Names of resources of which something is not known before the update. */
  readonly open: readonly string[];
}

const types: Readonly<Record<string, string>> = {
  organization: "organization-manager.organization",
  cloud: "resource-manager.cloud",
  folder: "resource-manager.folder",
  key: "kms.symmetricKey",
  bucket: "storage.bucket",
};

export const folder = (id: string): Resource => ({ type: "resource-manager.folder", id });

const distinct = <T>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
];
const isText = (text: string | undefined): text is string => text !== undefined;

/**
 * The plan of a stack, by its resources as they are to be. Those without an id are to be made.
 *
 * @param administrators Those of the policies that are not known before the update, if the configuration names them.
 */
export function planOfStack(
  resources: ReadonlyMap<string, StackResource>,
  administrators?: readonly string[],
): Plan {
  const view = new StackView(resources);
  const [trails, buckets] = [view.all("trail"), view.all("bucket")];
  const accounts = view.all("account").filter(isOfStack);
  const isInLibrary = ({ resource }: Grant) => isOurs(resource.urn);
  const grants = view.grants().filter(isInLibrary);
  const open: string[] = [];
  const made = (
    all: readonly StackResource[],
    nameInput: string,
  ): (Made & { readonly of: StackResource })[] =>
    all.flatMap((of) => {
      const [name, folderId] = [textOf(of.inputs[nameInput]), textOf(of.inputs.folderId)];
      if (name !== undefined && folderId !== undefined)
        return [{ name, folderId, isNew: of.id === undefined, of }];
      open.push(nameOf(of));
      return [];
    });
  const bare = ({ name, folderId, isNew }: Made): Made => ({ name, folderId, isNew });

  const existing = trails.flatMap((trail) => {
    const { urn, id } = view.bucketOf(trail);
    if (urn !== undefined) return [];
    if (id === undefined) open.push(nameOf(trail));
    return id === undefined ? [] : [{ name: id, trail }];
  });
  const existingBuckets = [...new Set(existing.map(({ name }) => name))].map((name) => {
    const here = existing.filter((one) => one.name === name).map(({ trail }) => trail);
    const uses = here.flatMap((trail) => view.grantsOf(view.accountOf(trail)).filter(isInLibrary));
    const on = (roles: readonly string[], onWhat: string) =>
      distinct(
        uses
          .filter((grant) => roles.includes(grant.role) && grant.onWhat === onWhat)
          .map((grant) => grant.on.id),
      ).filter(isText);
    const uploads = here.map((trail) => {
      const account = view.accountOf(trail);
      return {
        accountId: account.id ?? view.inStack(account)?.id,
        prefix: textOf(at(trail.inputs, "storageDestination", "objectPrefix")) ?? "",
      };
    });
    const isOnBucket = on([trailRoles.bucket], "bucket").length > 0;
    return {
      name,
      ...(!isOnBucket && { folderIds: on([trailRoles.bucket], "folder") }),
      keyIds: on(Object.values(keyRoles), "key"),
      uploads: distinct(uploads),
    };
  });

  for (const { resource, on } of grants) if (isOpen(on)) open.push(nameOf(resource));
  const onExisting = grants.flatMap(({ role, on, onWhat }) => {
    const type = types[onWhat];
    // A bucket that is to be made has a name before it is there.
    const isThere =
      onWhat !== "bucket" || view.inStack(on) === undefined || view.inStack(on)?.id !== undefined;
    return type && on.id !== undefined && isThere ? [{ role, on: { type, id: on.id } }] : [];
  });
  const keys = view.all("key");
  const scopes = trails.flatMap((trail) =>
    collectedBy(trail).flatMap(({ scope }) => {
      if (scope === undefined) open.push(nameOf(trail));
      const [what = "", id = ""] = scope?.split(" ") ?? [];
      return types[what] ? [{ type: types[what], id }] : [];
    }),
  );
  return {
    trails: made(trails, "name").map(bare),
    buckets: made(buckets, "bucket").map((bucket) => {
      const policy = view.policyOf(bucket.of);
      if (!policy) return bare(bucket);
      const access = typeof policy === "string" ? accessOf(policy, bucket.name) : undefined;
      return { ...bare(bucket), administrators: access?.administrators ?? administrators ?? "unknown" };
    }),
    accounts: made(accounts, "name").map(bare),
    keyFolderIds: distinct(keys.map(({ inputs }) => textOf(inputs.folderId)).filter(isText)),
    scopes: distinct(scopes),
    grants: distinct(onExisting),
    existingBuckets,
    soleUploads: grants.flatMap(({ role, on, onWhat, members }) => {
      const bucketName = on.id ?? textOf(view.inStack(on)?.inputs.bucket);
      if (role !== trailRoles.bucket || onWhat !== "bucket" || bucketName === undefined) return [];
      const ids = members.map(
        (member) => view.inStack(member)?.id ?? member.id?.replace(/^serviceAccount:/, ""),
      );
      return [{ bucketName, accountIds: ids.filter(isText) }];
    }),
    existingAccountIds: distinct(
      trails.flatMap((trail) => {
        const { urn, id } = view.accountOf(trail);
        return urn === undefined && id !== undefined ? [id] : [];
      }),
    ),
    keyIds: distinct([
      ...keys.flatMap(({ id }) => id ?? []),
      ...onExisting.filter(({ on }) => on.type === types.key).map(({ on }) => on.id),
    ]),
    open: distinct(open),
  };
}

const nameOf = ({ urn }: StackResource): string => urn.split("::").at(-1) ?? urn;

/** A resource of a stack, as its state has it. */
export interface Existing {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * The plan of the program of this project, and of what the components make by default.
 *
 * @param args What the component `audit-trails` is to get; nothing of it comes late.
 * @param own What the stack has already.
 */
export function planOfArgs(args: AuditTrailsArgs, own: readonly Existing[] = []): Plan {
  const plan = new AuditTrailsPlan(args);
  const folderId = String(args.folderId);
  const ownOf = (kind: Kind) =>
    own.filter(({ type }) => type === resourceTypes[kind]).map(({ outputs }) => outputs);
  const made = (kind: Kind, name: unknown): Made => {
    const isNew = !ownOf(kind).some((one) => name === (kind === "bucket" ? one.bucket : one.name));
    return { name: String(name), folderId, isNew };
  };

  const accounts = plan.accounts.map((account) => {
    const { serviceAccountId } = account;
    const name = account.serviceAccountName ?? account.name;
    const id = serviceAccountId ?? ownOf("account").find((one) => one.name === name)?.id;
    const trails = plan.trailsOf(account);
    return {
      ...{ account, name, trails, isExisting: serviceAccountId !== undefined },
      id: id === undefined ? undefined : String(id),
      folderIds: trails.map(({ bucket }) => String(bucket.existingIn ?? folderId)),
      keyIds: trails.flatMap(({ bucket }) => bucket.key?.settings.keyId ?? []).map(String),
    };
  });
  const scopes = plan.trails.flatMap(({ collectedScopes }) =>
    Object.values(collectedScopes).map(({ resourceType, resourceId }) => ({
      type: resourceType,
      id: String(resourceId),
    })),
  );
  const isNew = ({ existingIn }: BucketPlan) => existingIn === undefined;
  const key = (id: string): Resource => ({ type: "kms.symmetricKey", id });
  const ownKeys = ownOf("key").flatMap(({ id }) => (typeof id === "string" ? [key(id)] : []));
  const isOnBucket = args.roles?.uploader === UploaderPlace.Bucket;
  // On buckets that are there: whoever makes a bucket may grant roles on it.
  const onBuckets = plan.buckets
    .filter((bucket) => !isNew(bucket) || !made("bucket", bucket.bucketName).isNew)
    .map(({ bucketName }) => ({ bucket: { type: "storage.bucket", id: String(bucketName) } }));
  const needs = rolesNeeded(
    {
      scopes,
      buckets: isOnBucket
        ? onBuckets
        : accounts.flatMap(({ folderIds }) => folderIds).map((id) => ({ folder: folder(id) })),
      keys: [...accounts.flatMap(({ keyIds }) => keyIds).map(key), ...ownKeys],
    },
    args.roles,
  );
  const needsNewKey = plan.buckets.some((bucket) => bucket.key && bucket.key.settings.keyId === undefined);
  return {
    trails: plan.trails.map((trail) => made("trail", trail.settings.name ?? trail.name)),
    buckets: [
      ...plan.buckets.filter(isNew).map((bucket) => ({
        ...made("bucket", bucket.bucketName),
        ...(args.access && { administrators: knownIds(args.access.administrators) }),
      })),
      ...(args.accessLogsBucketName === undefined ? [] : [made("bucket", args.accessLogsBucketName)]),
    ],
    accounts: accounts.filter(({ isExisting }) => !isExisting).map(({ name }) => made("account", name)),
    keyFolderIds: needsNewKey ? [folderId] : [],
    scopes: distinct(scopes),
    grants: distinct(needs.map(({ role, on: [on] }) => ({ role, on }))),
    existingBuckets: distinct(plan.trails.map(({ bucket }) => bucket))
      .filter((bucket) => !isNew(bucket))
      .map((bucket) => {
        const users = accounts.filter(({ trails }) => trails.some((trail) => trail.bucket === bucket));
        return {
          name: String(bucket.bucketName),
          ...(!isOnBucket && { folderIds: distinct(users.flatMap(({ folderIds }) => folderIds)) }),
          keyIds: distinct(users.flatMap(({ keyIds }) => keyIds)),
          uploads: distinct(
            users.flatMap(({ id, trails }) =>
              trails
                .filter((trail) => trail.bucket === bucket)
                .map(({ settings }) => ({ accountId: id, prefix: String(settings.objectPrefix ?? "") })),
            ),
          ),
        };
      }),
    soleUploads: isOnBucket
      ? plan.buckets.map((bucket) => ({
          bucketName: String(bucket.bucketName),
          accountIds: accounts
            .filter(({ trails }) => trails.some((trail) => trail.bucket === bucket))
            .flatMap(({ id }) => id ?? []),
        }))
      : [],
    existingAccountIds: distinct(accounts.flatMap(({ isExisting, id }) => (isExisting && id ? [id] : []))),
    keyIds: distinct([...ownKeys.map(({ id }) => id), ...accounts.flatMap(({ keyIds }) => keyIds)]),
    open: [],
  };
}

/** What is known of a set-up for which there is no stack. */
export interface Ids {
  readonly organizationId: string;
  readonly folderId: string;
  readonly bucketName: string;
  readonly bucketFolderId?: string;
  readonly keyId?: string;
  readonly serviceAccountId?: string;
}

/** The plan of what the components make by default: one trail of the organization, with what it needs. */
export function planOfIds({ keyId, ...ids }: Ids): Plan {
  const noKey = ids.bucketFolderId ? { key: Encryption.None } : undefined;
  return planOfArgs({ ...ids, encryption: keyId ? { key: Encryption.Existing, keyId } : noKey });
}
