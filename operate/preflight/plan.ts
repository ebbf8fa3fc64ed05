import type { Resource } from "../../api/bindings";
import type { AuditTrailsArgs } from "../../components/auditTrails/args";
import { AuditTrailsPlan, type BucketPlan } from "../../components/auditTrails/plan";
import { knownIds } from "../../components/bucket/policy";
import { Encryption, UploaderPlace } from "../../components/choices";
import { distinctBy } from "../../components/distinct";
import { nounOf, place, typeOf } from "../../components/places";
import { keyRoles, rolesNeeded, trailRoles } from "../../components/roles";
import { collectedBy } from "../stack/collected";
import type { Resource as StackResource } from "../stack/engineJson";
import { type Kind, resourceTypes } from "../stack/kinds";
import { accessOf } from "../stack/ownPolicy";
import { type Grant, isOfStack, isOpen, StackView } from "../stack/stackView";
import { isOurs } from "../stack/urn";
import { at, textOf } from "../stack/values";

/** A new or existing resource with a name in a folder. */
export interface PlannedPart {
  readonly name: string;
  readonly folderId: string;
  /** True if it will be created. */
  readonly isNew: boolean;
}

export interface PlannedBucket extends PlannedPart {
  /**
   * Ids of the administrators in its policy; `unknown` if the policy is not known before the update, or if another tool wrote
   * it. Absent for a bucket without a policy.
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

/** Planned uploads of a trail into an existing bucket. */
export interface Upload {
  /** The trail's account; absent if it does not exist yet. */
  readonly accountId?: string;
  /** Prefix of the keys of its log objects. */
  readonly prefix: string;
}

/** A role that an account of the trails gets on an existing resource. */
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
  /** Buckets on which the trails' accounts alone are to have the role to upload. */
  readonly soleUploads: readonly SoleUpload[];
  readonly existingAccountIds: readonly string[];
  /** Keys outside of the stack that it uses, and existing keys of the stack. */
  readonly keyIds: readonly string[];
  /** Names of resources with inputs that are not known before the update. */
  readonly open: readonly string[];
}

const distinctOf = <T>(all: readonly T[]): T[] => distinctBy(all, (one) => JSON.stringify(one));
const isText = (text: string | undefined): text is string => text !== undefined;

/**
 * Returns the plan of a stack from its planned resources. A resource without an id is new.
 *
 * @param administrators Administrators for policies that are not known before the update, if the configuration names them.
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
  ): (PlannedPart & { readonly of: StackResource })[] =>
    all.flatMap((of) => {
      const [name, folderId] = [textOf(of.inputs[nameInput]), textOf(of.inputs.folderId)];
      if (name !== undefined && folderId !== undefined)
        return [{ name, folderId, isNew: of.id === undefined, of }];
      open.push(nameOf(of));
      return [];
    });
  const bare = ({ name, folderId, isNew }: PlannedPart): PlannedPart => ({ name, folderId, isNew });

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
      distinctOf(
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
      uploads: distinctOf(uploads),
    };
  });

  for (const { resource, on } of grants) if (isOpen(on)) open.push(nameOf(resource));
  const onExisting = grants.flatMap(({ role, on, onWhat }) => {
    const type = typeOf(onWhat);
    // A new bucket has a name before it exists.
    const isThere =
      onWhat !== "bucket" || view.inStack(on) === undefined || view.inStack(on)?.id !== undefined;
    return type && on.id !== undefined && isThere ? [{ role, on: { type, id: on.id } }] : [];
  });
  const keys = view.all("key");
  const scopes = trails.flatMap((trail) =>
    collectedBy(trail).flatMap(({ scope }) => {
      if (scope === undefined) open.push(nameOf(trail));
      const [what = "", id = ""] = scope?.split(" ") ?? [];
      const type = typeOf(what);
      return type ? [{ type, id }] : [];
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
    keyFolderIds: distinctOf(keys.map(({ inputs }) => textOf(inputs.folderId)).filter(isText)),
    scopes: distinctOf(scopes),
    grants: distinctOf(onExisting),
    existingBuckets,
    soleUploads: grants.flatMap(({ role, on, onWhat, members }) => {
      const bucketName = on.id ?? textOf(view.inStack(on)?.inputs.bucket);
      if (role !== trailRoles.bucket || onWhat !== "bucket" || bucketName === undefined) return [];
      const ids = members.map(
        (member) => view.inStack(member)?.id ?? member.id?.replace(/^serviceAccount:/, ""),
      );
      return [{ bucketName, accountIds: ids.filter(isText) }];
    }),
    existingAccountIds: distinctOf(
      trails.flatMap((trail) => {
        const { urn, id } = view.accountOf(trail);
        return urn === undefined && id !== undefined ? [id] : [];
      }),
    ),
    keyIds: distinctOf([
      ...keys.flatMap(({ id }) => id ?? []),
      ...onExisting.filter(({ on }) => nounOf(on.type) === "key").map(({ on }) => on.id),
    ]),
    open: distinctOf(open),
  };
}

const nameOf = ({ urn }: StackResource): string => urn.split("::").at(-1) ?? urn;

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
export function planOfArgs(args: AuditTrailsArgs, own: readonly Existing[] = []): Plan {
  const plan = new AuditTrailsPlan(args);
  const folderId = String(args.folderId);
  const ownOf = (kind: Kind) =>
    own.filter(({ type }) => type === resourceTypes[kind]).map(({ outputs }) => outputs);
  const made = (kind: Kind, name: unknown): PlannedPart => {
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
  const key = (id: string): Resource => place("key", id);
  const ownKeys = ownOf("key").flatMap(({ id }) => (typeof id === "string" ? [key(id)] : []));
  const isOnBucket = args.roles?.uploader === UploaderPlace.Bucket;
  // On existing buckets: whoever creates a bucket may grant roles on it.
  const onBuckets = plan.buckets
    .filter((bucket) => !isNew(bucket) || !made("bucket", bucket.bucketName).isNew)
    .map(({ bucketName }) => ({ bucket: place("bucket", String(bucketName)) }));
  const needs = rolesNeeded(
    {
      scopes,
      buckets: isOnBucket
        ? onBuckets
        : accounts.flatMap(({ folderIds }) => folderIds).map((id) => ({ folder: place("folder", id) })),
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
    scopes: distinctOf(scopes),
    grants: distinctOf(needs.map(({ role, on: [on] }) => ({ role, on }))),
    existingBuckets: distinctOf(plan.trails.map(({ bucket }) => bucket))
      .filter((bucket) => !isNew(bucket))
      .map((bucket) => {
        const users = accounts.filter(({ trails }) => trails.some((trail) => trail.bucket === bucket));
        return {
          name: String(bucket.bucketName),
          ...(!isOnBucket && { folderIds: distinctOf(users.flatMap(({ folderIds }) => folderIds)) }),
          keyIds: distinctOf(users.flatMap(({ keyIds }) => keyIds)),
          uploads: distinctOf(
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
    existingAccountIds: distinctOf(accounts.flatMap(({ isExisting, id }) => (isExisting && id ? [id] : []))),
    keyIds: distinctOf([...ownKeys.map(({ id }) => id), ...accounts.flatMap(({ keyIds }) => keyIds)]),
    open: [],
  };
}

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
