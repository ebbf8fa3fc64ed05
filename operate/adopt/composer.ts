import type { Resource } from "../../api/bindings";
import { keyIdOf } from "../../api/bucketSettings";
import { partsOf } from "../../api/trails";
import type { AuditTrailsArgs, EncryptionArgs, TrailSettings } from "../../components/auditTrails/args";
import { AuditTrailsPlan } from "../../components/auditTrails/plan";
import { faultsAcross } from "../../components/auditTrails/rules";
import { confirmationOf, type ObjectLockArgs, objectLockFaults } from "../../components/bucket/objectLock";
import type { BucketAccessArgs } from "../../components/bucket/policy";
import type { RetentionArgs } from "../../components/bucket/retention";
import { type KeyAlgorithm, KeyRole, type ObjectLockMode, UploaderPlace } from "../../components/choices";
import { distinct } from "../../components/distinct";
import { place } from "../../components/places";
import { chosenRoles, type RolesArgs, rolesNeeded, trailRoles } from "../../components/roles";
import * as values from "../../components/values";
import { inert } from "../inert";
import type { Kind } from "../stack/kinds";
import { accessOf } from "../stack/ownPolicy";
import type { ExistingBucket, ExistingKey, ExistingSetUp } from "./existingSetUp";
import { retentionFrom } from "./lifecycleRules";
import type { Place, SoundTrail } from "./refusals";
import type { NeededRole } from "./roles";
import { known } from "./trailSettings";

/** A resource in the cloud, and its name in the program. */
export interface Part {
  readonly kind: Kind;
  readonly name: string;
  readonly id: string;
}

/** A set-up in the words of the program. */
export interface SetUp {
  readonly args: AuditTrailsArgs;
  readonly plan: AuditTrailsPlan;
  readonly parts: readonly Part[];
  readonly needs: readonly NeededRole[];
  /** Sentences about resources that are only used, with the reasons. */
  readonly onlyUsed: readonly string[];
}

/** Builds the configuration from trails that can be adopted. */
export class Composer {
  private readonly onlyUsed: string[] = [];
  private readonly mainBucket: string;
  private readonly mainAccount: string;
  /** Buckets that are adopted. */
  private readonly ownBuckets: readonly string[];
  private readonly ownKeys: ReadonlySet<string>;
  private readonly roles: RolesArgs;

  constructor(
    private readonly found: ExistingSetUp,
    private readonly trails: readonly SoundTrail[],
    private readonly place: Place,
    private readonly grantsOnBuckets: boolean,
  ) {
    this.mainBucket = trails[0]?.bucketName ?? "";
    this.mainAccount = trails[0]?.accountId ?? "";
    this.ownBuckets = this.bucketNames.filter((name) => this.isOwn("Bucket", name, this.bucketDoubts(name)));
    const keyIds = distinct(this.bucketNames.flatMap((name) => this.keyIdOf(name) ?? []));
    this.ownKeys = new Set(keyIds.filter((id) => this.isOwn("Key", id, this.keyDoubts(id))));
    const choices = trails.map((trail) => this.rolesOf(trail));
    this.roles = known({
      uploader: unlessUsual(common(choices.map(({ uploader }) => uploader)), UploaderPlace.Folder),
      key: unlessUsual(common(choices.map(({ key }) => key)), KeyRole.EncrypterDecrypter),
    });
  }

  setUp(): SetUp {
    const own = this.ownBuckets.map((name) => [name, this.bucket(name)] as const);
    const retention = common(own.map(([, { settings }]) => retentionFrom(settings)));
    const accounts = distinct(this.trails.map(({ accountId }) => accountId));
    const named = new Map(accounts.map((id) => [id, this.accountSettings(id)]));
    const args: AuditTrailsArgs = known({
      ...this.place,
      adopted: true,
      ...this.bucketSettings(this.mainBucket),
      encryption: this.encryptionOf(this.mainBucket),
      retention,
      objectLock: common(own.map(([, bucket]) => lockFrom(bucket, retention))),
      maxSizeGiB: common(own.map(([, { settings }]) => sizeFrom(settings.maxSize))),
      access: common(own.map(([name, { settings }]) => this.accessFrom(name, settings.policy))),
      ...named.get(this.mainAccount),
      roles: Object.keys(this.roles).length > 0 ? this.roles : undefined,
      trails: Object.fromEntries(
        this.trails.map(({ key, settings, bucketName, accountId }) => [
          key,
          {
            ...settings,
            ...(bucketName === this.mainBucket ? undefined : this.rowBucket(bucketName)),
            ...(accountId === this.mainAccount ? undefined : named.get(accountId)),
          },
        ]),
      ),
    });
    const allowed = withRecursion(args);
    const plan = new AuditTrailsPlan(allowed);
    return { args: allowed, plan, parts: this.partsOf(plan), needs: this.needs(), onlyUsed: this.onlyUsed };
  }

  private get bucketNames(): string[] {
    return distinct(this.trails.map(({ bucketName }) => bucketName));
  }

