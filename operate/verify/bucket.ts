import { type BucketSettings, keyIdOf, type LifecycleRule } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { type KeyVersion, listKeyVersions, readKeyStatus } from "../../api/keys";
import { ObjectReader } from "../../api/objects";
import type { CloudView } from "../preflight/cloudView";
import { Hidden, type Resource, type Value } from "../stack/engineJson";
import { canonical } from "../stack/ownPolicy";
import type { StackView } from "../stack/stackView";
import { at, listOf, textOf } from "../stack/values";
import { attempted, type Check, counted, minute, timeOf } from "./check";
import { type PublicAccess, publicAccess } from "./publicAccess";
import type { TrailTarget } from "./target";

/** Checks the settings of the bucket against the stack: key, public access, versioning, lock, policy, retention. */
export async function checkBucket(
  target: TrailTarget,
  stack: StackView,
  settings: BucketSettings | undefined,
  view: CloudView,
  cloud: CloudApi,
): Promise<Check[]> {
  const { bucketName } = target;
  if (!settings)
    return [
      {
        name: "bucket",
        result: "bad",
        text: `The bucket ${bucketName} does not exist: no log is delivered.`,
      },
    ];
  return Promise.all([
    checkKey(target, settings, cloud),
    checkSettings(target, stack, settings, await publicAccess(target, settings, view, cloud)),
  ]);
}

function checkSettings(
  { bucketName, bucket }: TrailTarget,
  stack: StackView,
  settings: BucketSettings,
  open: PublicAccess,
): Check {
  const name = "bucket";
  const faults = [...open.faults, ...(bucket ? changedFaults(bucket, stack, settings) : [])];
  const hidden = bucket
    ? ["versioning", "objectLockConfiguration", "lifecycleRules", "policy"].filter(
        (input) => bucket.inputs[input] instanceof Hidden,
      )
    : [];
  const unclear = [
    ...open.unclear,
    ...(hidden.length > 0
      ? [`It is unknown whether ${hidden.join(", ")} are as configured: they are secret.`]
      : []),
  ];
  const details = [...faults, ...unclear, ...open.limits];
  if (faults.length > 0)
    return { name, result: "bad", text: `The bucket ${bucketName} has wrong settings.`, details };
  if (unclear.length > 0)
    return {
      ...{ name, result: "unknown", details },
      text:
        open.unclear.length > 0
          ? `It is unknown whether the bucket ${bucketName} is public.`
          : `It is unknown whether the bucket ${bucketName} has the configured settings.`,
    };
  return {
    ...{ name, result: "good", details },
    text: bucket
      ? `The bucket ${bucketName} is not public; versioning, lock, policy and retention are as configured.`
      : `The bucket ${bucketName}, which is not in the stack, is not public.`,
  };
}

async function checkKey(target: TrailTarget, settings: BucketSettings, cloud: CloudApi): Promise<Check> {
  const { keyId: wanted, bucketName } = target;
  const name = "key";
  const keyId = keyIdOf(settings);
  if (!keyId)
    return wanted && wanted !== "none"
      ? {
          name,
          result: "bad",
          text: `The bucket ${bucketName} is not encrypted, but should be encrypted with key ${wanted}. Run: pulumi up --refresh`,
        }
      : {
          name,
          result: "info",
          text: `The bucket ${bucketName} is not encrypted${wanted ? ", as configured" : ""}.`,
        };
  if (wanted === "none")
    return {
      name,
      result: "bad",
      text: `The bucket ${bucketName} is encrypted with key ${keyId}, but the stack configures no encryption.`,
    };
  if (wanted && keyId !== wanted)
    return {
      name,
      result: "bad",
      text: `The bucket ${bucketName} is encrypted with key ${keyId}, not with ${wanted}. Run: pulumi up --refresh`,
    };
  return attempted(name, `The key ${keyId}`, async () => {
    const status = await readKeyStatus(keyId, cloud);
    if (!status)
      return {
        name,
        result: "bad",
        text: `The key ${keyId} does not exist: data that it encrypted cannot be read.`,
      };
    if (status !== "ACTIVE")
      return {
        name,
        result: "bad",
        text: `The key ${keyId} is ${status}, not ACTIVE: no log can be written or read.`,
      };
    const lost = await checkKeyVersions(target, keyId, cloud);
    if (lost) return lost;
    return wanted
      ? {
          name,
          result: "good",
          text: `The bucket ${bucketName} is encrypted with the trail's key ${keyId}, which is ACTIVE.`,
        }
      : {
          name,
          result: "unknown",
          text: `The bucket ${bucketName} is encrypted with key ${keyId}, which is ACTIVE. The stack does not say which key it should be.`,
        };
  });
}

/**
 * Checks whether a version of the key that encrypted logs is destroyed or about to be. A version encrypts until the creation of
 * the next one, unless somebody made an older one the primary again.
 *
 * @returns undefined if all is well.
 */
