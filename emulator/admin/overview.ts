import type { AuditEvent } from "../backend/auditTrails/auditLog";
import type { Cloud } from "../backend/cloud";

/** A resource with its access bindings and the resources in it. */
export interface ResourceNode {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly accessBindings: readonly { readonly roleId: string; readonly subject: string }[];
  readonly children: readonly ResourceNode[];
}

interface BucketView {
  readonly name: string;
  readonly kmsKeyId?: string;
  readonly versioning: string;
  readonly bytes: number;
  readonly objectCount: number;
  /** The last objects, in the order of their keys. */
  readonly objects: readonly { readonly key: string; readonly size: number; readonly lastModified: string }[];
}

/** Contents of a cloud for its web page, without secrets. */
export interface Overview {
  /** Time as ISO text. */
  readonly now: string;
  readonly organization: ResourceNode;
  readonly trails: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly statusErrorMessage: string;
    readonly bucket?: string;
    readonly serviceAccount: string;
  }[];
  readonly buckets: readonly BucketView[];
  /** Events, newest first. */
  readonly auditLog: readonly AuditEvent[];
}

const mostObjects = 50;
const mostEvents = 50;

/** Collects the contents of a cloud for its web page. */
export function overviewOf(cloud: Cloud): Overview {
  return {
    now: cloud.clock.now().toISOString(),
    organization: nodeOf(cloud, cloud.organizationId),
    trails: cloud.trails.shown().map(({ destination, serviceAccountId, ...trail }) => ({
      id: trail.id,
      name: trail.name,
      status: trail.status,
      statusErrorMessage: trail.statusErrorMessage,
      bucket: destination?.objectStorage?.bucketId,
      serviceAccount: nameOf(cloud, serviceAccountId),
    })),
    buckets: cloud.buckets.all().map((bucket) => {
      const keys = cloud.objects.keys(bucket.name, "");
      const objects = keys.slice(-mostObjects).flatMap((key) => {
        const [latest] = cloud.objects.versionsOf(bucket.name, key);
        if (!latest || latest.isDeleteMarker) return [];
        return [{ key, size: latest.size, lastModified: latest.lastModified }];
      });
      return {
        name: bucket.name,
        kmsKeyId: bucket.kmsMasterKeyId,
        versioning: bucket.versioning,
        bytes: cloud.objects.usedBytes(bucket.name),
        objectCount: keys.length,
        objects,
      };
    }),
    auditLog: cloud.auditLog.latest(mostEvents),
  };
}

function nodeOf(cloud: Cloud, id: string): ResourceNode {
  const { type = "", name = "" } = cloud.tree.get(id) ?? {};
  return {
    type,
    id,
    name,
    accessBindings: cloud.access.list(id).map(({ roleId, subject }) => ({
      roleId,
      subject: `${subject.type} ${nameOf(cloud, subject.id)}`,
    })),
    children: cloud.tree.childrenOf(id).map((child) => nodeOf(cloud, child.id)),
  };
}

const nameOf = (cloud: Cloud, id: string): string =>
  cloud.tree.get(id)?.name ?? (id === cloud.deployer.id ? "deployer" : id);
