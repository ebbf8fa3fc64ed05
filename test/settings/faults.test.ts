import { knownKeys } from "../../settings/read";
import { refusal, refused, trail, valid } from "./given";

const decrypt = "yandex.cloud.audit.kms.Decrypt";

describe("refused configuration", () => {
  test("all faults are reported at once, also those inside one object", () => {
    const message = refusal({
      ...valid,
      bucketName: "B",
      protected: "perhaps",
      trails: trail({ name: "T", objectPrefix: "/" }),
    });
    for (const path of ["bucketName", "protected", "trails.t.name", "trails.t.objectPrefix"])
      expect(message).toContain(`- ${path}:`);
    expect(message).toContain("4 errors. Nothing was changed");
  });

  test("keys that contradict each other are reported beside other faults", () => {
    const message = refusal({
      ...valid,
      folderId: "a b",
      bucketFolderId: "b1gother",
      objectLock: '{"mode":"COMPLIANCE","days":3}',
    });
    expect(message).toContain("folderId: ");
    expect(message).toContain(
      "encryption.key: must be existing or none: bucketFolderId names an existing bucket",
    );
    expect(message).toContain('objectLock.confirmation: must be "nobody can delete a log for 3 days"');
  });

  test("a faulty trail does not hide contradictions in another trail or at the top", () => {
    const message = refusal({
      ...valid,
      accessLogsBucketName: valid.bucketName,
      trails: JSON.stringify({
        faulty: { name: "T", managementEvents: false },
        silent: { managementEvents: false },
        both: { dataEvents: { kms: { includedEvents: [decrypt], excludedEvents: [decrypt] } } },
        "Bad-Key": {},
      }),
    });
    expect(message).toContain("trails.faulty.name: must be 1 to 63 characters");
    expect(message).toContain("trails.Bad-Key: a trail's key must be");
    expect(message).toContain("trails.silent: collects nothing");
    expect(message).toContain("trails.both.dataEvents.kms: must have either");
    expect(message).toContain("accessLogsBucketName: must not be the bucket of");
    expect(message).toContain("5 errors. Nothing was changed");
  });

  test.each([
    ["retention may be for the new bucket of a faulty trail", { bucketName: "acme-new", objectPrefix: "/" }],
    ["retention may be for the new bucket whose name is faulty", { bucketName: "Acme" }],
  ])("a fault that a faulty trail may have caused is not reported: %s", (_, faulty) => {
    const message = refusal({
      ...valid,
      bucketFolderId: "b1gother",
      encryption: '{"key":"none"}',
      retention: '{"preset":"year"}',
      trails: JSON.stringify({ faulty }),
    });
    expect(message).toContain("trails.faulty.");
    expect(message).toContain("has an error.");
  });

  test("a fault that a faulty trail may have caused is not reported: a folder without log buckets", () => {
    const message = refusal({
      ...valid,
      bucketFolderId: "b1gother",
      encryption: '{"key":"none"}',
      trails: JSON.stringify({
        faulty: { objectPrefix: "/" },
        reads: { folders: [valid.folderId], dataEvents: { storage: {} } },
      }),
    });
    expect(message).toContain("has an error.");
  });

  test("trails of a wrong type hide no faults at the top", () => {
    const message = refusal({ ...valid, trails: "organization", accessLogsBucketName: valid.bucketName });
    expect(message).toContain("trails: must be an object");
    expect(message).toContain("accessLogsBucketName: must not be the bucket of");
    expect(message).toContain("2 errors.");
  });

  test("a fault that only another fault causes is not reported", () => {
    const message = refusal({ ...valid, bucketFolderId: "b1gother", encryption: '{"key":"none","x":1}' });
    expect(message).toContain("encryption.x: there is no such key");
    expect(message).toContain("has an error.");
  });

  test.each([
    ["bucketname", "Did you mean bucketName?"],
    ["organisationId", "Did you mean organizationId?"],
    [
      "retention.preset",
      "To set preset inside retention: pulumi config rm retention.preset && pulumi config set --path retention.preset <value>",
    ],
    ["colour", `Keys are ${knownKeys.join(", ")}`],
  ])("the unknown key %s is refused, with: %s", (key, advice) => {
    expect(refusal({ ...valid, [key]: "audit-logs" })).toContain(`- ${key}: there is no such key. ${advice}`);
  });

  test("an unknown key inside an object is refused with the one that may be meant", () => {
    expect(refused("retention", '{"expireAfterDay":1}')).toContain(
      "retention.expireAfterDay: there is no such key. Did you mean expireAfterDays?",
    );
  });

  test("a missing key says how to set it", () => {
    const { folderId: _, ...rest } = valid;
    expect(refusal(rest)).toContain("folderId: is missing; set it with: pulumi config set folderId <value>");
  });

  test.each(["organizationId", "folderId", "bucketName"])(
    "%s: the empty text of Pulumi.yaml is missing",
    (key) => {
      expect(refusal({ ...valid, [key]: "" })).toContain(
        `- ${key}: is missing; set it with: pulumi config set ${key} <value>`,
      );
    },
  );

  test("a row with a faulty key is checked too", () => {
    const message = refusal({
      ...valid,
      trails: JSON.stringify({ "Bad-Key": { name: "T", dataEvents: { "no service": { x: 1 } } } }),
      labels: '{"Team":"X"}',
    });
    for (const path of [
      "trails.Bad-Key:",
      "trails.Bad-Key.name:",
      "trails.Bad-Key.dataEvents.no service:",
      "trails.Bad-Key.dataEvents.no service.x:",
      "labels.Team: a label's key",
      "labels.Team: a label's value",
    ])
      expect(message).toContain(`- ${path}`);
    expect(message).toContain("6 errors");
  });

  test("faults of types, of values and of keys that contradict each other are reported together", () => {
    const message = refusal({
      ...valid,
      protected: "yes",
      maxSizeGiB: "500GB",
      preflight: "1",
      retention: "year",
      accessLogsBucketName: valid.bucketName,
    });
    for (const key of ["protected", "maxSizeGiB", "preflight", "retention", "accessLogsBucketName"])
      expect(message).toContain(`- ${key}: must`);
    expect(message).toContain("5 errors");
  });
});
