import { CloudError } from "./errors";
import type { Quotas } from "./limits";
import type { ResourceTree } from "./resourceManager/resourceTree";

/** Services of the cloud that this one uses. */
interface Needs {
  readonly tree: ResourceTree;
  readonly quotas: Quotas;
  readonly buckets: { all(): readonly { readonly name: string; readonly folderId: string }[] };
  readonly objects: { usedBytes(bucketName: string): number };
}

/** Use of quotas by clouds. */
export class QuotaUse {
  constructor(private readonly cloud: Needs) {}

  /** Checks a quota of the folder's cloud. @throws {CloudError} RESOURCE_EXHAUSTED if it is used up. */
  require(quota: Exclude<keyof Quotas, "storageBytes">, folderId: string, type: string): void {
    const { tree, quotas } = this.cloud;
    if (tree.count(type, tree.cloudOf(folderId)) >= quotas[quota])
      throw new CloudError("RESOURCE_EXHAUSTED", `Quota of ${quotas[quota]} ${quota} is used up`);
  }

  /** Returns the bytes that the buckets of the folder's cloud can still store. */
  storageLeft(folderId: string): number {
    const { tree, quotas, buckets, objects } = this.cloud;
    const cloudId = tree.cloudOf(folderId);
    const inCloud = buckets.all().filter((bucket) => tree.cloudOf(bucket.folderId) === cloudId);
    return quotas.storageBytes - inCloud.reduce((sum, { name }) => sum + objects.usedBytes(name), 0);
  }
}
