import { KeyRole, UploaderPlace } from "../choices";
import type { Named } from "../engine/namesakes";
import type { LatePlan } from "../engine/protection";
import { keyRoles, type RolesArgs, trailRoles } from "../roles";
import type { AuditTrailsPlan } from "./plan";

/**
 * Returns the roles that a choice of roles does not grant, as pairs: class of the resource that would grant the role, and the
 * role.
 */
export const otherRoles = ({
  uploader,
  key = KeyRole.EncrypterDecrypter,
}: RolesArgs = {}): [string, string][] => [
  [
    uploader === UploaderPlace.Bucket ? "ResourcemanagerFolderIamMember" : "StorageBucketIamBinding",
    trailRoles.bucket,
  ],
  ...Object.values(KeyRole)
    .filter((one) => one !== key)
    .map((one): [string, string] => ["KmsSymmetricKeyIamMember", keyRoles[one]]),
];

/** Returns the parts that the component will have, for the checks of protection. */
export function plannedParts(plan: AuditTrailsPlan, withAccessLogs: boolean): LatePlan {
  const destinations = plan.trails.map(({ name, bucket, settings }) => [
    name,
    { bucketName: bucket.bucketName, objectPrefix: settings.objectPrefix },
  ]);
  return {
    parts: {
      EncryptionKey: plan.bucketKeys
        .filter(({ settings }) => settings.keyId === undefined)
        .map(({ name }) => name),
      LogBucket: [...plan.newBuckets.map(({ name }) => name), ...(withAccessLogs ? [plan.accessLogs] : [])],
      TrailServiceAccount: plan.accounts.map(({ name }) => name),
      Trail: plan.trails.map(({ name }) => name),
    },
    destinations: Object.fromEntries(destinations),
  };
}

/** Returns the names of new accounts and trails. No other account or trail in the folder may have them. */
export function plannedNames(plan: AuditTrailsPlan): Named[] {
  const accounts = plan.accounts
    .filter(({ serviceAccountId }) => serviceAccountId === undefined)
    .map(
      (account): Named => ({
        kind: "service account",
        resource: account.name,
        name: account.serviceAccountName ?? account.name,
        namedBy: account.label
          ? plan.trailsOf(account).map(({ key }) => `trails.${key}.serviceAccountName`)
          : ["serviceAccountName"],
      }),
    );
  const trails = plan.trails.map(
    ({ key, name, settings }): Named => ({
      kind: "trail",
      resource: name,
      name: settings.name ?? name,
      namedBy: [`trails.${key}.name`],
    }),
  );
  return [...accounts, ...trails];
}
