import type { Resource } from "../../api/bindings";
import { partsOf } from "../../api/trails";
import type { AuditTrailsArgs, EncryptionArgs, TrailSettings } from "../../components/auditTrails/args";
import { AuditTrailsPlan } from "../../components/auditTrails/plan";
import { faultsAcross } from "../../components/auditTrails/rules";
import { type KeyAlgorithm, KeyRole, UploaderPlace } from "../../components/choices";
import { distinct } from "../../components/distinct";
import { place } from "../../components/places";
import { chosenRoles, type RolesArgs, rolesNeeded, trailRoles } from "../../components/roles";
import type { Kind } from "../stack/kinds";
import { accessFrom, lockFrom, sizeFrom } from "./bucketArgs";
import type { ExistingKey, ExistingSetUp } from "./existingSetUp";
import { retentionFrom } from "./lifecycleRules";
import { Managed } from "./managed";
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
  private readonly managed: Managed;
  private readonly mainBucket: string;
  private readonly mainAccount: string;
  private readonly roles: RolesArgs;

  constructor(
    private readonly found: ExistingSetUp,
    private readonly trails: readonly SoundTrail[],
    private readonly place: Place,
    private readonly grantsOnBuckets: boolean,
  ) {
    this.mainBucket = trails[0]?.bucketName ?? "";
    this.mainAccount = trails[0]?.accountId ?? "";
    this.managed = new Managed(found, trails, place);
    const choices = trails.map((trail) => this.rolesOf(trail));
    this.roles = known({
      uploader: unlessUsual(common(choices.map(({ uploader }) => uploader)), UploaderPlace.Folder),
      key: unlessUsual(common(choices.map(({ key }) => key)), KeyRole.EncrypterDecrypter),
    });
  }

  setUp(): SetUp {
    const { buckets, onlyUsed } = this.managed;
    const own = buckets.map((name) => ({ name, ...this.managed.bucket(name).settings }));
    const retention = common(own.map(retentionFrom));
    const args: AuditTrailsArgs = known({
      ...this.place,
      adopted: true,
      ...this.bucketSettings(this.mainBucket),
      encryption: this.encryptionOf(this.mainBucket),
      retention,
      objectLock: common(own.map((settings) => lockFrom(settings, retention))),
      maxSizeGiB: common(own.map(({ maxSize }) => sizeFrom(maxSize))),
      access: common(own.map(({ name, policy }) => accessFrom(name, policy, this.uploadersOf(name)))),
      ...this.accountSettings(this.mainAccount),
      roles: Object.keys(this.roles).length > 0 ? this.roles : undefined,
      trails: Object.fromEntries(
        this.trails.map(({ key, settings, bucketName, accountId }) => [
          key,
          {
            ...settings,
            ...(bucketName === this.mainBucket ? undefined : this.rowBucket(bucketName)),
            ...(accountId === this.mainAccount ? undefined : this.accountSettings(accountId)),
          },
        ]),
      ),
    });
    const allowed = withRecursion(args);
    const plan = new AuditTrailsPlan(allowed);
    return { args: allowed, plan, parts: this.partsOf(plan), needs: this.needs(), onlyUsed };
  }

  private bucketSettings(bucketName: string) {
    const isOwn = this.managed.buckets.includes(bucketName);
    return {
      bucketName,
      bucketFolderId: isOwn ? undefined : this.managed.bucket(bucketName).settings.folderId,
    };
  }

  private rowBucket(bucketName: string): Partial<TrailSettings> {
    const keyId = this.managed.keyIdOf(bucketName);
    const isShared = keyId !== undefined && keyId === this.managed.keyIdOf(this.mainBucket);
    return {
      ...this.bucketSettings(bucketName),
      encryption: isShared && this.managed.keys.has(keyId) ? undefined : this.encryptionOf(bucketName),
    };
  }

  private encryptionOf(bucketName: string): EncryptionArgs {
    const keyId = this.managed.keyIdOf(bucketName);
    if (keyId === undefined) return { key: "none" };
    if (!this.managed.keys.has(keyId)) return { key: "existing", keyId };
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
    return this.managed.accounts.has(id)
      ? { serviceAccountName: this.found.accounts.get(id)?.name }
      : { serviceAccountId: id };
  }

  private uploadersOf(bucketName: string): string[] {
    return distinct(this.trails.flatMap((one) => (one.bucketName === bucketName ? [one.accountId] : [])));
  }

  /**
   * Returns the choice of roles that matches a trail's roles. The upload role on the bucket counts only if the provider can grant it
   * and nobody else has it.
   */
  private rolesOf({ bucketName, accountId }: SoundTrail): RolesArgs {
    const { settings, otherUploaders } = this.managed.bucket(bucketName);
    const { resourceId, folderId } = settings;
    const keyId = this.managed.keyIdOf(bucketName);
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
      const { settings } = this.managed.bucket(bucketName);
      const keyId = this.managed.keyIdOf(bucketName);
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
          ? [{ kind: "key" as const, name, id: this.managed.keyIdOf(bucketName) ?? "" }]
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
