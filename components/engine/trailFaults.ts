import { type Resource, rolesOf } from "../../api/bindings";
import { readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { settled } from "../../api/failures";
import { readKeyStatus } from "../../api/keys";
import type { TrailParts } from "../../api/trails";
import { distinctBy } from "../distinct";
import { meets, type RoleNeed, rolesNeeded, type TrailPlaces } from "../roles";

/** Fault or condition that keeps a trail from delivering, or may do so. */
export type TrailFault =
  /** The trail's account has the role on none of these resources; one of them would be enough. */
  | { readonly kind: "missingRole"; readonly role: string; readonly on: readonly Resource[] }
  | { readonly kind: "missingBucket" }
  /** The bucket has a policy, which may deny the account. */
  | { readonly kind: "policy" }
  /** The bucket has a size limit in bytes, and may be full. */
  | { readonly kind: "limit"; readonly maxSize: number }
  | { readonly kind: "missingKey"; readonly keyId: string }
  | { readonly kind: "unusableKey"; readonly keyId: string; readonly status: string };

/**
 * Finds faults around a trail, which may not exist yet, with calls that change nothing. Unreadable facts are left out.
 * The check sees only roles on the resource itself. A role that may be enough is not a fault.
 */
export async function findTrailFaults(
  { serviceAccountId, scopes, bucketName }: TrailParts,
  cloud: CloudApi,
): Promise<TrailFault[]> {
  const missingRole = async (need: RoleNeed<Resource>): Promise<TrailFault[]> => {
    const held = await settled(need.on.map((place) => rolesOf(serviceAccountId, place, cloud)));
    const roles = held.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    if (roles.some((role) => meets(role, need) !== "no")) return [];
    const on = need.on.filter((_place, i) => held[i]?.status === "fulfilled");
    return on.length > 0 ? [{ kind: "missingRole", role: need.role, on }] : [];
  };
  const roleFaults = (places: TrailPlaces<Resource>) => rolesNeeded(places).map(missingRole);

  const bucketFaults = async (): Promise<TrailFault[]> => {
    const bucket = await readBucket(bucketName, cloud);
    if (!bucket) return [{ kind: "missingBucket" }];
    const keyId = bucket.encryption?.rules[0]?.kmsMasterKeyId;
    const folder = { type: "resource-manager.folder", id: bucket.folderId };
    const itself = bucket.resourceId ? { type: "storage.bucket", id: bucket.resourceId } : undefined;
    return all([
      ...roleFaults({ buckets: [{ folder, bucket: itself }] }),
      bucket.policy ? [{ kind: "policy" }] : [],
      bucket.maxSize > 0 ? [{ kind: "limit", maxSize: bucket.maxSize }] : [],
      ...(keyId
        ? [keyFaults(keyId), ...roleFaults({ keys: [{ type: "kms.symmetricKey", id: keyId }] })]
        : []),
    ]);
  };

  const keyFaults = async (keyId: string): Promise<TrailFault[]> => {
    const status = await readKeyStatus(keyId, cloud);
    if (!status) return [{ kind: "missingKey", keyId }];
    return status === "ACTIVE" ? [] : [{ kind: "unusableKey", keyId, status }];
  };

  return all([...roleFaults({ scopes: distinctBy(scopes, ({ id }) => id) }), bucketFaults()]);
}

/** Collects the faults of all checks that succeeded, in this order. */
async function all(
  checks: readonly (Promise<readonly TrailFault[]> | readonly TrailFault[])[],
): Promise<TrailFault[]> {
  const results = await settled(checks.map(async (check) => check));
  return results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
}
