import type { Call } from "../calls";
import { CloudError } from "../errors";
import { maskedFields } from "../fieldMask";
import type { Subject } from "../iam/access";
import type { ServiceAccounts } from "../iam/serviceAccounts";
import type { KeyCipher } from "../kms/keyCipher";
import { requireValid, requireValidLabels } from "../limits";
import type { Operation } from "../operations";
import type { QuotaUse } from "../quotaUse";
import { ResourceChanges, type ResourceKind } from "../resourceChanges";
import type { ResourceNeeds } from "../resourceNeeds";
import type { Buckets } from "../storage/buckets";
import type { Objects } from "../storage/objects";
import type { Switches } from "../switches";
import type { Table } from "../table";
import type { Delivery } from "./delivery";
import type { Trail } from "./trail";
import { policyOf, requireValidPolicy, scopesOf } from "./trailFilters";

type Settings = Pick<
  Trail,
  "name" | "description" | "labels" | "destination" | "serviceAccountId" | "filteringPolicy" | "filter"
>;

const type = "audit-trails.trail";

/** Returns the details of records: https://yandex.cloud/en/docs/audit-trails/audit/audittrails/events-ref/CreateTrail */
const detailsOf = (trail: Trail): object => ({
  trailId: trail.id,
  trailName: trail.name,
  destination: trail.destination,
  serviceAccountId: trail.serviceAccountId,
  status: trail.status,
  pathFilter: trail.filter?.pathFilter,
  filteringPolicy: trail.filteringPolicy,
  description: trail.description,
  labels: trail.labels,
});

const kind: ResourceKind<Trail> = {
  prefix: "cnp",
  noun: "trail",
  event: (verb) => `audittrails.${verb}Trail`,
  permissions: "audit-trails.trails",
  message: "yandex.cloud.audittrails.v1.Trail",
  metadata: (verb) => `yandex.cloud.audittrails.v1.${verb}TrailMetadata`,
  idField: "trailId",
  idOf: ({ id }) => id,
  messageOf: (trail) => trail,
  detailsOf,
};

/** Services of the cloud that this one uses. */
interface Needs extends ResourceNeeds {
  readonly switches: Switches;
  readonly keyCipher: KeyCipher;
  readonly serviceAccounts: ServiceAccounts;
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly delivery: Delivery;
  readonly quotaUse: QuotaUse;
}

/** Audit Trails: trails and their status. */
export class Trails {
  private readonly trails: Table<Trail>;
  private readonly changes: ResourceChanges<Trail>;

  constructor(private readonly cloud: Needs) {
    this.trails = cloud.store.table("trails");
    this.changes = new ResourceChanges(cloud, kind);
  }

  all(): Trail[] {
    return this.trails.values();
  }

  /** Returns the trails as clients see them. */
  shown(): Trail[] {
    return this.all().map((trail) => this.current(trail));
  }

  get(call: Call, id: string): Trail {
    const trail = this.require(id);
    this.cloud.access.require(call.subject, "audit-trails.trails.get", id);
    return this.current(trail);
  }

  create(call: Call, request: Partial<Settings> & { readonly folderId: string }): Operation {
    return this.changes.create(call, { folderId: request.folderId, parameters: request }, (folderId) => {
      this.cloud.quotaUse.require("trails", folderId, type);
      const { name = "", description = "", labels = {}, serviceAccountId = "" } = request;
      const now = this.cloud.clock.now().toISOString();
      const trail: Trail = {
        id: this.cloud.ids.make("cnp", folderId, name),
        folderId,
        cloudId: this.cloud.tree.cloudOf(folderId),
        createdAt: now,
        updatedAt: now,
        name,
        description,
        labels,
        destination: request.destination,
        serviceAccountId,
        filteringPolicy: request.filteringPolicy,
        filter: request.filter,
        status: "ACTIVE",
        statusErrorMessage: "",
      };
      this.put(call, trail);
      this.cloud.delivery.begin(trail);
      return { row: this.require(trail.id) };
    });
  }

  update(
    call: Call,
    request: Partial<Settings> & { readonly trailId: string },
    mask: readonly string[] | undefined,
  ): Operation {
    const { trailId: id, ...settings } = request;
    const trail = this.require(id);
    return this.changes.update(call, trail, { parameters: request }, () => {
      const fields = maskedFields<Settings>(settings, mask);
      this.put(call, { ...trail, ...fields, updatedAt: this.cloud.clock.now().toISOString() });
      return { row: this.require(id) };
    });
  }

  delete(call: Call, id: string): Operation {
    return this.changes.delete(call, this.require(id), () => this.remove(id));
  }

  remove(id: string): void {
    this.trails.delete(id);
    this.cloud.access.forget(id);
    this.cloud.delivery.end(id);
  }

