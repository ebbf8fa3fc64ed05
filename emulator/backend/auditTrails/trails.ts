import type { Call } from "../calls";
import { CloudError } from "../errors";
import { maskedFields } from "../fieldMask";
import type { Subject } from "../iam/access";
import type { ServiceAccounts } from "../iam/serviceAccounts";
import type { KeyCipher } from "../kms/keyCipher";
import { requireValid, requireValidLabels } from "../limits";
import { emptyResponse, type Operation } from "../operations";
import type { QuotaUse } from "../quotaUse";
import type { ResourceNeeds } from "../resourceNeeds";
import type { Buckets } from "../storage/buckets";
import type { Objects } from "../storage/objects";
import type { Table } from "../store";
import type { Switches } from "../switches";
import type { Delivery } from "./delivery";
import {
  type FilteringPolicy,
  type LegacyFilter,
  policyOf,
  requireValidPolicy,
  scopesOf,
} from "./trailFilters";

export interface Trail {
  readonly id: string;
  readonly folderId: string;
  readonly cloudId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly destination?: {
    readonly objectStorage?: { readonly bucketId: string; readonly objectPrefix: string };
    readonly cloudLogging?: object;
    readonly dataStream?: object;
    readonly eventrouter?: object;
  };
  readonly serviceAccountId: string;
  readonly status: "ACTIVE" | "ERROR";
  readonly statusErrorMessage: string;
  readonly filteringPolicy?: FilteringPolicy;
  /** What old clients send instead. */
  readonly filter?: LegacyFilter;
}

type Settings = Pick<
  Trail,
  "name" | "description" | "labels" | "destination" | "serviceAccountId" | "filteringPolicy" | "filter"
>;

const type = "audit-trails.trail";

/** https://yandex.cloud/en/docs/audit-trails/audit/audittrails/events-ref/CreateTrail */
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

/** What is needed of the cloud. */
interface Needs extends ResourceNeeds {
  readonly switches: Switches;
  readonly keyCipher: KeyCipher;
  readonly serviceAccounts: ServiceAccounts;
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly delivery: Delivery;
  readonly quotaUse: QuotaUse;
}

/** Audit Trails: trails, and whether they can work. */
export class Trails {
  private readonly trails: Table<Trail>;

  constructor(private readonly cloud: Needs) {
    this.trails = cloud.store.table("trails");
  }

  all(): Trail[] {
    return this.trails.values();
  }

  /** As clients are shown them. */
  shown(): Trail[] {
    return this.all().map((trail) => this.current(trail));
  }

  get(call: Call, id: string): Trail {
    const trail = this.require(id);
    this.cloud.access.require(call.subject, "audit-trails.trails.get", id);
    return this.current(trail);
  }

  create(call: Call, request: Partial<Settings> & { readonly folderId: string }): Operation {
    const folder = this.cloud.tree.require("resource-manager.folder", request.folderId);
    const change = {
      event: "audittrails.CreateTrail",
      permission: "audit-trails.trails.create",
      on: folder.id,
      parameters: request,
    };
    return this.cloud.changes.make(call, change, () => {
      this.cloud.quotaUse.require("trails", folder.id, type);
      const { name = "", description = "", labels = {}, serviceAccountId = "" } = request;
      const now = this.cloud.clock.now().toISOString();
      const id = this.cloud.ids.make("cnp", folder.id, name);
      const trail: Trail = {
        id,
        folderId: folder.id,
        cloudId: this.cloud.tree.cloudOf(folder.id),
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
      const created = this.require(id);
      return {
        resource: id,
        details: detailsOf(created),
        response: created,
        result: this.operation(call, "Create", created),
      };
    });
  }

  update(
    call: Call,
    request: Partial<Settings> & { readonly trailId: string },
    mask: readonly string[] | undefined,
  ): Operation {
    const { trailId: id, ...settings } = request;
    const trail = this.require(id);
    const change = {
      event: "audittrails.UpdateTrail",
      permission: "audit-trails.trails.update",
      on: id,
      parameters: request,
      details: detailsOf(trail),
    };
    return this.cloud.changes.make(call, change, () => {
      const fields = maskedFields<Settings>(settings, mask);
      this.put(call, { ...trail, ...fields, updatedAt: this.cloud.clock.now().toISOString() });
      const updated = this.require(id);
      const result = this.operation(call, "Update", updated);
      return { details: detailsOf(updated), response: updated, result };
    });
  }

  delete(call: Call, id: string): Operation {
    const trail = this.require(id);
    const change = {
      event: "audittrails.DeleteTrail",
      permission: "audit-trails.trails.delete",
      on: id,
      parameters: { trailId: id },
      details: detailsOf(trail),
    };
    return this.cloud.changes.make(call, change, () => {
      this.remove(id);
      return { response: {}, result: this.operation(call, "Delete", trail) };
    });
  }

  remove(id: string): void {
    this.trails.delete(id);
    this.cloud.access.forget(id);
    this.cloud.delivery.end(id);
  }

  /** Looks whether a trail can work now, and sets its status accordingly. */
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
      throw new CloudError("INVALID_ARGUMENT", "destination must be one of the kinds that there are");
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

  /** Why a trail cannot work, with the vendor's word: https://yandex.cloud/en/docs/audit-trails/operations/error */
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

  private operation(call: Call, verb: string, trail: Trail): Operation {
    return this.cloud.operations.finished(
      call,
      "cnp",
      `${verb} trail`,
      { type: `yandex.cloud.audittrails.v1.${verb}TrailMetadata`, value: { trailId: trail.id } },
      verb === "Delete" ? emptyResponse : { type: "yandex.cloud.audittrails.v1.Trail", value: trail },
    );
  }
}
