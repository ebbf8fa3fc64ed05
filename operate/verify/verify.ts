import { type BucketSettings, keyIdOf, readBucketSettings } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { retried } from "../../api/retries";
import { splitUrn } from "../engine/urn";
import type { World } from "../engine/world";
import { checkBucket } from "./bucket";
import { type Check, type Result, reasonOf, worstOf } from "./check";
import { type Awaited, proveDelivery, type Surroundings } from "./delivery";
import type { Memory } from "./memory";
import { lookAtRecord } from "./record";
import { checkRoles } from "./roles";
import { lookAtTrail } from "./status";
import { type Target, targetsOf } from "./target";

/** What is looked at. Times are milliseconds. */
export interface VerifyOptions {
  /** Whether no event is caused. */
  readonly quick?: boolean;
  /** How long the event is waited for. */
  readonly wait: number;
  readonly newestWithin?: number;
  /** Ids of the accounts that deploy. */
  readonly deployers: readonly string[];
  /** What the last run kept. */
  readonly memory?: Memory;
}

interface TrailReport {
  readonly name: string;
  readonly trailId: string;
  readonly result: Result;
  readonly checks: readonly Check[];
}

export interface Verification {
  readonly result: Result;
  readonly trails: readonly TrailReport[];
  /** What is to be kept for the next run. */
  readonly memory: Memory;
}

/** Looks whether the trails of a stack work, from their status to what is in their log objects. */
export async function verify(
  world: World,
  connection: CloudApi,
  options: VerifyOptions,
  around: Surroundings,
): Promise<Verification> {
  const cloud = retried(connection);
  const targets = targetsOf(world);
  const looks = new Map<string, Promise<BucketSettings | undefined>>();
  for (const { bucketName } of targets)
    if (!looks.has(bucketName)) looks.set(bucketName, readBucketSettings(bucketName, cloud));
  const settled = await Promise.all(
    [...looks].map(
      async ([name, look]): Promise<readonly [string, BucketLook]> => [
        name,
        await look.then(
          (settings) => ({ settings }),
          (error: unknown) => ({ failure: reasonOf(error) }),
        ),
      ],
    ),
  );
  const buckets = new Map(settled);
  const memory: Record<string, Memory[string]> = {};
  const trails = await Promise.all(
    targets.map(async (target): Promise<TrailReport> => {
      const sharing = targets.filter(({ accountId }) => accountId === target.accountId);
      const { checks, memory: kept } = await verifyTrail(
        target,
        sharing,
        world,
        buckets,
        cloud,
        options,
        around,
      );
      const next = kept ?? options.memory?.[target.trailId];
      if (next) memory[target.trailId] = next;
      return { name: target.name, trailId: target.trailId, result: worstOf(checks), checks };
    }),
  );
  const all = [...trails, ...untold(world, targets)];
  return { result: worstOf(all), trails: all, memory };
}

/** Trails of which the state does not tell enough. */
const untold = (world: World, targets: readonly Target[]): TrailReport[] =>
  world
    .all("trail")
    .filter(({ id }) => !targets.some(({ trailId }) => trailId === id))
    .map(({ urn, id: trailId = "no id" }) => {
      const text =
        "What is to be verified, the state does not tell: its id or its destination is missing or secret.";
      const checks: Check[] = [{ name: "settings", result: "unknown", text }];
      return { name: splitUrn(urn).name, trailId, result: "unknown", checks };
    });

/** What is set on a bucket, nothing if there is no such bucket, or why that is not known. */
interface BucketLook {
  readonly settings?: BucketSettings;
  readonly failure?: string;
}

async function verifyTrail(
  target: Target,
  sharing: readonly Target[],
  world: World,
  buckets: ReadonlyMap<string, BucketLook>,
  cloud: CloudApi,
  options: VerifyOptions,
  around: Surroundings,
): Promise<{ readonly checks: readonly Check[]; readonly memory?: Memory[string] }> {
  const { settings, failure } = buckets.get(target.bucketName) ?? {};
  const known = new Map([...buckets].map(([name, look]) => [name, look.settings] as const));
  const lookAt = () =>
    settings &&
    lookAtRecord(
      target,
      settings,
      around.now(),
      { ...options, memory: options.memory?.[target.trailId] },
      cloud,
    );
  // Nothing else is waited for where no event is.
  const early = options.quick ? lookAt() : undefined;
  const [trail, roles, bucket] = await Promise.all([
    lookAtTrail(target, cloud),
    checkRoles(target, sharing, known, cloud),
    failure === undefined
      ? checkBucket(target, world, settings, cloud)
      : [unread("bucket", target, failure), unread("key", target, failure)],
  ]);
  const keyId = settings && keyIdOf(settings);
  const delivery = options.quick
    ? undefined
    : trail.isActive && settings
      ? await proveDelivery(target, keyId, options.wait, cloud, around)
      : notTried();
  const record = await (early ?? lookAt());
  return {
    checks: [
      ...trail.checks,
      roles,
      ...bucket,
      ...(delivery ? [delivery.check] : []),
      ...(record?.checks ?? [unread("record", target, failure ?? "there is no such bucket")]),
    ],
    memory: record?.memory && withAwaited(record.memory, delivery?.awaited),
  };
}

const withAwaited = (memory: Memory[string], awaited: Awaited | undefined): Memory[string] =>
  awaited ? { ...memory, awaited } : memory;

const unread = (name: string, { bucketName }: Target, why: string): Check => ({
  name,
  result: "unknown",
  text: `The bucket ${bucketName} cannot be read: ${why}`,
});

const notTried = (): { readonly check: Check; readonly awaited?: undefined } => ({
  check: {
    name: "delivery",
    result: "unknown",
    text: "Delivery was not tried: the trail is not known to be ACTIVE, or its bucket cannot be read.",
  },
});
