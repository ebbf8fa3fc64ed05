import { isGranted } from "../../api/bindings";
import { listBuckets, readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { listKeys } from "../../api/keys";
import type { Resource } from "../engine/json";
import { textOf } from "../engine/world";
import { isMadeSince, marksOf, ownerMarks } from "./search";

/** A key that an interrupted update made, and that the stack does not use. */
export interface SurplusKey {
  readonly id: string;
  readonly name: string;
  /** Why it is not certain that nothing is encrypted with it; absent if nothing was found that may be. */
  readonly doubt?: string;
}

/**
 * Keys that have this stack's marks and a name of its keys, were made since the last update that succeeded, and are not in the
 * state.
 *
 * @param keys The stack's keys: those in the state, and those that it is about to have.
 * @param ids What the state has, and is about to have.
 * @throws {ServiceError} if the cloud does not say.
 */
export async function surplusKeys(
  keys: readonly Resource[],
  ids: ReadonlySet<string>,
  since: Date | undefined,
  cloud: CloudApi,
): Promise<SurplusKey[]> {
  const { SymmetricKey_Status: status } = await import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key");
  const found: SurplusKey[] = [];
  for (const folderId of new Set(keys.flatMap(({ inputs }) => textOf(inputs.folderId) ?? []))) {
    const surplus = (await listKeys(folderId, cloud)).filter(
      (key) =>
        !ids.has(key.id) &&
        key.status === status.ACTIVE &&
        isMadeSince(key.createdAt, since) &&
        keys.some(
          (own) =>
            own.inputs.name === key.name &&
            ownerMarks.every((name) => key.labels[name] && key.labels[name] === marksOf(own)[name]),
        ),
    );
    for (const { id, name } of surplus)
      found.push({ id, name, doubt: await doubtAbout(id, folderId, cloud) });
  }
  return found;
}

async function doubtAbout(keyId: string, folderId: string, cloud: CloudApi): Promise<string | undefined> {
  if (await isGranted({ type: "kms.symmetricKey", id: keyId }, cloud)) return "somebody has a role on it";
  for (const bucketName of await listBuckets(folderId, cloud)) {
    const bucket = await readBucket(bucketName, cloud);
    if (bucket?.encryption?.rules.some(({ kmsMasterKeyId }) => kmsMasterKeyId === keyId))
      return `bucket ${bucketName} is encrypted with it`;
  }
  return undefined;
}
