import fc from "fast-check";
import type { BucketSettings } from "../../../api/bucketSettings";
import { bucketPolicyOf } from "../../../components/bucket/policy";
import { lifecycleRulesOf, type RetentionArgs, retentionFaults } from "../../../components/bucket/retention";
import type { ExistingSetUp } from "../../../operate/adopt/existingSetUp";
import { retentionFrom } from "../../../operate/adopt/lifecycleRules";
import {
  bucket,
  configured,
  folderId,
  found,
  key,
  organizationId,
  scope,
  settingsOf,
  soundSetUp,
  trail,
  wholeOrganization,
} from "../../support/existingSetUps";

describe("the configuration describes the existing resources", () => {
  test("of the guide's set-up", () => {
    expect(configured(found())).toEqual({
      ...{ organizationId, folderId, bucketName: "logs-one", adopted: true, serviceAccountName: "account" },
      encryption: {
        key: "new",
        keyName: "key",
        keyAlgorithm: "AES_256",
        keyRotationPeriod: "8760h",
        deletionProtection: true,
      },
      retention: { preset: "guide", versioning: false },
      trails: { trail: { name: "trail" } },
    });
  });

  test("of the collected events", () => {
    const filteringPolicy = {
      dataEventsFilters: [
        {
          service: "kms",
          resourceScopes: [wholeOrganization],
          includedEvents: { eventTypes: ["yandex.cloud.audit.kms.Decrypt"] },
        },
        { service: "storage", resourceScopes: [scope("b1gone"), scope("b1ctwo", "resource-manager.cloud")] },
      ],
    };
    const trails = new Map([["cnpone", trail({ filteringPolicy, prefix: "audit", description: "Mine" })]]);
    expect(configured(found({ trails })).trails).toEqual({
      trail: {
        ...{
          name: "trail",
          description: "Mine",
          objectPrefix: "audit",
          managementEvents: false,
          allowRecursion: true,
        },
        dataEvents: {
          kms: { includedEvents: ["yandex.cloud.audit.kms.Decrypt"] },
          storage: { clouds: ["b1ctwo"], folders: ["b1gone"] },
        },
      },
    });
  });

  test("of a size, a lock and a policy that the components would make", () => {
    const access = { administrators: ["ajeadmin"], readers: ["ajereader"], tlsOnly: true, denyDelete: false };
    const settings: Partial<BucketSettings> = {
      versioning: "VERSIONING_ENABLED",
      maxSize: 3 * 2 ** 30,
      objectLock: {
        status: "OBJECT_LOCK_STATUS_ENABLED",
        defaultRetention: { mode: "MODE_COMPLIANCE", days: 30 },
      },
      policy: JSON.parse(bucketPolicyOf("logs-one", ["ajeone"], access)),
    };
    expect(configured(found({ buckets: new Map([["logs-one", bucket(settings)]]) }))).toMatchObject({
      maxSizeGiB: 3,
      objectLock: { mode: "COMPLIANCE", days: 30, confirmation: "nobody can delete a log for 30 days" },
      access,
    });
  });

  test.each<[string, Partial<BucketSettings>, string]>([
    ["a size that is no whole GiB", { maxSize: 1000 }, "maxSizeGiB"],
    [
      "a policy that lets another account upload",
      { policy: JSON.parse(bucketPolicyOf("logs-one", ["other"], { administrators: ["a"] })) },
      "access",
    ],
    [
      "a lock that is longer than the configuration takes",
      {
        versioning: "VERSIONING_ENABLED",
        objectLock: {
          status: "OBJECT_LOCK_STATUS_ENABLED",
          defaultRetention: { mode: "MODE_GOVERNANCE", days: 100_000 },
        },
      },
      "objectLock",
    ],
    ["a policy of another form", { policy: { Statement: [] } }, "access"],
    [
      "a rule for a prefix",
      { lifecycleRules: [{ id: "logs", enabled: true, filter: { prefix: "a/" }, expiration: { days: 3 } }] },
      "retention",
    ],
    [
      "a rule that moves old versions",
      { lifecycleRules: [{ id: "logs", enabled: true, noncurrentTransitions: [{}] }] },
      "retention",
    ],
  ])("%s is left out", (_, settings, name) => {
    const buckets = new Map([["logs-one", bucket(settings)]]);
    expect(configured(found({ buckets }))).not.toHaveProperty(name);
  });

  test("every retention that the components can make is read from the bucket that has it", () => {
    const days = fc.option(fc.integer({ min: 1, max: 4000 }), { nil: undefined });
    const retentions = fc.record<RetentionArgs>({
      preset: fc.constantFrom("guide", "standard", "archive", "year"),
      versioning: fc.option(fc.boolean(), { nil: undefined }),
      ...{ coldAfterDays: days, iceAfterDays: days, expireAfterDays: days },
      ...{ oldVersionsExpireAfterDays: days, abortUploadsAfterDays: days },
    });
    const inTheApi = ({
      noncurrentVersionExpiration: old,
      abortIncompleteMultipartUploadDays: abort,
      ...rule
    }: Made) => ({
      ...rule,
      ...(old && { noncurrentExpiration: { noncurrentDays: old.days } }),
      ...(abort && { abortIncompleteMultipartUpload: { daysAfterExpiration: abort } }),
    });
    fc.assert(
      fc.property(retentions, (retention) => {
        fc.pre(retentionFaults(retention).every((fault) => fault === false));
        const rules = lifecycleRulesOf(retention);
        const isVersioned = retention.versioning ?? retention.preset !== "guide";
        const read = retentionFrom({
          folderId,
          versioning: isVersioned ? "VERSIONING_ENABLED" : "VERSIONING_SUSPENDED",
          lifecycleRules: rules.map((rule) => JSON.parse(JSON.stringify(inTheApi(rule as Made)))),
        });
        expect(read).toBeDefined();
        expect(lifecycleRulesOf(read)).toEqual(rules);
        expect(read?.versioning).toBe(isVersioned);
      }),
    );
  });
  type Made = { noncurrentVersionExpiration?: { days: number }; abortIncompleteMultipartUploadDays?: number };
});

