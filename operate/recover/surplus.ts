import { bindingsOf, isGranted } from "../../api/bindings";
import { isBucketEmpty, isEncryptedWith, listBuckets, readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { encryptedSince } from "../../api/encryptedObjects";
import { failureText, unlessCloudFails } from "../../api/failures";
import { deleteKey } from "../../api/keys";
import { listTrails } from "../../api/trails";
import { withProgress } from "../progress";
import type { Resource } from "../stack/engineJson";
import type { Kind } from "../stack/kinds";
import { textOf } from "../stack/values";
import { type CloudResource, inFolder } from "./inFolder";
import { isMarked, marksOf } from "./marks";
import { clockSkew, type Updates } from "./updates";

/** A leftover: a resource with the stack's marks that is not in its state. */
export interface Surplus {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly folderId: string;
  readonly createdAt?: Date;
  /** Reason why the deletion of the leftover may lose data; absent if none was found. */
  readonly doubt?: string;
}

type Doubt = (found: CloudResource, folderId: string, cloud: CloudApi) => Promise<string | undefined>;

const doubts: Readonly<Partial<Record<Kind, Doubt>>> = {
  account: async ({ id }, folderId, cloud) => {
    const user = (await listTrails(folderId, cloud)).find(({ serviceAccountId }) => serviceAccountId === id);
    return user && `trail ${user.id} uses the account`;
  },
  bucket: async ({ name }, _folderId, cloud) =>
    (await isBucketEmpty(name, cloud)) ? undefined : "the bucket holds objects",
  key: doubtAboutKey,
};

/**
 * Finds leftovers: resources with the stack's marks that are not in the state. No update that succeeded is known to have
 * created them.
 *
 * @param own The stack's resources by kind: those in the state, and those that recover will import.
 * @param known Ids that are in the state, that recover will import, or that were in the state at the end of an update.
 * @throws {ServiceError} if a call fails.
 */
export async function surplusOf(
  own: (kind: Kind) => readonly Resource[],
  known: ReadonlySet<string>,
  updates: Updates,
  cloud: CloudApi,
): Promise<Surplus[]> {
  const surplus: Surplus[] = [];
  for (const [kind, list] of Object.entries(inFolder) as [Kind, (typeof inFolder)[Kind]][]) {
    const wanted = own(kind).map(marksOf);
    const folderIds = new Set(own(kind).flatMap(({ inputs }) => textOf(inputs.folderId) ?? []));
    for (const folderId of folderIds)
      for (const found of await list(folderId, cloud)) {
        const { id, name, createdAt, marks } = found;
        if (known.has(id) || !updates.isLeftOver(createdAt)) continue;
        const marked = await marks();
        if (!wanted.some((one) => isMarked(marked, one))) continue;
        const doubt = await doubts[kind]?.(found, folderId, cloud);
        surplus.push({ kind, id, name, folderId, createdAt, doubt });
      }
  }
  return surplus;
}

/** Roles whose only purpose is encryption with the keys of a folder. */
const encrypters = /^kms\.keys\.encrypter/;

/** Returns a reason why data may be encrypted with a key; undefined if none was found. */
async function doubtAboutKey(
  { id, createdAt }: Pick<CloudResource, "id" | "createdAt">,
  folderId: string,
  cloud: CloudApi,
): Promise<string | undefined> {
  if (await isGranted({ type: "kms.symmetricKey", id }, cloud)) return "somebody has a role on the key";
  for await (const { roleId } of bindingsOf({ type: "resource-manager.folder", id: folderId }, cloud))
    if (encrypters.test(roleId))
      return `somebody has the role ${roleId} on the key's folder, and may have encrypted data with the key`;
  const since = new Date((createdAt?.getTime() ?? 0) - clockSkew);
  for (const { name } of await listBuckets(folderId, cloud)) {
    const bucket = await readBucket(name, cloud);
    if (bucket && isEncryptedWith(bucket, id)) return `bucket ${name} is encrypted with the key`;
    const read = await unlessCloudFails(encryptedSince(name, id, since, cloud), failureText);
    if (typeof read === "string")
      return `the encryption of the objects in bucket ${name} cannot be read: ${read}`;
    const { object, isWhole } = read;
    if (object !== undefined) return `object ${object} of bucket ${name} is encrypted with the key`;
    if (!isWhole) return `bucket ${name} holds too many objects to check each`;
  }
  return undefined;
}

/**
 * Deletes a leftover key, unless data may be encrypted with it.
 *
 * @returns the reason why it was not deleted; undefined if it was.
 */
export async function deleteSurplusKey(key: Surplus, cloud: CloudApi): Promise<string | undefined> {
  // Since the leftovers were read, something may have been encrypted with it.
  const doubt = await unlessCloudFails(doubtAboutKey(key, key.folderId, cloud), failureText);
  if (doubt) return doubt;
  return unlessCloudFails(
    withProgress("Deleting a surplus key", deleteKey(key.id, cloud)).then(() => undefined),
    (error) => `${failureText(error)}; the key's deletion protection may be off now`,
  );
}
