import type { Clock } from "../clock";
import { CloudError } from "../errors";
import type { Ids } from "../ids";
import type { Objects } from "../storage/objects";
import type { Store } from "../store";
import type { Switches } from "../switches";
import type { Table } from "../table";
import { type AuditEvent, type AuditLog, hoursKept } from "./auditLog";
import { deliveryKey } from "./deliveryKeys";
import type { Trail } from "./trail";
import { wants } from "./trailFilters";

/** Minutes between two deliveries: https://yandex.cloud/en/docs/audit-trails/concepts/trail. */
const minutesBetween = 5;

/** Largest event in bytes, if the switch limits it. */
const largestEvent = 64 * 1024;

interface Progress {
  readonly trailId: string;
  /** Position in the audit log up to which the trail's events are delivered. */
  readonly delivered: number;
  /** Time of the next delivery. */
  readonly due: string;
}

/** Services of the cloud that this one uses. */
interface Needs {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly switches: Switches;
  readonly auditLog: AuditLog;
  readonly objects: Objects;
  readonly trails: { review(id: string): Trail };
}

/** Delivers the events of each trail's scopes to its bucket, as the trail's service account. */
export class Delivery {
  private readonly progress: Table<Progress>;

  constructor(private readonly cloud: Needs) {
    this.progress = cloud.store.table("deliveries");
    cloud.clock.onTick(() => this.deliver());
  }

  begin(trail: Trail): void {
    const delivered =
      this.cloud.switches.eventsBeforeTrail === "deliver" ? 0 : this.cloud.auditLog.lastSequence;
    this.progress.put(trail.id, {
      trailId: trail.id,
      delivered,
      due: this.cloud.clock.in({ minutes: minutesBetween }),
    });
  }

  end(trailId: string): void {
    this.progress.delete(trailId);
  }

  private deliver(): void {
    const now = this.cloud.clock.now().toISOString();
    for (const progress of this.progress.values().filter(({ due }) => due <= now)) {
      const trail = this.cloud.trails.review(progress.trailId);
      const delivered =
        trail.status === "ACTIVE" ? this.deliverTo(trail, progress.delivered) : progress.delivered;
      this.progress.put(trail.id, {
        trailId: trail.id,
        delivered,
        due: this.cloud.clock.in({ minutes: minutesBetween }),
      });
    }
  }

  /** Delivers the events after a position. @returns the position up to which events are delivered. */
  private deliverTo(trail: Trail, after: number): number {
    const oldest = this.cloud.clock.in({ hours: -hoursKept });
    const rows = this.cloud.auditLog.after(after);
    const events = rows
      .filter((row) => row.event.event_time >= oldest && wants(trail, row))
      .map((row) => this.fitted(row.event));
    const last = rows.at(-1)?.sequence ?? after;
    const { bucketId } = trail.destination?.objectStorage ?? {};
    if (events.length === 0 || !bucketId) return last;

    const now = this.cloud.clock.now();
    const id = this.cloud.ids.fixed("log", trail.id, now.toISOString());
    const key = deliveryKey(trail, now, id, this.cloud.switches);
    const subject = { type: "serviceAccount", id: trail.serviceAccountId };
    try {
      const hasContentMd5 = this.cloud.switches.deliveryChecksum === "content-md5";
      const body = Buffer.from(JSON.stringify(events));
      this.cloud.objects.put(subject, bucketId, key, body, "application/json", { hasContentMd5 });
      return last;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      return after;
    }
  }

  private fitted(event: AuditEvent): AuditEvent {
    const isLimited = this.cloud.switches.largestEvent === "64-kib";
    if (!isLimited || JSON.stringify(event).length <= largestEvent) return event;
    return { ...event, request_parameters: undefined };
  }
}