describe("resources that are shared or in other folders are used, not imported", () => {
  test.each<[string, Partial<Record<keyof ExistingSetUp, unknown>>, string, object]>([
    [
      "a bucket with other objects",
      { buckets: new Map([["logs-one", bucket({}, "a.jpg")]]) },
      "it holds other data than the trails' logs, such as a.jpg",
      { bucketFolderId: folderId, encryption: { key: "existing", keyId: "abjone" } },
    ],
    [
      "a bucket of another trail",
      { otherTrails: [{ name: "other", folderId, bucketName: "logs-one", serviceAccountId: "" }] },
      "trail other, which is not adopted, delivers to it",
      { bucketFolderId: folderId },
    ],
    [
      "a key of another bucket",
      { keys: new Map([["abjone", { ...key, otherBuckets: ["photos"] }]]) },
      "it encrypts bucket photos too",
      { encryption: { key: "existing", keyId: "abjone" } },
    ],
    [
      "a key in another folder",
      { keys: new Map([["abjone", { ...key, folderId: "b1gkeys" }]]) },
      "it is in folder b1gkeys",
      { encryption: { key: "existing", keyId: "abjone" } },
    ],
    [
      "an account of another trail",
      { otherTrails: [{ name: "other", folderId, serviceAccountId: "ajeone" }] },
      "trail other, which is not adopted, works with it",
      { serviceAccountId: "ajeone" },
    ],
  ])("%s", (_, more, why, configuration) => {
    const given = found(more);
    expect(soundSetUp(given).onlyUsed.join()).toContain(why);
    expect(configured(given)).toMatchObject(configuration);
  });
});

test("a prefix that new trails may not have is taken over as it is", () => {
  const given = found({ trails: new Map([["cnpone", trail({ prefix: "audit/" })]]) });
  expect(configured(given).trails).toEqual({ trail: { name: "trail", objectPrefix: "audit/" } });
  expect(settingsOf(configured(given))).toMatchObject({ adopted: true });
});

test("an account that a trail of another folder uses is used, not imported", () => {
  const otherTrails = [{ name: "all", folderId: "b1gelsewhere", serviceAccountId: "ajeone" }];
  expect(soundSetUp(found({ otherTrails })).onlyUsed).toEqual([
    "The stack uses service account ajeone but does not manage it: trail all in folder b1gelsewhere, which is not adopted, works with it.",
  ]);
});
