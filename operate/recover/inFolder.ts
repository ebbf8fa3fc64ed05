import { listBuckets, readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { listKeys } from "../../api/keys";
import { listServiceAccounts } from "../../api/serviceAccounts";
import { listTrails } from "../../api/trails";
import type { Kind } from "../stack/stackView";
import { describedMarks, type Marks, tagsOf } from "./marks";

/** Something in the cloud that may be the stack's. */
export interface CloudResource {
  readonly id: string;
  readonly name: string;
  readonly createdAt?: Date;
  /** Whose it says that it is: by its labels, its tags or its description. */
  readonly marks: () => Promise<Marks>;
}

type List = (folderId: string, cloud: CloudApi) => Promise<readonly CloudResource[]>;

/**
 * What a folder holds, by kind. A key that is disabled or about to be deleted is left out. Each throws a ServiceError if the cloud
 * does not say.
 */
export const inFolder: Readonly<Record<Kind, List>> = {
  trail: async (folderId, cloud) =>
    (await listTrails(folderId, cloud)).map(({ id, name, createdAt, labels }) => ({
      ...{ id, name, createdAt },
      marks: async () => labels,
    })),
  account: async (folderId, cloud) =>
    (await listServiceAccounts(folderId, cloud)).map(({ id, name, createdAt, description }) => ({
      ...{ id, name, createdAt },
      marks: async () => describedMarks(description),
    })),
  bucket: async (folderId, cloud) =>
    (await listBuckets(folderId, cloud)).map(({ name, createdAt }) => ({
      ...{ id: name, name, createdAt },
      // The list is without tags.
      marks: async () => tagsOf(await readBucket(name, cloud)),
    })),
  key: async (folderId, cloud) => {
    const { SymmetricKey_Status: status } = await import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key");
    return (await listKeys(folderId, cloud))
      .filter((key) => key.status === status.ACTIVE)
      .map(({ id, name, createdAt, labels }) => ({ ...{ id, name, createdAt }, marks: async () => labels }));
  },
};
