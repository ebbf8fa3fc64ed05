import { keyIdOf } from "../../api/bucketSettings";
import { distinct } from "../../components/distinct";
import * as values from "../../components/values";
import { inert } from "../inert";
import type { ExistingBucket, ExistingKey, ExistingSetUp } from "./existingSetUp";
import type { Place, SoundTrail } from "./refusals";

/** Decides which buckets, keys and accounts of the trails the stack manages. Others are only used. */
export class Managed {
  readonly bucketNames: readonly string[];
  /** Names of managed buckets. */
  readonly buckets: readonly string[];
  /** Ids of managed keys. */
  readonly keys: ReadonlySet<string>;
  /** Ids of managed service accounts. */
  readonly accounts: ReadonlySet<string>;
  /** Sentences about resources that are only used, with the reasons. */
  readonly onlyUsed: string[] = [];

  constructor(
    private readonly found: ExistingSetUp,
    trails: readonly SoundTrail[],
    private readonly place: Place,
  ) {
    this.bucketNames = distinct(trails.map(({ bucketName }) => bucketName));
    this.buckets = this.bucketNames.filter((name) => this.isOwn("bucket", name, this.bucketDoubts(name)));
    const keyIds = distinct(this.bucketNames.flatMap((name) => this.keyIdOf(name) ?? []));
    this.keys = new Set(keyIds.filter((id) => this.isOwn("key", id, this.keyDoubts(id))));
    const accountIds = distinct(trails.map(({ accountId }) => accountId));
    this.accounts = new Set(
      accountIds.filter((id) => this.isOwn("service account", id, this.accountDoubts(id))),
    );
  }

  bucket(name: string): ExistingBucket {
    return this.found.buckets.get(name) as ExistingBucket;
  }

  /** Returns the id of the key that encrypts a bucket; undefined for an unencrypted one. */
  keyIdOf(bucketName: string): string | undefined {
    return keyIdOf(this.bucket(bucketName).settings);
  }

  private isOwn(what: string, id: string, doubts: readonly string[]): boolean {
    if (doubts.length > 0)
      this.onlyUsed.push(`The stack uses ${what} ${inert(id)} but does not manage it: ${doubts.join("; ")}.`);
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
    const used = of.filter((bucketName) => !this.buckets.includes(bucketName));
    return [
      ...this.elsewhere(folderId),
      ...(otherBuckets.length > 0
        ? [`it encrypts bucket ${otherBuckets.map((one) => inert(one)).join(", ")} too`]
        : []),
      ...used.map(
        (bucketName) => `the stack does not manage bucket ${inert(bucketName)}, which the key encrypts`,
      ),
      ...(of.length > 1 && !of.includes(this.bucketNames[0] ?? "")
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

  private accountDoubts(id: string): string[] {
    const { folderId, name } = this.found.accounts.get(id) ?? { folderId: "", name: "" };
    const others = this.found.otherTrails.filter(({ serviceAccountId }) => serviceAccountId === id);
    return [
      ...this.elsewhere(folderId),
      ...others.map((other) => `${this.otherTrail(other)} works with it`),
      ...(values.name.safeParse(name).success
        ? []
        : [`the configuration does not accept its name ${JSON.stringify(name)}`]),
    ];
  }
}
