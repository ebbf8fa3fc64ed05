import { type AccountKey, listAccountKeys } from "../../api/accountKeys";
import { bindingsOf, type Resource } from "../../api/bindings";
import { type BucketSettings, keyIdOf, readBucketSettings } from "../../api/bucketSettings";
import { firstKeyOutside, isEncryptedWith, listBuckets, readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { each } from "../../api/each";
import { ifFound, isForbidden } from "../../api/failures";
import { cloudIdsIn, folderIdsIn, readContainer } from "../../api/hierarchy";
import { type KeyState, readKey } from "../../api/keys";
import { readServiceAccount } from "../../api/serviceAccounts";
import { listTrails, partsOf, readTrail, type TrailState } from "../../api/trails";
import { distinct } from "../../components/distinct";
import { objectKeyPrefixOf } from "../../components/objectPrefix";
import { nounOf, place } from "../../components/places";
import { otherUploaders } from "../../components/soleUploads";

/** Bucket, and signs that others than the trails use it. */
export interface ExistingBucket {
  readonly settings: BucketSettings;
  /** Key of an object that is not a log of the trails; absent if there is none. */
  readonly otherKey?: string;
  /** Holders of the upload role on the bucket, without the trails' accounts; undefined if the roles on the bucket cannot be read. */
  readonly otherUploaders?: readonly string[];
}

/** KMS key, and other buckets that it encrypts. */
export interface ExistingKey extends KeyState {
  /** Names of other buckets in the key's folder that the key encrypts. */
  readonly otherBuckets: readonly string[];
}

/** Service account. */
interface ExistingAccount {
  readonly folderId: string;
  readonly name: string;
  readonly description: string;
}

/** Role of one of the accounts. */
interface ExistingGrant {
  readonly role: string;
  readonly on: Resource;
  readonly accountId: string;
}

/** Trail that is not adopted: in the same folders, or a visible one elsewhere in the organization. */
interface OtherTrail {
  readonly name: string;
  readonly folderId: string;
  readonly bucketName?: string;
  readonly serviceAccountId: string;
}

/** Trails and the resources that they use. A resource that does not exist is undefined. */
export interface ExistingSetUp {
  readonly trails: ReadonlyMap<string, TrailState | undefined>;
  readonly otherTrails: readonly OtherTrail[];
  readonly buckets: ReadonlyMap<string, ExistingBucket | undefined>;
  readonly keys: ReadonlyMap<string, ExistingKey | undefined>;
  readonly accounts: ReadonlyMap<string, ExistingAccount | undefined>;
  /** Keys by account; undefined if they may not be listed. */
  readonly accountKeys: ReadonlyMap<string, readonly AccountKey[] | undefined>;
  /** Grants to the accounts. Grants on clouds and organizations are missing if they may not be read. */
  readonly grants: readonly ExistingGrant[];
  /** Organizations by folder; undefined if they may not be read. */
  readonly organizations: ReadonlyMap<string, string | undefined>;
}

/**
 * Reads trails and the resources that they use. It changes nothing.
 *
 * @throws {ServiceError} if a call fails.
 */
export async function readSetUp(trailIds: readonly string[], cloud: CloudApi): Promise<ExistingSetUp> {
  const trails = await readEach(trailIds, (id) => ifFound(readTrail(id, cloud)));
  const there = [...trails].flatMap(([id, trail]) => (trail ? [{ id, trail, ...partsOf(trail) }] : []));
  const trailFolders = distinct(there.flatMap(({ trail }) => trail.folderId ?? []));

  const bucketNames = distinct(there.flatMap(({ bucketName }) => bucketName || []));
  const buckets = await readEach(bucketNames, async (name) => {
    const settings = await readBucketSettings(name, cloud);
    const logs = there.filter(({ bucketName }) => bucketName === name);
    const members = logs.map(({ serviceAccountId }) => `serviceAccount:${serviceAccountId}`);
    return (
      settings && {
        settings,
        otherUploaders: settings.resourceId
          ? await unlessForbidden(otherUploaders(settings.resourceId, members, cloud), undefined)
          : undefined,
        otherKey: await firstKeyOutside(
          name,
          logs.map(({ id, trail }) => objectKeyPrefixOf(id, trail.destination?.objectStorage?.objectPrefix)),
          cloud,
        ),
      }
    );
  });
  const accountIds = distinct(there.map(({ serviceAccountId }) => serviceAccountId));
  const accounts = await readEach(accountIds, (id) => readServiceAccount(id, cloud));
  const accountKeys = await readEach(accountIds, (id) =>
    unlessForbidden(listAccountKeys(id, cloud), undefined),
  );

  const keyIds = [...buckets.values()].flatMap((bucket) => (bucket && keyIdOf(bucket.settings)) ?? []);
  const keys = await readEach(distinct(keyIds), (id) => readKeyWithUsers(id, bucketNames, cloud));

  const folderIds = distinct(
    [
      ...there.map(({ trail }) => trail.folderId),
      ...[...buckets.values()].map((bucket) => bucket?.settings.folderId),
    ].flatMap((id) => id ?? []),
  );
  const hierarchy = await readEach(folderIds, (id) => placesAround(id, cloud));
  const organizations = new Map(
    [...hierarchy].map(([id, around]) => [
      id,
      around.find(({ type }) => nounOf(type) === "organization")?.id,
    ]),
  );
  const elsewhere = await foldersBeside(trailFolders, distinct([...organizations.values()]), cloud);
  const listedTrails = (await Promise.all(trailFolders.map((id) => listTrails(id, cloud)))).flat();
  await each(elsewhere, async (id) => {
    listedTrails.push(...(await unlessForbidden(listTrails(id, cloud), [])));
  });
  const otherTrails = listedTrails
    .filter(({ id }) => !trails.has(id))
    .map(({ name, folderId, destination, serviceAccountId }) => ({
      ...{ name, folderId, serviceAccountId, bucketName: destination?.objectStorage?.bucketId },
    }));
  const needed: Resource[] = [
    ...there.flatMap(({ scopes }) => scopes),
    ...folderIds.map((id) => place("folder", id)),
    ...[...keys].flatMap(([id, found]) => (found ? [place("key", id)] : [])),
  ];
  const further: Resource[] = [
    ...[...hierarchy.values()].flat(),
    ...[...buckets.values()].flatMap((bucket) =>
      bucket?.settings.resourceId ? [{ type: "storage.bucket", id: bucket.settings.resourceId }] : [],
    ),
  ];
  const grants: ExistingGrant[] = [];
  const isNeeded = (place: Resource) => needed.some(({ id }) => id === place.id);
  for (const on of new Map([...needed, ...further].map((place) => [place.id, place])).values()) {
    const roles = rolesOn(on, accountIds, cloud);
    grants.push(...(await (isNeeded(on) ? roles : unlessForbidden(roles, []))));
  }
  return { trails, otherTrails, buckets, keys, accounts, accountKeys, grants, organizations };
}

/** Returns the ids of other visible folders of the organizations. Their trails may use the same account or bucket. */
async function foldersBeside(
  folderIds: readonly string[],
  organizationIds: readonly (string | undefined)[],
  cloud: CloudApi,
): Promise<string[]> {
  const clouds = await Promise.all(
    organizationIds.map((id) => (id ? unlessForbidden(cloudIdsIn(id, cloud), []) : [])),
  );
  const folders = await Promise.all(clouds.flat().map((id) => unlessForbidden(folderIdsIn(id, cloud), [])));
  return folders.flat().filter((id) => !folderIds.includes(id));
}

/** Returns the cloud and the organization of a folder, as far as they may be read. */
async function placesAround(folderId: string, cloud: CloudApi): Promise<Resource[]> {
  const cloudId = (await readContainer(place("folder", folderId), cloud))?.parentId;
  if (!cloudId) return [];
  const around = place("cloud", cloudId);
  const id = (await unlessForbidden(readContainer(around, cloud), undefined))?.parentId;
  return id ? [around, place("organization", id)] : [around];
}

async function rolesOn(
  on: Resource,
  accountIds: readonly string[],
  cloud: CloudApi,
): Promise<ExistingGrant[]> {
  const grants: ExistingGrant[] = [];
  for await (const { roleId: role, subject } of bindingsOf(on, cloud))
    if (subject?.type === "serviceAccount" && accountIds.includes(subject.id))
      grants.push({ role, on, accountId: subject.id });
  return grants;
}

const unlessForbidden = <T, Otherwise>(task: Promise<T>, otherwise: Otherwise): Promise<T | Otherwise> =>
  task.catch((error: unknown) => {
    if (isForbidden(error)) return otherwise;
    throw error;
  });

async function readKeyWithUsers(
  id: string,
  bucketNames: readonly string[],
  cloud: CloudApi,
): Promise<ExistingKey | undefined> {
  const state = await readKey(id, cloud);
  if (!state) return undefined;
  const others = (await listBuckets(state.folderId, cloud)).filter(({ name }) => !bucketNames.includes(name));
  const otherBuckets: string[] = [];
  for (const { name } of others) {
    const bucket = await readBucket(name, cloud);
    if (bucket && isEncryptedWith(bucket, id)) otherBuckets.push(name);
  }
  return { ...state, otherBuckets };
}

async function readEach<T>(
  ids: readonly string[],
  read: (id: string) => Promise<T>,
): Promise<Map<string, T>> {
  return new Map(await Promise.all(ids.map(async (id) => [id, await read(id)] as const)));
}