  private bucket(name: string): ExistingBucket {
    return this.found.buckets.get(name) as ExistingBucket;
  }

  private keyIdOf(bucketName: string): string | undefined {
    return keyIdOf(this.bucket(bucketName).settings);
  }

  private isOwn(what: string, id: string, doubts: readonly string[]): boolean {
    if (doubts.length > 0)
      this.onlyUsed.push(`${what} ${inert(id)} is only used and not managed: ${doubts.join("; ")}.`);
    return doubts.length === 0;
  }

  private bucketDoubts(name: string): string[] {
    const { settings, otherKey } = this.bucket(name);
    const others = this.found.otherTrails.filter(({ bucketName }) => bucketName === name);
    return [
      ...this.elsewhere(settings.folderId),
      ...others.map((other) => `${this.otherTrail(other)} delivers to it`),
      ...(otherKey === undefined
        ? []
        : [`it holds other data than the trails' logs, such as ${inert(otherKey)}`]),
    ];
  }

  private keyDoubts(id: string): string[] {
    const { folderId, name, otherBuckets } = this.found.keys.get(id) as ExistingKey;
    const of = this.bucketNames.filter((bucketName) => this.keyIdOf(bucketName) === id);
    const used = of.filter((bucketName) => !this.ownBuckets.includes(bucketName));
    return [
      ...this.elsewhere(folderId),
      ...(otherBuckets.length > 0
        ? [`it encrypts bucket ${otherBuckets.map((one) => inert(one)).join(", ")} too`]
        : []),
      ...used.map((bucketName) => `bucket ${inert(bucketName)}, which it encrypts, is only used`),
      ...(of.length > 1 && !of.includes(this.mainBucket)
        ? [`it encrypts several buckets, ${of.join(", ")}`]
        : []),
      ...(values.keyName.safeParse(name).success ? [] : ["it has no name"]),
    ];
  }

  private otherTrail({ name, folderId }: ExistingSetUp["otherTrails"][number]): string {
    const where = folderId === this.place.folderId ? "" : ` in folder ${folderId}`;
    return `trail ${inert(name)}${where}, which is not adopted,`;
  }

  private elsewhere(folderId: string): string[] {
    return folderId === this.place.folderId
      ? []
      : [`it is in folder ${folderId}, the trails are in ${this.place.folderId}`];
  }

  private bucketSettings(bucketName: string) {
    const isOwn = this.ownBuckets.includes(bucketName);
    return { bucketName, bucketFolderId: isOwn ? undefined : this.bucket(bucketName).settings.folderId };
  }

  private rowBucket(bucketName: string): Partial<TrailSettings> {
    const keyId = this.keyIdOf(bucketName);
    const isShared = keyId !== undefined && keyId === this.keyIdOf(this.mainBucket);
    return {
      ...this.bucketSettings(bucketName),
      encryption: isShared && this.ownKeys.has(keyId) ? undefined : this.encryptionOf(bucketName),
    };
  }

  private encryptionOf(bucketName: string): EncryptionArgs {
    const keyId = this.keyIdOf(bucketName);
    if (keyId === undefined) return { key: "none" };
    if (!this.ownKeys.has(keyId)) return { key: "existing", keyId };
    const { name, algorithm, rotationSeconds, deletionProtection } = this.found.keys.get(
      keyId,
    ) as ExistingKey;
    return {
      key: "new",
      keyName: name,
      keyAlgorithm: algorithm as KeyAlgorithm,
      keyRotationPeriod: rotationSeconds === undefined ? undefined : durationOf(rotationSeconds),
      deletionProtection,
    };
  }

  private accountSettings(id: string): Pick<TrailSettings, "serviceAccountId" | "serviceAccountName"> {
    const { folderId, name } = this.found.accounts.get(id) ?? { folderId: "", name: "" };
    const others = this.found.otherTrails.filter(({ serviceAccountId }) => serviceAccountId === id);
    const doubts = [
      ...this.elsewhere(folderId),
      ...others.map((other) => `${this.otherTrail(other)} works with it`),
      ...(values.name.safeParse(name).success
        ? []
        : [`the configuration does not accept its name ${JSON.stringify(name)}`]),
    ];
    return this.isOwn("Service account", id, doubts)
      ? { serviceAccountName: name }
      : { serviceAccountId: id };
  }

  private accessFrom(bucketName: string, policy: object | undefined): BucketAccessArgs | undefined {
    const access = policy && accessOf(JSON.stringify(policy), bucketName);
    if (!access || access.administrators.length === 0) return undefined;
    const uploaders = distinct(
      this.trails.flatMap((one) => (one.bucketName === bucketName ? [one.accountId] : [])),
    );
    if ([...access.uploaders].sort().join() !== uploaders.sort().join()) return undefined;
    const { administrators, readers, tlsOnly, denyDelete } = access;
    return {
      administrators: [...administrators],
      readers: readers.length > 0 ? [...readers] : undefined,
      tlsOnly,
      denyDelete,
    };
  }

