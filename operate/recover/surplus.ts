import { bindingsOf, isGranted } from "../../api/bindings";
import { isBucketEmpty, isEncryptedWith, listBuckets, readBucket } from "../../api/buckets";
import { type CloudApi, failureText } from "../../api/connection";
import { encryptedSince } from "../../api/encryptedObjects";
import { listKeys } from "../../api/keys";
import { listServiceAccounts } from "../../api/serviceAccounts";
import { listTrails } from "../../api/trails";
import type { Resource } from "../engine/json";
import { type Kind, textOf } from "../engine/world";
import { describedMarks, isMarked, type Marks, marksOf, tagsOf } from "./marks";
import { clockSkew, type Updates } from "./updates";

/** What has the stack's marks, and is not in its state. */
export interface Surplus {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly folderId: string;
  readonly createdAt?: Date;
  /** Why deleting it may lose something; absent if nothing was found that it may lose. */
  readonly doubt?: string;
}

interface Named {
  readonly createdAt?: Date;
  readonly id: string;
  readonly name: string;
  readonly marks: Marks;
}

interface Place {
  readonly folderId: string;
  readonly updates: Updates;
}

interface SurplusKind {
  /** What a folder holds that no update made which ended. */
  readonly list: (place: Place, cloud: CloudApi) => Promise<readonly Named[]>;
  readonly doubt?: (found: Named, folderId: string, cloud: CloudApi) => Promise<string | undefined>;
}

const kinds: Readonly<Record<Kind, SurplusKind>> = {
  trail: {
    list: async ({ folderId, updates }, cloud) =>
      (await listTrails(folderId, cloud))
        .filter(({ createdAt }) => updates.isLeftOver(createdAt))
        .map((trail) => ({ ...trail, marks: trail.labels })),
  },
  account: {
    list: async ({ folderId, updates }, cloud) =>
      (await listServiceAccounts(folderId, cloud))
        .filter(({ createdAt }) => updates.isLeftOver(createdAt))
        .map((account) => ({ ...account, marks: describedMarks(account.description) })),
    doubt: async ({ id }, folderId, cloud) => {
      const user = (await listTrails(folderId, cloud)).find(
        ({ serviceAccountId }) => serviceAccountId === id,
      );
      return user && `trail ${user.id} works with it`;
    },
  },
  bucket: {
    list: async ({ folderId, updates }, cloud) => {
      const made = (await listBuckets(folderId, cloud)).filter(({ createdAt }) =>
        updates.isLeftOver(createdAt),
      );
      const read = await Promise.all(made.map(({ name }) => readBucket(name, cloud)));
      return read.flatMap((bucket) =>
        bucket ? [{ id: bucket.name, name: bucket.name, marks: tagsOf(bucket) }] : [],
      );
    },
    doubt: async ({ name }, _folderId, cloud) =>
      (await isBucketEmpty(name, cloud)) ? undefined : "it holds objects",
  },
  key: {
    list: async ({ folderId, updates }, cloud) => {
      const { SymmetricKey_Status: status } = await import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key");
      return (await listKeys(folderId, cloud))
        .filter((key) => key.status === status.ACTIVE && updates.isLeftOver(key.createdAt))
        .map((key) => ({ ...key, marks: key.labels }));
    },
    doubt: doubtAboutKey,
  },
};

/**
 * What has the stack's marks, is not in the state, and was made since the last update that succeeded, or by no update that ended.
 *
 * @param own The stack's resources by kind: those in the state, and those that it is about to have.
 * @param ids What the state has, and is about to have.
 * @throws {ServiceError} if the cloud does not say.
 */
export async function surplusOf(
  own: (kind: Kind) => readonly Resource[],
  ids: ReadonlySet<string>,
  updates: Updates,
  cloud: CloudApi,
): Promise<Surplus[]> {
  const found: Surplus[] = [];
  for (const [kind, { list, doubt }] of Object.entries(kinds) as [Kind, SurplusKind][]) {
    const marks = own(kind).map(marksOf);
    const folderIds = new Set(own(kind).flatMap(({ inputs }) => textOf(inputs.folderId) ?? []));
    for (const folderId of folderIds)
      for (const one of await list({ folderId, updates }, cloud))
        if (!ids.has(one.id) && marks.some((wanted) => isMarked(one.marks, wanted)))
          found.push({ kind, folderId, ...pick(one), doubt: await doubt?.(one, folderId, cloud) });
  }
  return found;
}

/** Roles that let encrypt with the keys of a folder, for that alone. */
const encrypters = /^kms\.keys\.encrypter/;

/** Why something may be encrypted with a key; nothing if nothing is found. */
export async function doubtAboutKey(
  { id, createdAt }: Pick<Named, "id" | "createdAt">,
  folderId: string,
  cloud: CloudApi,
): Promise<string | undefined> {
  if (await isGranted({ type: "kms.symmetricKey", id }, cloud)) return "somebody has a role on it";
  for await (const { roleId } of bindingsOf({ type: "resource-manager.folder", id: folderId }, cloud))
    if (encrypters.test(roleId))
      return `somebody has the role ${roleId} on its folder, and may have encrypted with it`;
  const since = new Date((createdAt?.getTime() ?? 0) - clockSkew);
  for (const { name } of await listBuckets(folderId, cloud)) {
    const bucket = await readBucket(name, cloud);
    if (bucket && isEncryptedWith(bucket, id)) return `bucket ${name} is encrypted with it`;
    try {
      const { object, isWhole } = await encryptedSince(name, id, since, cloud);
      if (object !== undefined) return `object ${object} of bucket ${name} is encrypted with it`;
      if (!isWhole) return `bucket ${name} holds too many objects to look at each`;
    } catch (error) {
      return `what encrypts the objects of bucket ${name} cannot be read: ${failureText(error)}`;
    }
  }
  return undefined;
}

const pick = ({ id, name, createdAt }: Named) => ({ id, name, createdAt });
