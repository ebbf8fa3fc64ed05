import { listBuckets, readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { listKeys } from "../../api/keys";
import { listServiceAccounts } from "../../api/serviceAccounts";
import { listTrails } from "../../api/trails";
import type { Kind } from "../stack/kinds";
import { describedMarks, type Marks, tagsOf } from "./marks";

/** Resource in the cloud that may belong to the stack. */
export interface CloudResource {
  readonly id: string;
  readonly name: string;
  readonly createdAt?: Date;
  /** Reads the owner of the resource from its labels, tags or description. */
  readonly marks: () => Promise<Marks>;
}

type List = (folderId: string, cloud: CloudApi) => Promise<readonly CloudResource[]>;

/**
 * Functions that list the resources of a folder, by kind. Keys that are disabled or scheduled for deletion are left out. Each
 * function throws a ServiceError if the call fails.
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
      // The list has no tags.
      marks: async () => tagsOf(await readBucket(name, cloud)),
    })),
  key: async (folderId, cloud) => {
    const { SymmetricKey_Status: status } = await import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key");
    return (await listKeys(folderId, cloud))
      .filter((key) => key.status === status.ACTIVE)
      .map(({ id, name, createdAt, labels }) => ({ ...{ id, name, createdAt }, marks: async () => labels }));
  },
};