  /** Checks whether a trail can work now, and sets its status. */
  review(id: string): Trail {
    const trail = this.require(id);
    const fault = this.faultOf(trail);
    const status = fault ? "ERROR" : "ACTIVE";
    const statusErrorMessage = fault ? this.messageOf(fault) : "";
    if (trail.status !== status || trail.statusErrorMessage !== statusErrorMessage)
      this.trails.put(id, { ...trail, status, statusErrorMessage });
    return this.require(id);
  }

  private require(id: string): Trail {
    const trail = this.trails.get(id);
    if (!trail) throw new CloudError("NOT_FOUND", `Trail ${id} not found`);
    return trail;
  }

  private put(call: Call, trail: Trail): void {
    requireValid("name", "resourceName", trail.name);
    requireValid("description", "description", trail.description);
    requireValidLabels(trail.labels);
    if (Object.values(trail.destination ?? {}).filter(Boolean).length !== 1)
      throw new CloudError("INVALID_ARGUMENT", "destination must be of a known kind");
    requireValidPolicy(policyOf(trail));
    this.cloud.tree.requireFreeName(type, trail, trail.folderId);
    this.cloud.serviceAccounts.require(trail.serviceAccountId);
    this.cloud.access.require(call.subject, "iam.serviceAccounts.use", trail.serviceAccountId);

    const fault = this.faultOf(trail);
    if (fault && this.cloud.switches.missingTrailPrerequisites === "refuse")
      throw new CloudError(fault.code, fault.message);
    this.trails.put(trail.id, trail);
    this.cloud.tree.put({ type, id: trail.id, name: trail.name, parentId: trail.folderId });
    this.review(trail.id);
  }

  /** Returns the fault of a trail with the vendor's code for it: https://yandex.cloud/en/docs/audit-trails/operations/error */
  private faultOf(trail: Trail): { reason: string; code: CloudError["code"]; message: string } | undefined {
    const subject: Subject = { type: "serviceAccount", id: trail.serviceAccountId };
    const denied = {
      reason: "ACCESS_DENIED",
      code: "PERMISSION_DENIED",
      message: "Permission denied",
    } as const;
    if (!this.cloud.tree.get(trail.serviceAccountId))
      return { ...denied, message: `Service account ${trail.serviceAccountId} is gone` };
    if (
      scopesOf(trail).some(({ id }) => !this.cloud.access.isAllowed(subject, "audit-trails.events.read", id))
    )
      return denied;

    const { objectStorage } = trail.destination ?? {};
    if (!objectStorage) return undefined;
    const { bucketId: bucketName, objectPrefix: prefix } = objectStorage;
    const bucket = this.cloud.buckets.find(bucketName);
    if (!bucket)
      return { reason: "BUCKET_NOT_FOUND", code: "NOT_FOUND", message: `Bucket ${bucketName} not found` };
    if (!this.cloud.objects.mayPut(subject, bucket, `${prefix ? `${prefix}/` : ""}${trail.id}/log`))
      return denied;
    if (
      this.cloud.switches.trailUploaderPlace === "folder" &&
      !this.cloud.access.isAllowed(subject, "storage.objects.create", bucket.folderId)
    )
      return denied;
    if (
      bucket.objectLock?.defaultRetention &&
      this.cloud.switches.lockedUploads === "need-content-md5" &&
      this.cloud.switches.deliveryChecksum === "none"
    )
      return { reason: "INTERNAL_ERROR", code: "FAILED_PRECONDITION", message: "Content-MD5 is needed" };

    const { kmsMasterKeyId: keyId } = bucket;
    const uses = this.cloud.switches.trailKeyRole === "encrypter" ? ["encrypt"] : ["encrypt", "decrypt"];
    if (keyId && !uses.every((use) => this.cloud.access.isAllowed(subject, `kms.keys.${use}`, keyId)))
      return denied;
    if (keyId && !this.cloud.keyCipher.isActive(keyId))
      return {
        reason: "BUCKET_INVALID_ENCRYPTION",
        code: "FAILED_PRECONDITION",
        message: `Symmetric key ${keyId} is not active`,
      };
    if (bucket.maxSize > 0 && this.cloud.objects.usedBytes(bucketName) >= bucket.maxSize)
      return {
        reason: "BUCKET_QUOTA_EXCEEDED",
        code: "RESOURCE_EXHAUSTED",
        message: `Bucket ${bucketName} is full`,
      };
    if (this.cloud.quotaUse.storageLeft(bucket.folderId) <= 0)
      return {
        reason: "BUCKET_CLOUD_QUOTA_EXCEEDED",
        code: "RESOURCE_EXHAUSTED",
        message: "The cloud's storage is used up",
      };
    return undefined;
  }

  private current(trail: Trail): Trail {
    return this.cloud.switches.trailReview === "at-once" ? this.review(trail.id) : trail;
  }

  private messageOf({ reason, message }: { reason: string; message: string }): string {
    const { statusErrorMessage: format } = this.cloud.switches;
    return { "reason-and-text": `${reason}: ${message}`, "text-only": message, "reason-only": reason }[
      format
    ];
  }
}
