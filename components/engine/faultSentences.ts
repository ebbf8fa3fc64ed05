import type { TrailParts } from "../../api/trails";
import { grantCommand, place, placeName, placeNoun } from "../places";
import type { TrailFault } from "./trailFaults";

type Sentences = {
  readonly [Kind in TrailFault["kind"]]: (
    fault: Extract<TrailFault, { readonly kind: Kind }>,
    parts: TrailParts,
  ) => string;
};

const sentences: Sentences = {
  missingRole: ({ role, on }, { serviceAccountId, bucketName }) => {
    // The API has an id for a bucket where people and the vendor's CLI have its name.
    const places = on.map((one) => (one.type === "storage.bucket" ? place("bucket", bucketName) : one));
    const names = places.map((one) =>
      one.type === "kms.symmetricKey"
        ? `${placeName(one)}, which encrypts bucket ${bucketName}`
        : placeName(one),
    );
    const [first] = places;
    const noun = first && placeNoun(first.type);
    const command = noun && grantCommand(noun, first.id, role, `serviceAccount:${serviceAccountId}`);
    return `The account ${serviceAccountId} has no role ${role} on ${names.join(" or ")}.${command ? ` Grant it: ${command}` : ""}`;
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
