import { type BucketSettings, keyIdOf, type LifecycleRule } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { readKeyStatus } from "../../api/keys";
import { Hidden, type Resource, type Value } from "../engine/json";
import { at, canonical, listOf, textOf, type World } from "../engine/world";
import { attempted, type Check } from "./check";
import type { Target } from "./target";

/** Whether the bucket is set as the stack says: key, public access, versioning, lock, policy, retention. */
export async function checkBucket(
  target: Target,
  world: World,
  settings: BucketSettings | undefined,
  cloud: CloudApi,
): Promise<Check[]> {
  const { bucketName, bucket } = target;
  if (!settings)
    return [
      {
        name: "bucket",
        result: "bad",
        text: `The bucket ${bucketName} does not exist: no log is delivered.`,
      },
    ];
  const faults = [...publicFaults(settings), ...(bucket ? changedFaults(bucket, world, settings) : [])];
  const hidden = bucket
    ? ["versioning", "objectLockConfiguration", "lifecycleRules", "policy"].filter(
        (input) => bucket.inputs[input] instanceof Hidden,
      )
    : [];
  return [
    await checkKey(target, settings, cloud),
    faults.length > 0
      ? {
          name: "bucket",
          result: "bad",
          text: `The bucket ${bucketName} is not set as it should be.`,
          details: faults,
        }
      : hidden.length > 0
        ? {
            name: "bucket",
            result: "unknown",
            text: `Whether ${hidden.join(", ")} of the bucket ${bucketName} are as configured cannot be told: they are secret.`,
          }
        : {
            name: "bucket",
            result: "good",
            text: bucket
              ? `The bucket ${bucketName} is not public; versioning, lock, policy and retention are as configured.`
              : `The bucket ${bucketName}, which is not of the stack, is not public.`,
          },
  ];
}

async function checkKey(
  { keyId: wanted, bucketName }: Target,
  settings: BucketSettings,
  cloud: CloudApi,
): Promise<Check> {
  const name = "key";
  const keyId = keyIdOf(settings);
  if (!keyId)
    return wanted && wanted !== "none"
      ? {
          name,
          result: "bad",
          text: `The bucket ${bucketName} is not encrypted; key ${wanted} should do it. Run: pulumi up --refresh`,
        }
      : {
          name,
          result: "told",
          text: `The bucket ${bucketName} is not encrypted${wanted ? ", as configured" : ""}.`,
        };
  if (wanted === "none")
    return {
      name,
      result: "bad",
      text: `The bucket ${bucketName} is encrypted with key ${keyId}; the stack says with none.`,
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
        text: `The key ${keyId} does not exist any more: what it encrypted cannot be read.`,
      };
    if (status !== "ACTIVE")
      return {
        name,
        result: "bad",
        text: `The key ${keyId} is ${status}, not ACTIVE: no log can be written or read.`,
      };
    return wanted
      ? {
          name,
          result: "good",
          text: `The bucket ${bucketName} is encrypted with the trail's key ${keyId}, which is ACTIVE.`,
        }
      : {
          name,
          result: "unknown",
          text: `The bucket ${bucketName} is encrypted with key ${keyId}, which is ACTIVE. Whether it is the right one, the stack does not say.`,
        };
  });
}

const everybody = ["GRANT_TYPE_ALL_USERS", "GRANT_TYPE_ALL_AUTHENTICATED_USERS"];

function publicFaults({ anonymousAccessFlags = {}, acl, policy }: BucketSettings): string[] {
  const flags = Object.entries(anonymousAccessFlags).flatMap(([flag, isOn]) => (isOn ? [flag] : []));
  const grants = (acl?.grants ?? []).filter(({ grantType }) => everybody.includes(grantType));
  const { Statement = [] } = (policy ?? {}) as { readonly Statement?: readonly Record<string, unknown>[] };
  const open = [Statement]
    .flat()
    .filter(
      ({ Effect, Principal, Condition }) =>
        Effect === "Allow" && Condition === undefined && JSON.stringify(Principal ?? "").includes('"*"'),
    );
  return [
    ...(flags.length > 0 ? [`It is public: everybody may ${flags.join(", ")}.`] : []),
    ...(grants.length > 0 ? ["It is public: its ACL lets everybody in."] : []),
    ...(open.length > 0 ? ["It is public: a statement of its policy allows everybody something."] : []),
  ];
}

/** What is set otherwise than the state has it. */
function changedFaults(bucket: Resource, world: World, settings: BucketSettings): string[] {
  const { inputs } = bucket;
  const versioning = at(inputs.versioning, "enabled") === true;
  const isVersioned = settings.versioning === "VERSIONING_ENABLED";
  const policy = world.policyOf(bucket);
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
    should === undefined || should === is ? [] : [`Not as the stack says: ${what}: ${is}, not ${should}.`],
  );
}

const onOff = (isOn: boolean): string => (isOn ? "on" : "off");

/** Undefined where it is secret. */
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
