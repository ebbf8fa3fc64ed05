import type { TrailParts } from "../../api/trails";
import { grantCommands } from "../roles";
import type { TrailFault } from "./trailFaults";

type Sentences = {
  readonly [Kind in TrailFault["kind"]]: (
    fault: Extract<TrailFault, { readonly kind: Kind }>,
    parts: TrailParts,
  ) => string;
};

/** What grants a role on a resource, by its type. Nothing on a bucket: its folder is named beside it. */
const grants: Readonly<Record<string, string>> = {
  "organization-manager.organization": grantCommands.organization,
  "resource-manager.cloud": grantCommands.cloud,
  "resource-manager.folder": grantCommands.folder,
  "kms.symmetricKey": grantCommands.key,
};

const sentences: Sentences = {
  missingRole: ({ role, on }, { serviceAccountId, bucketName }) => {
    const places = on.map(({ type, id }) => {
      if (type === "storage.bucket") return `${type} ${bucketName}`;
      return type === "kms.symmetricKey"
        ? `${type} ${id}, which encrypts bucket ${bucketName}`
        : `${type} ${id}`;
    });
    const commands = on.slice(0, 1).map(({ type, id }) => {
      const command = grants[type];
      return command
        ? ` Grant it: ${command} --id ${id} --role ${role} --subject serviceAccount:${serviceAccountId}`
        : "";
    });
    return `The account ${serviceAccountId} has no role ${role} on ${places.join(" or ")}.${commands.join("")}`;
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

/** Whether a fault keeps a trail from working, and does not only may. */
export const isCertain = ({ kind }: TrailFault): boolean => kind !== "policy" && kind !== "limit";
