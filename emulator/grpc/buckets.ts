import type { Cloud } from "../backend/cloud";
import { maskedFields } from "../backend/fieldMask";
import { messageOf, type Bucket as StoredBucket } from "../backend/storage/bucket";
import type { HttpsRequest } from "../backend/storage/bucketHttps";
import { bucketStatistics } from "../backend/storage/bucketStatistics";
import { accessBindingMethods } from "./accessBindings";
import { type InFolder, listIn } from "./listing";
import { immediateOperation, type Masked, type Service } from "./service";

interface Named {
  readonly name: string;
}

const views = ["VIEW_UNSPECIFIED", "VIEW_BASIC", "VIEW_ACL", "VIEW_FULL"];

/** First view that shows a field, as a position in the list of views: https://yandex.cloud/en/docs/storage/api-ref/Bucket/get */
const shownFrom: Readonly<Record<string, number>> = {
  acl: 2,
  cors: 3,
  websiteSettings: 3,
  lifecycleRules: 3,
  tags: 3,
};

/** Fields that lists never show: https://yandex.cloud/en/docs/storage/api-ref/Bucket/list */
const leftOut = new Set(["policy", ...Object.keys(shownFrom)]);

/** Returns the message of a bucket with the visible fields. */
const shown = (bucket: StoredBucket, isShown: (field: string) => boolean) =>
  Object.fromEntries(Object.entries(messageOf(bucket)).filter(([field]) => isShown(field)));

/** Service for buckets. The provider reads the bucket from the first reply, so these operations are never pending. */
export const bucketService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.storage.v1.BucketService",
  methods: {
    get: (call, { name, view = "VIEW_UNSPECIFIED" }: Named & { view?: string }) =>
      shown(cloud.buckets.get(call, name), (field) => (shownFrom[field] ?? 0) <= views.indexOf(view)),
    create: immediateOperation((call, request: Named & { folderId: string }) =>
      cloud.buckets.create(call, request),
    ),
    update: immediateOperation((call, { updateMask, name, ...settings }: Masked<Named>) =>
      cloud.buckets.update(call, name, maskedFields(settings, updateMask?.paths)),
    ),
    delete: immediateOperation((call, { name }: Named) => cloud.buckets.delete(call, name)),
    list: (call, request: InFolder) =>
      listIn(cloud, call, request, "buckets", "storage.buckets.list", () =>
        cloud.buckets.all().map((bucket) => ({
          ...shown(bucket, (field) => !leftOut.has(field)),
          name: bucket.name,
          folderId: bucket.folderId,
          createdAt: bucket.createdAt,
        })),
      ),
    ...accessBindingMethods(cloud, "bucket"),
    getStats: (call, { name }: Named) => bucketStatistics(cloud, cloud.buckets.get(call, name)),
    getHTTPSConfig: (call, { name }: Named) => cloud.bucketHttps.get(call, name),
    setHTTPSConfig: immediateOperation((call, { name, ...request }: Named & HttpsRequest) =>
      cloud.bucketHttps.set(call, name, request),
    ),
    deleteHTTPSConfig: immediateOperation((call, { name }: Named) => cloud.bucketHttps.delete(call, name)),
  },
});
