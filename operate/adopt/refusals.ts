import { keyIdOf } from "../../api/bucketSettings";
import { partsOf, type TrailState } from "../../api/trails";
import type { TrailSettings } from "../../components/auditTrails/args";
import { ScopeType } from "../../components/choices";
import { distinct } from "../../components/distinct";
import * as values from "../../components/values";
import { inert } from "../inert";
import type { ExistingSetUp } from "./existingSetUp";
import { trailSettingsFrom } from "./trailSettings";

/** Organization and folder of a set-up. */
export interface Place {
  readonly organizationId: string;
  readonly folderId: string;
}

/** A trail that can be adopted. */
export interface SoundTrail {
  /** Key of the trail in the table `trails`. */
  readonly key: string;
  readonly id: string;
  readonly trail: TrailState;
  readonly settings: TrailSettings;
  readonly bucketName: string;
  readonly accountId: string;
}

/** Trails that can be adopted, or the reasons why they cannot be. */
export interface Soundness {
  /** Place and trails; absent if there is a refusal. */
  readonly sound?: { readonly place: Place; readonly trails: readonly SoundTrail[] };
  /** All reasons against the adoption, as sentences. */
  readonly refusals: readonly string[];
}

/** Checks whether the trails that were found can be adopted. */
export function soundnessOf(found: ExistingSetUp): Soundness {
  const refusals: string[] = [];
  const there = [...found.trails].flatMap(([id, trail]) => {
    if (!trail) {
      refusals.push(`Trail ${inert(id)} does not exist, or may not be read.`);
      return [];
    }
    if (trail.status === "DELETED") refusals.push(`Trail ${inert(id)} is deleted.`);
    const { bucketName, serviceAccountId } = partsOf(trail);
    if (!bucketName) {
      refusals.push(`Trail ${inert(id)} does not deliver to Object Storage.`);
      return [];
    }
    return [{ id, trail, bucketName, accountId: serviceAccountId }];
  });
  const [main] = there;
  if (!main) return { refusals };

  const folderId = main.trail.folderId ?? "";
  // A trail collects events of its own organization alone.
  const collected = there.flatMap(({ trail }) => partsOf(trail).scopes);
  const organizationId =
    found.organizations.get(folderId) ?? collected.find(({ type }) => type === ScopeType.Organization)?.id;
  if (!organizationId)
    refusals.push(
      `The organization of folder ${inert(folderId)} may not be read. Reading it needs role resource-manager.viewer on the folder's cloud.`,
    );
  for (const { id, trail } of there)
    if (trail.folderId !== folderId)
      refusals.push(
        `Trail ${inert(id)} is in folder ${trail.folderId}, trail ${inert(main.id)} in ${folderId}. The trails of a stack must be in one folder.`,
      );

  const keysTaken = new Set<string>();
  const trails = there.map((one): SoundTrail => {
    const { settings, faults } = trailSettingsFrom(one.trail, organizationId);
    refusals.push(...faults.map((fault) => `Trail ${inert(one.id)}: ${fault}.`));
    return { ...one, settings, key: rowKey(one.trail.name, keysTaken) };
  });
  for (const name of distinct(trails.map(({ bucketName }) => bucketName)))
    refusals.push(...bucketRefusals(name, found, { folderId, organizationId }));
  for (const id of distinct(trails.map(({ accountId }) => accountId)))
    if (!found.accounts.get(id))
      refusals.push(`Service account ${inert(id)} of the trails does not exist, or may not be read.`);
  if (refusals.length > 0 || !organizationId) return { refusals };
  return { sound: { place: { organizationId, folderId }, trails }, refusals };
}

/** Returns the reasons to refuse a bucket, as sentences. */
function bucketRefusals(
  name: string,
  { buckets, keys, organizations }: ExistingSetUp,
  at: { readonly folderId: string; readonly organizationId?: string },
): string[] {
  const bucket = buckets.get(name);
  if (!bucket) return [`Bucket ${inert(name)} does not exist, or may not be read.`];
  const { folderId } = bucket.settings;
  const keyId = keyIdOf(bucket.settings);
  const key = keyId === undefined ? undefined : keys.get(keyId);
  const organization = folderId === at.folderId ? at.organizationId : organizations.get(folderId);
  const reasons = [
    [
      !values.bucketName.safeParse(name).success,
      `Bucket ${inert(name)} has a name that the configuration does not accept.`,
    ],
    [
      organization !== at.organizationId,
      `Bucket ${inert(name)} is in folder ${folderId}, of ${organization ? `organization ${organization}` : "an organization that may not be read"}.`,
    ],
    [
      keyId !== undefined && !key,
      `Key ${inert(keyId ?? "")}, which encrypts bucket ${inert(name)}, does not exist, or may not be read.`,
    ],
    [
      key !== undefined && key.status !== "ACTIVE",
      `Key ${key?.id}, which encrypts bucket ${inert(name)}, is ${key?.status}, not ACTIVE.`,
    ],
  ] as const;
  return reasons.filter(([isSo]) => isSo).map(([, reason]) => reason);
}

/** Returns the key of a trail in the table: its name, if that is a valid key. */
function rowKey(name = "", taken: Set<string>): string {
  const short = name.slice(0, 50).replace(/-+$/, "");
  const fits = /^[a-z][-a-z0-9]*$/.test(short) && !taken.has(short);
  const key = fits ? short : `trail-${taken.size + 1}`;
  taken.add(key);
  return key;
}
