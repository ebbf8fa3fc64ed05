import type { Clock } from "../clock";
import type { Bucket } from "./bucket";
import type { Objects } from "./objects";
import type { ObjectVersion } from "./objectVersions";
import type { Uploads } from "./uploads";

/** Services of the cloud that this one uses. */
interface Needs {
  readonly clock: Clock;
  readonly objects: Objects;
  readonly uploads: Uploads;
}

/** Returns the use of a bucket as the vendor's BucketStats: https://yandex.cloud/en/docs/storage/api-ref/Bucket/getStats. */
export function bucketStatistics(cloud: Needs, bucket: Bucket): object {
  const versions = cloud.objects
    .keys(bucket.name, "")
    .flatMap((key) => cloud.objects.versionsOf(bucket.name, key));
  const stored = versions.filter(({ isDeleteMarker }) => !isDeleteMarker);
  const classes = [...new Set(stored.map(({ storageClass }) => storageClass))].map((storageClass) => ({
    storageClass,
    objects: stored.filter((version) => version.storageClass === storageClass),
  }));
  const parts = cloud.uploads.in(bucket.name).flatMap(({ id }) => cloud.uploads.partsIn(id));
  return {
    name: bucket.name,
    maxSize: bucket.maxSize || undefined,
    usedSize: bytes(stored) + bytes(parts),
    storageClassMaxSizes: [],
    storageClassUsedSizes: classes.map(({ storageClass, objects }) => ({
      storageClass,
      classSize: bytes(objects),
    })),
    storageClassCounters: classes.map(({ storageClass, objects }) => {
      const isMultipart = ({ etag }: ObjectVersion) => etag.includes("-");
      const [multipart, simple] = [objects.filter(isMultipart), objects.filter((one) => !isMultipart(one))];
      return {
        storageClass,
        counters: {
          simpleObjectSize: bytes(simple),
          simpleObjectCount: simple.length,
          objectsPartsSize: bytes(parts),
          objectsPartsCount: parts.length,
          multipartObjectsSize: bytes(multipart),
          multipartObjectsCount: multipart.length,
          activeMultipartCount: cloud.uploads.in(bucket.name).length,
        },
      };
    }),
    defaultStorageClass: bucket.defaultStorageClass,
    anonymousAccessFlags: bucket.anonymousAccessFlags,
    createdAt: bucket.createdAt,
    updatedAt: cloud.clock.now().toISOString(),
  };
}

const bytes = (stored: readonly { readonly size: number }[]): number =>
  stored.reduce((sum, { size }) => sum + size, 0);
