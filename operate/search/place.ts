import { type BucketSettings, readBucketSettings } from "../../api/bucketSettings";
import { type CloudApi, openCloud, storageAddressOf } from "../../api/connection";
import { failureText, unlessCloudFails } from "../../api/failures";
import { readTrail, type TrailState } from "../../api/trails";
import { objectKeyPrefixOf } from "../../components/objectPrefix";
import { UsageError } from "../exitCodes";
import { inert } from "../inert";
import type { LogSource } from "../logs";
import { connectionOf, openStack } from "../stack/openStack";
import { commandConnection } from "../stack/profile";
import { collectedIn } from "../verify/status";
import { type TrailTarget, targetsOf } from "../verify/target";
import type { Collection } from "./collected";
import type { Query } from "./options";
import type { LoggingIds } from "./questions";

/** Logs to search: their location and contents. */
export interface Place {
  readonly source: LogSource;
  /** Connection to the cloud; absent with `--offline`. */
  readonly cloud?: CloudApi;
  readonly logging: LoggingIds;
  readonly collection: Collection;
  /** Sentences for people about oddities of the trail. */
  readonly notes: readonly string[];
}

/**
 * Finds the logs of a query.
 *
 * @throws {UsageError} if the stack has no trail, or several and the query names none.
 * @throws {CloudFailure} if the cloud cannot be reached.
 */
export const placeOf = (query: Pick<Query, "place" | "isOffline">): Promise<Place> =>
  query.place.stack === undefined ? ofBucket(query) : ofStack(query.place.stack, query);

async function ofStack(
  name: string,
  { place, isOffline }: Pick<Query, "place" | "isOffline">,
): Promise<Place> {
  const stack = await openStack(name);
  const target = targetOf(name, targetsOf(stack.view), place.trail);
  const { trailId, bucketName: bucket, objectPrefix, accountId, folderId, keyId, collected } = target;
  const cloud = isOffline ? undefined : await stack.cloud();
  const settings = cloud && (await settingsOf(bucket, cloud));
  const storageEndpoint =
    cloud?.storageEndpoint ?? storageAddressOf(await connectionOf(name, stack.state.resources));
  const key = keyId === "none" ? [] : (keyId ?? []);
  return {
    source: { ...{ storageEndpoint, bucket, trailId, objectPrefix }, ...expiry(settings, target.keyPrefix) },
    cloud,
    logging: {
      own: [trailId, bucket, accountId, key].flat().filter((id) => id !== ""),
      folders: [folderId, settings?.folderId ?? ""].filter((id) => id !== ""),
    },
    collection: collected,
    notes: [],
  };
}

/** Returns the trail to search. @throws {UsageError} if there is none, or more than one. */
function targetOf(stack: string, targets: readonly TrailTarget[], asked: string | undefined): TrailTarget {
  const named = targets.filter(
    ({ name, trailId }) => asked === undefined || asked === trailId || asked === name,
  );
  const [only, ...others] = named;
  if (only && others.length === 0) return only;
  const list = targets.map(({ name, trailId }) => `\n  ${inert(trailId)}  ${inert(name)}`).join("");
  if (targets.length === 0)
    throw new UsageError(`The stack ${stack} has no trail. Run pulumi up first, or name another stack.`);
  throw new UsageError(
    only
      ? `The stack ${stack} has ${targets.length} trails. Name one with --trail:${list}`
      : `The stack ${stack} has no trail ${inert(asked ?? "")}. Its trails:${list}`,
  );
}

async function ofBucket({ place, isOffline }: Pick<Query, "place" | "isOffline">): Promise<Place> {
  const { bucket = "", trail: trailId = "", prefix } = place;
  const connection = commandConnection({});
  if (isOffline) {
    const storageEndpoint = storageAddressOf(connection);
    return {
      source: { storageEndpoint, bucket, trailId, objectPrefix: prefix },
      logging: { own: [trailId, bucket], folders: [] },
      collection: { unknown: "The trail is not read with --offline." },
      notes: [],
    };
  }
  const cloud = await openCloud(connection);
  const [trail, settings] = await Promise.all([
    unlessCloudFails<TrailState, { readonly failure: string }>(readTrail(trailId, cloud), (error) => ({
      failure: `Reading the trail failed: ${inert(failureText(error))}. The account needs the role audit-trails.auditor.`,
    })),
    settingsOf(bucket, cloud),
  ]);
  const state = "failure" in trail ? undefined : trail;
  const { bucketId, objectPrefix: trailPrefix } = state?.destination?.objectStorage ?? {};
  const objectPrefix = prefix ?? (trailPrefix || undefined);
  return {
    source: {
      ...{ storageEndpoint: cloud.storageEndpoint, bucket, trailId, objectPrefix },
      ...expiry(settings, objectKeyPrefixOf(trailId, objectPrefix)),
    },
    cloud,
    logging: {
      own: [trailId, bucket, state?.serviceAccountId ?? ""].filter((id) => id !== ""),
      folders: [state?.folderId ?? "", settings?.folderId ?? ""].filter((id) => id !== ""),
    },
    collection: "failure" in trail ? { unknown: trail.failure } : collectedIn(trail),
    notes: [
      ...(bucketId !== undefined && bucketId !== bucket
        ? [
            `Trail ${inert(trailId)} now delivers to bucket ${inert(bucketId)}. Only ${inert(bucket)} is searched.`,
          ]
        : []),
      ...(prefix !== undefined && bucketId === bucket && prefix !== (trailPrefix ?? "")
        ? [`Trail ${inert(trailId)} now delivers under the prefix "${inert(trailPrefix ?? "")}".`]
        : []),
    ],
  };
}

/** Reads the bucket's settings; undefined if they cannot be read, since readers of logs may lack the role. */
const settingsOf = (bucket: string, cloud: CloudApi): Promise<BucketSettings | undefined> =>
  unlessCloudFails(readBucketSettings(bucket, cloud), () => undefined);

/** Returns the days after which a lifecycle rule deletes all log objects; an empty object if no rule does. */
function expiry(settings: BucketSettings | undefined, keyPrefix: string): Pick<LogSource, "expiryDays"> {
  const days = (settings?.lifecycleRules ?? []).flatMap(({ enabled, filter = {}, expiration }) => {
    const { andOperator, tag, objectSizeGreaterThan, objectSizeLessThan, prefix = "" } = filter;
    const isForSome = [andOperator, tag, objectSizeGreaterThan, objectSizeLessThan].some(
      (one) => one !== undefined,
    );
    const count = Number(expiration?.days);
    return enabled && !isForSome && keyPrefix.startsWith(prefix) && count > 0 ? [count] : [];
  });
  return days.length > 0 ? { expiryDays: Math.min(...days) } : {};
}
