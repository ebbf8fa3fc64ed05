import { hasRole, type Resource } from "./bindings";
import { readBucket } from "./buckets";
import type { CloudApi } from "./connection";
import { readKeyStatus } from "./keys";
import type { TrailParts } from "./trails";

/** What keeps a trail from delivering, or may do so. */
export type TrailFault =
  /** The trail's account has the role on none of these resources, where one would do. */
  | { readonly kind: "missingRole"; readonly role: string; readonly on: readonly Resource[] }
  | { readonly kind: "missingBucket" }
  /** The bucket has a policy, which may deny the account. */
  | { readonly kind: "policy" }
  /** The bucket takes so many bytes at most, and may be full. */
  | { readonly kind: "limit"; readonly maxSize: number }
  | { readonly kind: "missingKey"; readonly keyId: string }
  | { readonly kind: "unusableKey"; readonly keyId: string; readonly status: string };

/** The roles that a trail's account needs. */
export interface TrailRoles {
  readonly scope: string;
  /** On the bucket, or on its folder. */
  readonly bucket: string;
  /** On the key of an encrypted bucket. */
  readonly key: string;
}

/**
 * Looks for what is wrong around a trail, also one that does not exist yet, with calls that change nothing. What cannot be
 * told, for want of a role for example, is left out. Roles are looked for where they are granted one by one, not on what
 * contains those resources.
 */
export async function findTrailFaults(
  { serviceAccountId, scopes, bucketName }: TrailParts,
  roles: TrailRoles,
  cloud: CloudApi,
): Promise<TrailFault[]> {
  const missingRole = async (role: string, places: readonly Resource[]): Promise<TrailFault[]> => {
    const held = await Promise.allSettled(
      places.map((place) => hasRole(serviceAccountId, role, place, cloud)),
    );
    if (held.some((look) => look.status === "fulfilled" && look.value)) return [];
    const on = places.filter((_place, i) => held[i]?.status === "fulfilled");
    return on.length > 0 ? [{ kind: "missingRole", role, on }] : [];
  };

  const bucketFaults = async (): Promise<TrailFault[]> => {
    const bucket = await readBucket(bucketName, cloud);
    if (!bucket) return [{ kind: "missingBucket" }];
    const keyId = bucket.encryption?.rules[0]?.kmsMasterKeyId;
    const places = [
      { type: "resource-manager.folder", id: bucket.folderId },
      { type: "storage.bucket", id: bucket.resourceId },
    ];
    return all([
      missingRole(
        roles.bucket,
        places.filter(({ id }) => id),
      ),
      bucket.policy ? [{ kind: "policy" }] : [],
      bucket.maxSize > 0 ? [{ kind: "limit", maxSize: bucket.maxSize }] : [],
      keyId ? keyFaults(keyId) : [],
    ]);
  };

  const keyFaults = async (keyId: string): Promise<TrailFault[]> => {
    const [status] = await Promise.allSettled([readKeyStatus(keyId, cloud)]);
    if (status.status === "fulfilled" && !status.value) return [{ kind: "missingKey", keyId }];
    const isUnusable = status.status === "fulfilled" && status.value !== "ACTIVE";
    return all([
      isUnusable ? [{ kind: "unusableKey", keyId, status: String(status.value) }] : [],
      missingRole(roles.key, [{ type: "kms.symmetricKey", id: keyId }]),
    ]);
  };

  const distinct = [...new Map(scopes.map((scope) => [scope.id, scope])).values()];
  return all([...distinct.map((scope) => missingRole(roles.scope, [scope])), bucketFaults()]);
}

/** What was found by all that could be told, in this order. */
async function all(
  looks: readonly (Promise<readonly TrailFault[]> | readonly TrailFault[])[],
): Promise<TrailFault[]> {
  const results = await Promise.allSettled(looks);
  return results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
}