  /** The choice that a trail's roles stand for. What the provider cannot carry out, or would take from others, is none. */
  private rolesOf({ bucketName, accountId }: SoundTrail): RolesArgs {
    const { settings, otherUploaders } = this.bucket(bucketName);
    const { resourceId, folderId } = settings;
    const keyId = this.keyIdOf(bucketName);
    const granted = this.found.grants.filter((grant) => grant.accountId === accountId);
    const isOnFolder = granted.some(({ role, on }) => role === trailRoles.bucket && on.id === folderId);
    const isSole = this.grantsOnBuckets && !isOnFolder && otherUploaders?.length === 0;
    return chosenRoles(
      granted.flatMap(({ role, on: { id } }) => [
        ...(isSole && resourceId && id === resourceId ? [{ role, on: "bucket" as const }] : []),
        ...(keyId && id === keyId ? [{ role, on: "key" as const }] : []),
      ]),
    );
  }

  private needs(): NeededRole[] {
    const all = this.trails.flatMap(({ trail, bucketName, accountId }) => {
      const { settings } = this.bucket(bucketName);
      const keyId = this.keyIdOf(bucketName);
      const places = {
        scopes: partsOf(trail).scopes,
        buckets: [
          {
            folder: place("folder", settings.folderId),
            bucket: settings.resourceId ? place("bucket", settings.resourceId) : undefined,
          },
        ],
        keys: keyId === undefined ? [] : [{ type: "kms.symmetricKey", id: keyId }],
      };
      return rolesNeeded<Resource>(places, this.roles).map(({ on: [on], ...need }) => ({
        ...need,
        on,
        accountId,
      }));
    });
    return [...new Map(all.map((need) => [JSON.stringify(need), need])).values()];
  }

  private partsOf(plan: AuditTrailsPlan): Part[] {
    const keys = new Map(
      plan.buckets.flatMap(({ key, bucketName }) => (key ? [[key, String(bucketName)]] : [])),
    );
    const trailOf = (key: string) => this.trails.find((trail) => trail.key === key) as SoundTrail;
    return [
      ...[...keys].flatMap(([{ settings, name }, bucketName]) =>
        settings.keyId === undefined
          ? [{ kind: "key" as const, name, id: this.keyIdOf(bucketName) ?? "" }]
          : [],
      ),
      ...plan.accounts
        .filter(({ serviceAccountId }) => serviceAccountId === undefined)
        .map((account) => ({
          kind: "account" as const,
          name: account.name,
          id: trailOf(plan.trailsOf(account)[0]?.key ?? "").accountId,
        })),
      ...plan.newBuckets.map(({ name, bucketName }) => ({
        kind: "bucket" as const,
        name,
        id: String(bucketName),
      })),
      ...plan.trails.map(({ key, name }) => ({
        kind: "trail" as const,
        name,
        id: trailOf(key).id,
      })),
    ];
  }
}

/** Returns a choice; undefined if it is the default. */
const unlessUsual = <T>(choice: T | undefined, usual: T): T | undefined =>
  choice === usual ? undefined : choice;

/** Returns the common value of all; undefined if they differ, or if there are none. */
function common<T>(all: readonly T[]): T | undefined {
  const [first] = all;
  return all.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : undefined;
}

const durationOf = (seconds: number): string => (seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds}s`);

const bytesPerGiB = 2 ** 30;

/** Returns a size limit in GiB; undefined if the configuration cannot express it. */
const sizeFrom = (bytes = 0): number | undefined =>
  bytes > 0 ? values.wholeNumber("GiB", 1).safeParse(bytes / bytesPerGiB).data : undefined;

function lockFrom(
  { settings: { objectLock } }: ExistingBucket,
  retention: RetentionArgs | undefined,
): ObjectLockArgs | undefined {
  const { mode, days, years } = objectLock?.defaultRetention ?? {};
  if (objectLock?.status !== "OBJECT_LOCK_STATUS_ENABLED" || !mode) return undefined;
  const lock = known({
    mode: mode.replace("MODE_", "") as ObjectLockMode,
    days: days || undefined,
    years: years || undefined,
  });
  const said = lock.mode === "COMPLIANCE" ? { ...lock, confirmation: confirmationOf(lock) } : lock;
  const isCounted = [lock.days, lock.years].every(
    (count) => count === undefined || values.days.safeParse(count).success,
  );
  if (!isCounted) return undefined;
  return objectLockFaults(said, retention).some((fault) => typeof fault === "object") ? undefined : said;
}

/** Allows recursion for existing trails that record the delivery of their own logs. */
function withRecursion(args: AuditTrailsArgs): AuditTrailsArgs {
  const circles = faultsAcross(args).flatMap((fault) =>
    typeof fault === "object" ? (/^trails\.(.+)\.dataEvents\.storage$/.exec(fault.path)?.[1] ?? []) : [],
  );
  const rows = Object.entries(args.trails ?? {}).map(([key, row]) =>
    circles.includes(key) ? [key, { ...row, allowRecursion: true }] : [key, row],
  );
  return { ...args, trails: Object.fromEntries(rows) };
}
