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

/** Logs of a trail to search: their location and contents. */
export interface Place {
  /** Name of the trail in the stack, or its id. */
  readonly trail: string;
  readonly source: LogSource;
  /** Connection to the cloud; absent with `--offline`. */
  readonly cloud?: CloudApi;
  readonly logging: LoggingIds;
  readonly collection: Collection;
  /** Sentences for people about unusual settings of the trail. */
  readonly notes: readonly string[];
}

/**
 * Finds the logs of a query: one place, or one for each trail of a stack if the query names none. Each knows the ids of all.
 *
 * @throws {UsageError} if the stack has no such trail. @throws {CloudFailure} if the cloud cannot be reached.
 */
export async function placesOf(query: Pick<Query, "place" | "isOffline">): Promise<Place[]> {
  const { stack } = query.place;
  const places = stack === undefined ? [await ofBucket(query)] : await ofStack(stack, query);
  const ids = (of: keyof LoggingIds) => [...new Set(places.flatMap(({ logging }) => logging[of]))];
  const logging = { own: ids("own"), folders: ids("folders") };
  return places.map((place) => ({ ...place, logging }));
}

/** Returns the only place. @param what Option that needs one trail. @throws {UsageError} if there are several. */
export function onlyPlace([place, ...others]: readonly Place[], what: string): Place {
  if (place && others.length === 0) return place;
  const list = [place, ...others].map(
    (one) => one && `\n  ${inert(one.source.trailId)}  ${inert(one.trail)}`,
  );
  throw new UsageError(
    `${what} needs one trail, and the stack has several. Name one with --trail:${list.join("")}`,
  );
}

async function ofStack(
  name: string,
  { place, isOffline }: Pick<Query, "place" | "isOffline">,
): Promise<Place[]> {
  const stack = await openStack(name);
  const targets = targetsIn(name, targetsOf(stack.view), place.trail);
  const cloud = isOffline ? undefined : await stack.cloud();
  const storageEndpoint =
    cloud?.storageEndpoint ?? storageAddressOf(await connectionOf(name, stack.state.resources));
  return Promise.all(targets.map((target) => ofTarget(target, storageEndpoint, cloud)));
}

async function ofTarget(target: TrailTarget, storageEndpoint: string, cloud?: CloudApi): Promise<Place> {
  const { trailId, bucketName: bucket, objectPrefix, accountId, folderId, keyId, collected } = target;
  const settings = cloud && (await settingsOf(bucket, cloud));
  const key = keyId === "none" ? [] : (keyId ?? []);
  return {
    trail: target.name,
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

/** Returns the trails to search. @param asked Id or name of one. @throws {UsageError} if there is none. */
function targetsIn(stack: string, targets: readonly TrailTarget[], asked: string | undefined): TrailTarget[] {
  const named = targets.filter(
    ({ name, trailId }) => asked === undefined || asked === trailId || asked === name,
  );
  if (named.length > 0) return named;
  const list = targets.map(({ name, trailId }) => `\n  ${inert(trailId)}  ${inert(name)}`).join("");
  if (targets.length === 0)
    throw new UsageError(`The stack ${stack} has no trail. Run pulumi up first, or name another stack.`);
  throw new UsageError(`The stack ${stack} has no trail ${inert(asked ?? "")}. Its trails:${list}`);
}

async function ofBucket({ place, isOffline }: Pick<Query, "place" | "isOffline">): Promise<Place> {
  const { bucket = "", trail: trailId = "", prefix } = place;
  const connection = commandConnection({});
  if (isOffline) {
    const storageEndpoint = storageAddressOf(connection);
    return {
      trail: trailId,
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
    trail: trailId,
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
