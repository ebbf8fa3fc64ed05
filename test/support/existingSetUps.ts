import type { BucketSettings } from "../../api/bucketSettings";
import type { ExistingSetUp } from "../../operate/adopt/existingSetUp";
import { configurationOf, setUpOf } from "../../operate/adopt/setUp";
import { checkSettings } from "../../settings/read";
import { settingsSchema } from "../../settings/schema";

export const organizationId = "bpforganization";
export const folderId = "b1gfolder";
export const scope = (id: string, type = "resource-manager.folder") => ({ id, type });
export const wholeOrganization = scope(organizationId, "organization-manager.organization");

export type Trail = NonNullable<ReturnType<ExistingSetUp["trails"]["get"]>>;

export const trail = ({
  bucket: bucketId = "logs-one",
  prefix: objectPrefix,
  ...more
}: Partial<Trail> & { bucket?: string; prefix?: string } = {}): Trail => ({
  ...{ folderId, name: "trail", status: "ACTIVE", statusErrorMessage: "", serviceAccountId: "ajeone" },
  destination: { objectStorage: { bucketId, objectPrefix } },
  filteringPolicy: { managementEventsFilter: { resourceScopes: [wholeOrganization] } },
  ...more,
});

export const bucket = (settings: Partial<BucketSettings> = {}, otherKey?: string) => ({
  settings: { folderId, encryption: { rules: [{ kmsMasterKeyId: "abjone" }] }, ...settings },
  otherKey,
});

export const key = {
  ...{ id: "abjone", folderId, name: "key", algorithm: "AES_256", rotationSeconds: 31_536_000 },
  ...{ deletionProtection: true, status: "ACTIVE", otherBuckets: [] },
};

export const found = (more: Partial<Record<keyof ExistingSetUp, unknown>> = {}): ExistingSetUp =>
  ({
    trails: new Map([["cnpone", trail()]]),
    otherTrails: [],
    buckets: new Map([["logs-one", bucket()]]),
    keys: new Map([["abjone", key]]),
    accounts: new Map([["ajeone", { folderId, name: "account" }]]),
    accountKeys: new Map([["ajeone", []]]),
    grants: [],
    organizations: new Map([[folderId, organizationId]]),
    ...more,
  }) as ExistingSetUp;

export const refusalsOf = (more: Partial<Record<keyof ExistingSetUp, unknown>>) =>
  setUpOf(found(more)).refusals;

export function soundSetUp(given: ExistingSetUp) {
  const { setUp, refusals } = setUpOf(given);
  expect(refusals).toEqual([]);
  if (!setUp) throw new Error("There is no set-up");
  return setUp;
}

export const configured = (given: ExistingSetUp) => configurationOf(soundSetUp(given).args);

/** The settings that the program reads of a configuration. */
export function settingsOf(configuration: Readonly<Record<string, unknown>>) {
  const defaults = Object.entries(settingsSchema.shape).map(([name, schema]) => [
    name,
    schema.meta()?.default,
  ]);
  const all: Record<string, unknown> = { ...Object.fromEntries(defaults), ...configuration };
  const texts = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]);
  return checkSettings(Object.fromEntries(texts));
}
