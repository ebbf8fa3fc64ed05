import { type BucketSettings, keyIdOf, readBucketSettings } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { failureText, unlessCloudFails } from "../../api/failures";
import { refusalOfCredentials } from "../../api/identity";
import { retried } from "../../api/retries";
import { CloudView } from "../preflight/cloudView";
import type { StackView } from "../stack/stackView";
import { splitUrn } from "../stack/urn";
import { checkAccount } from "./account";
import { checkBucket } from "./bucket";
import { type Check, type Result, worstOf } from "./check";
import { checkDeliveredLogs } from "./deliveredLogs";
import { type Awaited, proveDelivery, type Surroundings } from "./delivery";
import type { Memory } from "./memory";
import { checkRoles } from "./roles";
import { checkTrail } from "./status";
import { type TrailTarget, targetsOf } from "./target";

/** Options of a verification. Times are milliseconds. */
export interface VerifyOptions {
  /** True to cause no event. */
  readonly quick?: boolean;
  /** Longest wait for the event. */
  readonly wait: number;
  readonly newestWithin?: number;
  /** Ids of the deploying accounts. */
  readonly deployers: readonly string[];
  /** Memory of the last run. */
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
  /** Memory for the next run. */
  readonly memory: Memory;
}

/** Checks whether the trails of a stack work, from their status to the contents of their log objects. */
export async function verify(
  stack: StackView,
  connection: CloudApi,
  options: VerifyOptions,
  around: Surroundings,
): Promise<Verification> {
  const cloud = retried(connection);
  const targets = targetsOf(stack);
  const names = [...new Set(targets.map(({ bucketName }) => bucketName))];
  const reading = names.map(
    async (name): Promise<readonly [string, BucketRead]> => [
      name,
      await unlessCloudFails(
        readBucketSettings(name, cloud).then((settings): BucketRead => ({ settings })),
        (error): BucketRead => ({ failure: failureText(error) }),
      ),
    ],
  );
  const [refusal, ...reads] = await Promise.all([refusalOfCredentials(cloud), ...reading]);
  if (refusal !== undefined) return refused(targets, refusal, options.memory);
  const buckets = new Map(reads);
  const view = new CloudView(cloud);
  const memory: Record<string, Memory[string]> = {};
  const trails = await Promise.all(
    targets.map(async (target): Promise<TrailReport> => {
      const sharing = targets.filter(({ accountId }) => accountId === target.accountId);
      const { checks, memory: kept } = await verifyTrail({
        ...{ target, sharing, stack, buckets, view, cloud, around },
        options: { ...options, memory: options.memory?.[target.trailId] },
      });
      const next = kept ?? options.memory?.[target.trailId];
      if (next) memory[target.trailId] = next;
      return { name: target.name, trailId: target.trailId, result: worstOf(checks), checks };
    }),
  );
  const all = [...trails, ...unknownTrails(stack, targets)];
  return { result: worstOf(all), trails: all, memory };
}

/** Returns one line for each trail if the credentials are refused: each call would fail with the same error. */
function refused(targets: readonly TrailTarget[], refusal: unknown, memory: Memory = {}): Verification {
  const text =
    `The credentials are not accepted: ${failureText(refusal)}. They have expired, or are of another region. ` +
    "Get a new token: export YC_TOKEN=$(yc iam create-token)";
  const checks: Check[] = [{ name: "credentials", result: "unknown", text }];
  const trails = targets.map(
    ({ name, trailId }): TrailReport => ({ name, trailId, result: "unknown", checks }),
  );
  return { result: "unknown", trails, memory };
}

/** Returns reports for trails whose id or destination is missing in the state. */
const unknownTrails = (stack: StackView, targets: readonly TrailTarget[]): TrailReport[] =>
  stack
    .all("trail")
    .filter(({ id }) => !targets.some(({ trailId }) => trailId === id))
    .map(({ urn, id: trailId = "no id" }) => {
      const text =
        "The state does not have enough about this trail: its id or its destination is missing or secret.";
      const checks: Check[] = [{ name: "settings", result: "unknown", text }];
      return { name: splitUrn(urn).name, trailId, result: "unknown", checks };
    });

/** Settings of a bucket, or the error of a failed read. Both are absent if there is no such bucket. */
interface BucketRead {
  readonly settings?: BucketSettings;
  readonly failure?: string;
}

/** A trail, and what its checks read. */
interface TrailVerification {
  readonly target: TrailTarget;
  /** Trails with the same service account, this one included. */
  readonly sharing: readonly TrailTarget[];
  readonly stack: StackView;
  /** Buckets of all trails, by name. */
  readonly buckets: ReadonlyMap<string, BucketRead>;
  readonly view: CloudView;
  readonly cloud: CloudApi;
  /** The memory is that of this trail. */
  readonly options: Omit<VerifyOptions, "memory"> & { readonly memory?: Memory[string] };
  readonly around: Surroundings;
}

async function verifyTrail({
  target,
  sharing,
  stack,
  buckets,
  view,
  cloud,
  options,
  around,
}: TrailVerification): Promise<{ readonly checks: readonly Check[]; readonly memory?: Memory[string] }> {
  const { settings, failure } = buckets.get(target.bucketName) ?? {};
  const known = new Map([...buckets].map(([name, read]) => [name, read.settings] as const));
  const checkLogs = () =>
    settings && checkDeliveredLogs(target, settings, () => around.now(), options, cloud);
  // With --quick the logs can be checked at the same time.
  const early = options.quick ? checkLogs() : undefined;
  // The result is awaited at the end.
  early?.catch(() => {});
  const [trail, roles, account, bucket] = await Promise.all([
    checkTrail(target, cloud),
    checkRoles(target, sharing, known, view),
    checkAccount(target, cloud),
    failure === undefined
      ? checkBucket(target, stack, settings, view, cloud)
      : [unread("bucket", target, failure), unread("key", target, failure)],
  ]);
  const keyId = settings && keyIdOf(settings);
  const delivery = options.quick
    ? undefined
    : trail.isActive && settings
      ? await proveDelivery(target, keyId, options.wait, cloud, around)
      : notTried();
  const record = await (early ?? checkLogs());
  return {
    checks: [
      ...trail.checks,
      roles,
      account,
      ...bucket,
      ...(delivery ? [delivery.check] : []),
      ...(record?.checks ?? [unread("record", target, failure ?? "there is no such bucket")]),
    ],
    memory: record?.memory && withAwaited(record.memory, delivery?.awaited),
  };
}

const withAwaited = (memory: Memory[string], awaited: Awaited | undefined): Memory[string] =>
  awaited ? { ...memory, awaited } : memory;

const unread = (name: string, { bucketName }: TrailTarget, why: string): Check => ({
  name,
  result: "unknown",
  text: `The bucket ${bucketName} cannot be read: ${why}`,
});

const notTried = (): { readonly check: Check; readonly awaited?: undefined } => ({
  check: {
    name: "delivery",
    result: "unknown",
    text: "Delivery was not tried: the trail is not ACTIVE or its status is unknown, or its bucket cannot be read.",
  },
});
