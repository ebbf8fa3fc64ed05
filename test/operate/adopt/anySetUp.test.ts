import fc from "fast-check";
import { bucketPolicyOf } from "../../../components/bucket/policy";
import type { ExistingSetUp } from "../../../operate/adopt/existingSetUp";
import { configurationOf, setUpOf } from "../../../operate/adopt/setUp";
import { weaknessesOf } from "../../../operate/adopt/weaknesses";
import { folderId, organizationId, scope, settingsOf, wholeOrganization } from "../../support/existingSetUps";

/** Set-ups of all kinds, sound and not. */
const anything: fc.Arbitrary<ExistingSetUp> = (() => {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const mostly = <T>(value: fc.Arbitrary<T>, ...odd: fc.Arbitrary<T>[]) =>
    fc.oneof({ weight: 20, arbitrary: value }, ...odd);
  const text = mostly(
    fc.constantFrom("logs", "trail-2", "a".repeat(60)),
    ...[fc.constantFrom("Logs of 2026", "", "x-"), fc.string()],
  );
  const place = fc.constantFrom(scope("b1gone"), scope("b1gtwo"), scope("b1c", "resource-manager.cloud"));
  const places: fc.Arbitrary<object[]> = mostly(
    fc.oneof(
      fc.constant<object[]>([wholeOrganization]),
      fc.array<object>(place, { minLength: 1, maxLength: 3 }),
    ),
    fc.constantFrom([wholeOrganization, scope("b1gone")], [scope("b", "storage.bucket")]),
  );
  const events = maybe(
    fc.record({
      eventTypes: fc.array(
        mostly(fc.constant("yandex.cloud.audit.storage.ObjectCreate"), fc.constant("odd")),
        {
          maxLength: 2,
        },
      ),
    }),
  );
  const filters = fc.array(
    fc.record({
      service: mostly(fc.constantFrom("kms", "storage"), fc.constant("Odd")),
      resourceScopes: places,
      includedEvents: events,
    }),
    { maxLength: 2 },
  );
  const trails = fc.record({
    ...{ folderId: mostly(fc.constant(folderId), fc.constant("b1gother")), name: text, description: text },
    status: fc.constantFrom("ACTIVE", "ERROR"),
    serviceAccountId: fc.constantFrom("ajeone", "ajetwo"),
    destination: fc.record({
      objectStorage: fc.record({
        bucketId: fc.constantFrom("logs-one", "logs-two"),
        objectPrefix: mostly(fc.constantFrom("", "audit", "a/b"), fc.constant("a/")),
      }),
    }),
    filteringPolicy: fc.record({
      managementEventsFilter: maybe(fc.record({ resourceScopes: places })),
      dataEventsFilters: filters,
    }),
  });
  const count = fc.integer({ min: 0, max: 100_000 });
  const rules = fc.array(
    fc.record({
      ...{ id: fc.constantFrom("logs", "delete-markers", "other"), enabled: fc.boolean() },
      transitions: fc.array(fc.record({ days: count, storageClass: fc.constantFrom("COLD", "ICE") }), {
        maxLength: 2,
      }),
      expiration: maybe(
        fc.oneof(fc.record({ days: count }), fc.constant({ expiredObjectDeleteMarker: true })),
      ),
      noncurrentExpiration: maybe(fc.record({ noncurrentDays: count })),
      abortIncompleteMultipartUpload: maybe(fc.record({ daysAfterExpiration: count })),
    }),
    { maxLength: 2 },
  );
  const keyId = fc.constantFrom("abjone", "abjtwo");
  const buckets = fc.record({
    otherKey: fc.constantFrom(undefined, undefined, "a.jpg"),
    settings: fc.record({
      folderId: fc.constantFrom(folderId, folderId, "b1gother"),
      versioning: fc.constantFrom("VERSIONING_ENABLED", "VERSIONING_DISABLED"),
      encryption: maybe(keyId.map((kmsMasterKeyId) => ({ rules: [{ kmsMasterKeyId }] }))),
      maxSize: fc.constantFrom(0, 5, 2 ** 31, 2 ** 60),
      lifecycleRules: rules,
      policy: fc.constantFrom(
        undefined,
        { Statement: [] },
        JSON.parse(bucketPolicyOf("logs-one", ["ajeone"], { administrators: ["a"] })),
      ),
      anonymousAccessFlags: maybe(fc.record({ read: fc.boolean() })),
      objectLock: maybe(
        fc.record({
          status: fc.constant("OBJECT_LOCK_STATUS_ENABLED"),
          defaultRetention: fc.record({
            mode: fc.constantFrom("MODE_COMPLIANCE", "MODE_GOVERNANCE"),
            days: maybe(count),
            years: maybe(count),
          }),
        }),
      ),
    }),
  });
  const keys = fc.record({
    ...{
      id: keyId,
      folderId: fc.constantFrom(folderId, folderId, "b1gother"),
      name: text,
      status: fc.constant("ACTIVE"),
    },
    ...{
      algorithm: fc.constantFrom("AES_128", "AES_256"),
      rotationSeconds: maybe(fc.integer({ min: 1, max: 1e9 })),
    },
    ...{ deletionProtection: fc.boolean(), otherBuckets: fc.constantFrom([], [], ["photos"]) },
  });
  const accounts = fc.record({ folderId: fc.constantFrom(folderId, folderId, "b1gother"), name: text });
  const table = <T>(ids: readonly string[], value: fc.Arbitrary<T>) =>
    fc.tuple(...ids.map((id) => value.map((one) => [id, one] as const))).map((entries) => new Map(entries));
  const organizations = fc.constant(
    new Map([
      [folderId, organizationId],
      ["b1gother", organizationId],
    ]),
  );
  return fc.record({
    trails: fc
      .integer({ min: 1, max: 3 })
      .chain((n) => table(["cnpone", "cnptwo", "cnpthree"].slice(0, n), trails)),
    otherTrails: fc.constantFrom(
      [],
      [],
      [{ name: "other", bucketName: "logs-two", serviceAccountId: "ajetwo" }],
    ),
    ...{ buckets: table(["logs-one", "logs-two"], buckets), keys: table(["abjone", "abjtwo"], keys) },
    ...{ accounts: table(["ajeone", "ajetwo"], accounts), organizations },
    accountKeys: table(
      ["ajeone", "ajetwo"],
      fc.constantFrom([], [{ kind: "static key", id: "ajekey" }], undefined),
    ),
    grants: fc.array(
      fc.record({
        role: fc.constantFrom("storage.uploader", "admin"),
        on: fc.constant(scope(folderId)),
        accountId: fc.constantFrom("ajeone", "ajetwo"),
      }),
    ),
  }) as unknown as fc.Arbitrary<ExistingSetUp>;
})();

test("any set-up is refused with a reason, or its configuration is valid, before and after each correction", () => {
  let accepted = 0;
  fc.assert(
    fc.property(anything, (given) => {
      const { setUp, refusals } = setUpOf(given);
      expect(setUp === undefined).toBe(refusals.length > 0);
      if (!setUp) return;
      accepted += 1;
      const configuration = configurationOf(setUp.args);
      settingsOf(configuration);
      for (const { correction } of weaknessesOf(setUp, given)) {
        const commands = correction.matchAll(/pulumi config set --path (\S+) (\S+)/g);
        const corrected = [...commands].reduce<unknown>(
          (before, [, path = "", value = ""]) => withValue(before, path.split("."), value),
          configuration,
        );
        settingsOf(corrected as Record<string, unknown>);
      }
    }),
    { numRuns: 1000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

function withValue(object: unknown, [name = "", ...path]: readonly string[], value: string): unknown {
  if (!name) return value;
  const owner = Object(object) as Record<string, unknown>;
  return { ...owner, [name]: withValue(owner[name], path, value) };
}
