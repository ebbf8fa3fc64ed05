import { and, bucket, folder, grant, lifecycle, scoped } from "../support/policyCases";
import { changed, findingsIn, late, sound, without } from "../support/policyStack";

describe("configuration", () => {
  test("excepted resources are left out, by logical name, name in the cloud or id", () => {
    const narrow = changed(
      and(sound, grant("audit-trails.viewer", undefined, { folderId: "b1gother" })),
      "trail",
      scoped(folder),
    );
    expect(findingsIn(narrow)).toHaveLength(1);
    for (const name of ["trail", "organization", "cnptrail"])
      expect(findingsIn(narrow, { "organization-scope": { except: [name] } })).toEqual([]);
    expect(findingsIn(narrow, { "bucket-encrypted": { except: ["trail"] } })).toHaveLength(1);
    expect(findingsIn(without(sound, "bucket"), { "resources-in-stack": { except: ["acme-logs"] } })).toEqual(
      [],
    );
  });

  test("sets the days of retention", () => {
    const year = bucket(lifecycle({ expiration: { days: 365 }, noncurrentVersionExpiration: { days: 30 } }));
    expect(findingsIn(year, { retention: { days: 366 } })).toEqual([expect.stringMatching(/at least 366/)]);
    expect(findingsIn(year, { retention: { oldVersionsDays: 31 } })).toEqual([
      expect.stringMatching(/at least 31/),
    ]);
  });

  test("required resources are reported when they are deleted and when they are replaced", () => {
    const required = { "nothing-removed": { required: ["cnptrail", "acme-logs", "abjkey"] } };
    expect(findingsIn(sound, required)).toEqual([]);
    expect(findingsIn(without(sound, "trail"), required)).toEqual([
      expect.stringContaining('"cnptrail" is required'),
      expect.stringContaining('"acme-logs" is required'),
      expect.stringContaining('"abjkey" is required'),
    ]);
    // In the preview of a replacement the engine takes the id away.
    expect(findingsIn(changed(sound, "trail", { auditTrailsTrailId: late }), required)).toEqual([
      expect.stringMatching(/^nothing-removed: "cnptrail" is required/),
    ]);
  });

  test("an unknown setting is refused", () => {
    expect(findingsIn(sound, { retention: { day: 3 } })).toEqual([
      'retention: The configuration of retention has an unknown setting "day". Its settings are except, days, oldVersionsDays.',
    ]);
  });
});
