import { failureText, StorageFailure } from "../../api/failures";
import { readerRoles } from "../../components/roles";
import { inert } from "../inert";
import type { Place } from "./place";

/** Corrections by error code of Object Storage: https://yandex.cloud/en/docs/storage/s3/api-ref/response-codes */
const corrections: Readonly<Record<string, string>> = {
  AccessDenied:
    `Grant ${readerRoles.bucket} on the bucket's folder to this account. If the bucket has a policy, ` +
    "add the account to its readers.",
  NoSuchBucket:
    "The bucket does not exist. To see whether the trail still delivers, run audit-trails verify.",
};

/** Returns the reason why the bucket of a trail cannot be listed, and the correction if it is known. */
export function trailFailureText({ trail, source: { bucket } }: Place, error: unknown): string {
  const code = error instanceof StorageFailure ? error.code : "";
  const correction = corrections[code];
  const failure = `Listing bucket ${inert(bucket)} of trail ${inert(trail)} failed: ${inert(failureText(error))}.`;
  return correction === undefined ? failure : `${failure} ${correction}`;
}
