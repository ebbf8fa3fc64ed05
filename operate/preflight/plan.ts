import type { Resource } from "../../api/bindings";
import { trailRoles } from "../../components/roles";
import type { Resource as StackResource } from "../engine/json";
import { isOurs } from "../engine/urn";
import { accessOf, collectedBy, type Grant, isOfStack, isOpen, textOf, World } from "../engine/world";

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
  /** Folders on which the trails' accounts may upload. */
  readonly folderIds: readonly string[];
  /** Keys that the trails' accounts may use. */
  readonly keyIds: readonly string[];
}

/** A role that an account of the trails is to have on something that exists. */
interface PlannedGrant {
  readonly role: string;
  readonly on: Resource;
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
  const world = new World(resources);
  const [trails, buckets] = [world.all("trail"), world.all("bucket")];
  const accounts = world.all("account").filter(isOfStack);
  const isInLibrary = ({ resource }: Grant) => isOurs(resource.urn);
  const grants = world.grants().filter(isInLibrary);
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
    const { urn, id } = world.bucketOf(trail);
    if (urn !== undefined) return [];
    if (id === undefined) open.push(nameOf(trail));
    return id === undefined ? [] : [{ name: id, trail }];
  });
  const existingBuckets = [...new Set(existing.map(({ name }) => name))].map((name) => {
    const uses = existing
      .filter((one) => one.name === name)
      .flatMap(({ trail }) => world.grantsOf(world.accountOf(trail)).filter(isInLibrary));
    const on = (role: string) =>
      distinct(uses.filter((grant) => grant.role === role).map((grant) => grant.on.id)).filter(isText);
    return { name, folderIds: on(trailRoles.bucket), keyIds: on(trailRoles.key) };
  });

  for (const { resource, on } of grants) if (isOpen(on)) open.push(nameOf(resource));
  const onExisting = grants.flatMap(({ role, on, onWhat }) => {
    const type = types[onWhat];
    return type && on.id !== undefined ? [{ role, on: { type, id: on.id } }] : [];
  });
  const keys = world.all("key");
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
      const policy = world.policyOf(bucket.of);
      if (!policy) return bare(bucket);
      const access = typeof policy === "string" ? accessOf(policy, bucket.name) : undefined;
      return { ...bare(bucket), administrators: access?.administrators ?? administrators ?? "unknown" };
    }),
    accounts: made(accounts, "name").map(bare),
    keyFolderIds: distinct(keys.map(({ inputs }) => textOf(inputs.folderId)).filter(isText)),
    scopes: distinct(scopes),
    grants: distinct(onExisting),
    existingBuckets,
    existingAccountIds: distinct(
      trails.flatMap((trail) => {
        const { urn, id } = world.accountOf(trail);
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
export function planOfIds(ids: Ids): Plan {
  const { organizationId, folderId, bucketName, bucketFolderId, keyId, serviceAccountId } = ids;
  const organization = { type: "organization-manager.organization", id: organizationId };
  const made = (name: string) => ({ name, folderId, isNew: true });
  return {
    trails: [made("audit-trails-organization")],
    buckets: bucketFolderId ? [] : [made(bucketName)],
    accounts: serviceAccountId ? [] : [made("audit-trails-account")],
    keyFolderIds: bucketFolderId || keyId ? [] : [folderId],
    scopes: [organization],
    grants: [
      { role: trailRoles.scope, on: organization },
      { role: trailRoles.bucket, on: folder(bucketFolderId ?? folderId) },
      ...(keyId ? [{ role: trailRoles.key, on: { type: "kms.symmetricKey", id: keyId } }] : []),
    ],
    existingBuckets: bucketFolderId
      ? [{ name: bucketName, folderIds: [bucketFolderId], keyIds: keyId ? [keyId] : [] }]
      : [],
    existingAccountIds: serviceAccountId ? [serviceAccountId] : [],
    keyIds: keyId ? [keyId] : [],
    open: [],
  };
}
