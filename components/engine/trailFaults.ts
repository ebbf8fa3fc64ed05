import type { TrailFault } from "../../api/trailFaults";
import type { TrailParts } from "../../api/trails";

type Sentences = {
  readonly [Kind in TrailFault["kind"]]: (
    fault: Extract<TrailFault, { readonly kind: Kind }>,
    parts: TrailParts,
  ) => string;
};

const sentences: Sentences = {
  missingRole: ({ role, on }, { serviceAccountId, bucketName }) => {
    const places = on.map(({ type, id }) => `${type} ${type === "storage.bucket" ? bucketName : id}`);
    return `The account ${serviceAccountId} has no role ${role} on ${places.join(" or ")}.`;
  },
  missingBucket: (_fault, { bucketName }) => `Bucket ${bucketName} does not exist.`,
  policy: (_fault, { bucketName }) =>
    `Bucket ${bucketName} has a policy, which must let the account put objects.`,
  limit: ({ maxSize }, { bucketName }) =>
    `Bucket ${bucketName} takes ${maxSize} bytes at most, and may be full.`,
  missingKey: ({ keyId }, { bucketName }) => `Key ${keyId} of bucket ${bucketName} does not exist.`,
  unusableKey: ({ keyId, status }, { bucketName }) =>
    `Key ${keyId} of bucket ${bucketName} is ${status}, not ACTIVE.`,
};

/** What was found wrong around a trail, in plain words. */
export function describeFault(fault: TrailFault, parts: TrailParts): string {
  const describe = sentences[fault.kind] as (fault: TrailFault, parts: TrailParts) => string;
  return describe(fault, parts);
}
