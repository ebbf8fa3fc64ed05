import type { TrailParts } from "../../api/trails";
import { grantCommand, placeName } from "../places";
import type { TrailFault } from "./trailFaults";

type Sentences = {
  readonly [Kind in TrailFault["kind"]]: (
    fault: Extract<TrailFault, { readonly kind: Kind }>,
    parts: TrailParts,
  ) => string;
};

const sentences: Sentences = {
  missingRole: ({ role, on }, { serviceAccountId, bucketName }) => {
    const places = on.map(({ type, id }) => {
      if (type === "storage.bucket") return placeName({ type, id: bucketName });
      const name = placeName({ type, id });
      return type === "kms.symmetricKey" ? `${name}, which encrypts bucket ${bucketName}` : name;
    });
    // The message also names the folder, because the vendor's CLI cannot grant a role on a bucket.
    const [command] = on.flatMap(
      (place) => grantCommand(place, role, `serviceAccount:${serviceAccountId}`) ?? [],
    );
    return `The account ${serviceAccountId} has no role ${role} on ${places.join(" or ")}.${command ? ` Grant it: ${command}` : ""}`;
  },
  missingBucket: (_fault, { bucketName }) => `Bucket ${bucketName} does not exist.`,
  policy: (_fault, { bucketName }) =>
    `Bucket ${bucketName} has a policy, which must allow the account to put objects.`,
  limit: ({ maxSize }, { bucketName }) =>
    `Bucket ${bucketName} has a size limit of ${maxSize} bytes, and may be full.`,
  missingKey: ({ keyId }, { bucketName }) => `Key ${keyId} of bucket ${bucketName} does not exist.`,
  unusableKey: ({ keyId, status }, { bucketName }) =>
    `Key ${keyId} of bucket ${bucketName} is ${status}, not ACTIVE.`,
};

/** Returns a sentence about a fault of a trail. */
export function describeFault(fault: TrailFault, parts: TrailParts): string {
  const describe = sentences[fault.kind] as (fault: TrailFault, parts: TrailParts) => string;
  return describe(fault, parts);
}

/** Checks whether a fault certainly keeps a trail from working. This is not certain for a policy or a size limit. */
export const isCertain = ({ kind }: TrailFault): boolean => kind !== "policy" && kind !== "limit";