async function checkKeyVersions(
  { bucketName, keyPrefix }: TrailTarget,
  keyId: string,
  cloud: CloudApi,
): Promise<Check | undefined> {
  const name = "key";
  const versions = await listKeyVersions(keyId, cloud);
  const lost = versions.filter(({ status }) => status !== "ACTIVE");
  if (lost.length === 0) return undefined;
  using reader = await ObjectReader.open(bucketName, cloud);
  const put = [...(await reader.versions(keyPrefix)).values()]
    .flat()
    .filter(({ isDeleteMarker }) => !isDeleteMarker);
  const isNewestPrimary = versions.at(-1)?.isPrimary === true;
  const faults: string[] = [];
  const unclear: string[] = [];
  for (const version of lost) {
    const next = versions[versions.indexOf(version) + 1]?.createdAt ?? Number.POSITIVE_INFINITY;
    // Times are in whole seconds. In the second of the next version's creation, either version may have encrypted.
    const putBefore = (end: number) =>
      put.filter((log) => log.at >= version.createdAt && log.at <= end).length;
    const logs = putBefore(next);
    if (logs > 0) faults.push(lossOf(keyId, version, logs));
    else if (!isNewestPrimary || putBefore(next + lag) > 0) unclear.push(lossOf(keyId, version));
  }
  if (faults.length + unclear.length === 0) return undefined;
  return {
    ...{ name, result: faults.length > 0 ? "bad" : "unknown", details: [...faults, ...unclear] },
    text: `Versions of the key ${keyId} that ${faults.length > 0 ? "encrypted" : "may have encrypted"} logs are destroyed or about to be.`,
  };
}

/** Longest delay until a new version encrypts, in milliseconds: https://yandex.cloud/en/docs/kms/concepts/consistency */
const lag = 3 * 60 * minute;

function lossOf(keyId: string, { id, status, createdAt, destroyAt }: KeyVersion, logs?: number): string {
  const which = `Version ${id}, created at ${timeOf(createdAt)}, is ${status}`;
  const what = logs === undefined ? "logs that it encrypted" : `up to ${counted(logs, "log object")}`;
  if (status === "DESTROYED") return `${which}: ${what} cannot be read.`;
  const from = destroyAt ? timeOf(destroyAt.getTime()) : "its destruction";
  return (
    `${which}: from ${from} on, ${what} cannot be read. Cancel the destruction: ` +
    `yc kms symmetric-key cancel-version-destruction --id ${keyId} --version-id ${id}`
  );
}

/** Returns a sentence for each setting that differs from the state. */
function changedFaults(bucket: Resource, stack: StackView, settings: BucketSettings): string[] {
  const { inputs } = bucket;
  const versioning = at(inputs.versioning, "enabled") === true;
  const isVersioned = settings.versioning === "VERSIONING_ENABLED";
  const policy = stack.policyOf(bucket);
  const isAs = (is: object | undefined, should: Value | undefined) =>
    should instanceof Hidden || canonical(JSON.stringify(is ?? {})) === canonical(textOf(should) ?? "{}");
  const lock = (mode: unknown, days: unknown, years: unknown) =>
    mode ? `${mode}, ${days ? `${days} days` : `${years} years`}` : "none";
  const wantedLock = lockOf(inputs.objectLockConfiguration, lock);
  const { status, defaultRetention: kept } = settings.objectLock ?? {};
  const isLock =
    status === "OBJECT_LOCK_STATUS_ENABLED"
      ? lock(kept?.mode?.replace("MODE_", ""), Number(kept?.days), Number(kept?.years))
      : "none";
  const deletes = deletingDaysOf(settings.lifecycleRules);
  const pairs: readonly (readonly [string, string | undefined, string])[] = [
    ["versioning", onOff(versioning), onOff(isVersioned)],
    ["object lock", wantedLock, isLock],
    ["policy", "as configured", isAs(settings.policy, policy) ? "as configured" : "another one"],
    ["logs are deleted after", configuredDays(inputs.lifecycleRules, "expiration"), deletes.current],
    [
      "old versions are deleted after",
      configuredDays(inputs.lifecycleRules, "noncurrentVersionExpiration"),
      deletes.old,
    ],
  ];
  return pairs.flatMap(([what, should, is]) =>
    should === undefined || should === is ? [] : [`Differs from the stack: ${what}: ${is}, not ${should}.`],
  );
}

const onOff = (isOn: boolean): string => (isOn ? "on" : "off");

/** Describes the object lock in the state; undefined if it is secret. */
function lockOf(
  configuration: Value | undefined,
  show: (mode: unknown, days: unknown, years: unknown) => string,
): string | undefined {
  if (configuration instanceof Hidden) return undefined;
  const of = (name: string) => at(configuration, "rule", "defaultRetention", name);
  return show(of("mode"), of("days"), of("years"));
}

const days = (some: readonly number[]): string => (some.length > 0 ? `${Math.min(...some)} days` : "never");

function configuredDays(rules: Value | undefined, name: string): string | undefined {
  if (rules instanceof Hidden) return undefined;
  return days(
    listOf(rules).flatMap((rule) => {
      const count = at(rule, name, "days");
      return typeof count === "number" && count > 0 ? [count] : [];
    }),
  );
}

function deletingDaysOf(rules: readonly LifecycleRule[] = []): { current: string; old: string } {
  const enabled = rules.filter((rule) => rule.enabled);
  const dated = enabled.flatMap(({ expiration }) => expiration?.date ?? []);
  return {
    current: dated[0]
      ? `the date ${dated[0]}`
      : days(enabled.flatMap(({ expiration }) => Number(expiration?.days) || [])),
    old: days(
      enabled.flatMap(({ noncurrentExpiration }) => Number(noncurrentExpiration?.noncurrentDays) || []),
    ),
  };
}
