import type { Clock } from "../clock";
import type { Store } from "../store";
import type { Table } from "../table";
import type { Bucket } from "./bucket";
import type { Buckets } from "./buckets";
import type { LifecycleRule, Noncurrent } from "./lifecycleRule";
import type { ObjectDeletions } from "./objectDeletions";
import type { Objects } from "./objects";
import type { ObjectVersion } from "./objectVersions";
import type { Uploads } from "./uploads";

const dayInMilliseconds = 86_400_000;

/** Services of the cloud that this one uses. */
interface Needs {
  readonly store: Store;
  readonly clock: Clock;
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly objectDeletions: ObjectDeletions;
  readonly uploads: Uploads;
}

/** Applies the lifecycle rules of all buckets at the beginning of each day, UTC. */
export class Lifecycle {
  private readonly lastRun: Table<string>;

  constructor(private readonly cloud: Needs) {
    this.lastRun = cloud.store.table("lifecycle");
    if (!this.lastRun.get("day")) this.lastRun.put("day", this.today());
    cloud.clock.onTick(() => {
      if (this.lastRun.get("day") === this.today()) return;
      this.lastRun.put("day", this.today());
      for (const bucket of cloud.buckets.all()) this.apply(bucket);
    });
  }

  private today(): string {
    return this.cloud.clock.now().toISOString().slice(0, 10);
  }

  private apply(bucket: Bucket): void {
    for (const rule of bucket.lifecycleRules ?? []) {
      if (!rule.enabled) continue;
      const { objects } = this.cloud;
      const prefix = rule.filter?.andOperator?.prefix || rule.filter?.prefix || "";
      for (const key of [...objects.keys(bucket.name, prefix)])
        this.applyTo(bucket, rule, objects.versionsOf(bucket.name, key));
      const days = rule.abortIncompleteMultipartUpload?.daysAfterExpiration;
      if (days === undefined) continue;
      for (const upload of this.cloud.uploads.in(bucket.name))
        if (upload.key.startsWith(prefix) && this.isPast(upload.initiated, days))
          this.cloud.uploads.forget(upload.id);
    }
  }

  private applyTo(bucket: Bucket, rule: LifecycleRule, versions: readonly ObjectVersion[]): void {
    const { objects, objectDeletions } = this.cloud;
    const [latest, ...older] = versions;
    if (!latest) return;
    for (const [i, version] of older.entries()) {
      // A version is old since the creation of the next one.
      const since = versions[i]?.lastModified ?? version.lastModified;
      const applies = ({ noncurrentDays, newerNoncurrentVersions = 0 }: Noncurrent) =>
        noncurrentDays !== undefined && i >= newerNoncurrentVersions && this.isPast(since, noncurrentDays);
      for (const transition of rule.noncurrentTransitions ?? [])
        if (applies(transition)) objects.move(version, transition.storageClass);
      if (rule.noncurrentExpiration && applies(rule.noncurrentExpiration)) objectDeletions.remove(version);
    }
    if (latest.isDeleteMarker) {
      if (rule.expiration?.expiredObjectDeleteMarker && older.length === 0) objectDeletions.remove(latest);
      return;
    }
    if (!fits(rule.filter, latest)) return;
    const { date, days } = rule.expiration ?? {};
    if (this.isDue(latest, date, days)) {
      objectDeletions.expire(bucket, latest);
      return;
    }
    for (const transition of rule.transitions ?? [])
      if (
        transition.storageClass !== latest.storageClass &&
        this.isDue(latest, transition.date, transition.days)
      )
        objects.move(latest, transition.storageClass);
  }

  private isDue({ lastModified }: ObjectVersion, date?: string, days?: number): boolean {
    if (days !== undefined) return this.isPast(lastModified, days);
    return date !== undefined && Date.parse(date) <= this.cloud.clock.now().getTime();
  }

  private isPast(since: string, days: number): boolean {
    return Date.parse(since) + Number(days) * dayInMilliseconds <= this.cloud.clock.now().getTime();
  }
}

function fits(filter: LifecycleRule["filter"], { size, tags }: ObjectVersion): boolean {
  const wanted = [...(filter?.andOperator?.tag ?? []), ...(filter?.tag ? [filter.tag] : [])];
  const { objectSizeGreaterThan: least = -1, objectSizeLessThan: most = Number.POSITIVE_INFINITY } = {
    ...filter,
    ...filter?.andOperator,
  };
  return size > Number(least) && size < Number(most) && wanted.every(({ key, value }) => tags[key] === value);
}
