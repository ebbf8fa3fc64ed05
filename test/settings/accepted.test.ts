import fc from "fast-check";
import { checkSettings } from "../../settings/read";
import { valid } from "./given";

describe("accepted configuration", () => {
  test("becomes typed settings: booleans, numbers and objects. Empty values are left out", () => {
    const nothing = {
      bucketFolderId: undefined,
      serviceAccountId: undefined,
      serviceAccountName: undefined,
      retention: undefined,
      objectLock: undefined,
      maxSizeGiB: undefined,
      accessLogsBucketName: undefined,
      access: undefined,
      labels: undefined,
    };
    const typed = {
      encryption: { key: "new" },
      roles: { uploader: "folder", key: "encrypterDecrypter" },
      trails: { organization: {} },
      protected: true,
      preflight: false,
      rolePropagationTimeoutSeconds: 120,
      activeTimeoutSeconds: 60,
      activeWindowSeconds: 10,
      adopted: false,
    };
    expect(checkSettings(valid)).toEqual({ ...valid, ...nothing, ...typed });
  });

  test.each([
    ["organizationId", "An-id_with.all-1-may-have", undefined],
    ["bucketName", "a.b-c.9", undefined],
    ["maxSizeGiB", "500", 500],
    ["accessLogsBucketName", "access-logs", undefined],
    ["encryption", '{"key":"none"}', { key: "none" }],
    ["roles", '{"uploader":"bucket","key":"encrypter"}', { uploader: "bucket", key: "encrypter" }],
    ["encryption", '{"key":"existing","keyId":"abj1"}', { key: "existing", keyId: "abj1" }],
    [
      "encryption",
      '{"keyName":"Any name, even with spaces","keyRotationPeriod":"0.5h","deletionProtection":"false"}',
      {
        keyName: "Any name, even with spaces",
        keyRotationPeriod: "0.5h",
        deletionProtection: false,
      },
    ],
    ["retention", '{"preset":"archive","coldAfterDays":"30"}', { preset: "archive", coldAfterDays: 30 }],
    ["objectLock", '{"mode":"GOVERNANCE","days":30}', { mode: "GOVERNANCE", days: 30 }],
    ["access", '{"administrators":["aje1"],"tlsOnly":false}', { administrators: ["aje1"], tlsOnly: false }],
    [
      "trails",
      '{"t":{"clouds":["b1g1"],"folders":[123],"objectPrefix":"журнал","labels":{"a":"b"}}}',
      {
        t: { clouds: { b1g1: "b1g1" }, folders: { 123: "123" }, objectPrefix: "журнал", labels: { a: "b" } },
      },
    ],
    [
      "trails",
      '{"t":{"managementEvents":"false","dataEvents":{"kms":{"includedEvents":["yandex.cloud.audit.kms.Decrypt"]}}}}',
      {
        t: {
          managementEvents: false,
          dataEvents: { kms: { includedEvents: ["yandex.cloud.audit.kms.Decrypt"] } },
        },
      },
    ],
    ["labels", '{"team":"security"}', { team: "security" }],
  ])("%s may be %j", (key, value, typed) => {
    expect(checkSettings({ ...valid, [key]: value })).toHaveProperty(key, typed ?? value);
  });

  test.each([
    ["labels", '{"cost-center":1234,"audited":true}', { "cost-center": "1234", audited: "true" }],
    // More digits than JavaScript's numbers keep.
    ["labels", '{"invoice":1234567890123456789}', { invoice: "1234567890123456789" }],
    // What the CLI makes of a date in YAML.
    ["labels", '{"since":"2026-01-31 00:00:00 +0000 UTC"}', { since: "2026-01-31" }],
    ["encryption", '{"key":"existing","keyId":123}', { key: "existing", keyId: "123" }],
    ["encryption", '{"keyName":2026}', { keyName: "2026" }],
    ["access", '{"administrators":[1],"readers":[2]}', { administrators: ["1"], readers: ["2"] }],
    [
      "trails",
      '{"t":{"name":true,"description":1,"objectPrefix":2026,"serviceAccountName":false}}',
      { t: { name: "true", description: "1", objectPrefix: "2026", serviceAccountName: "false" } },
    ],
    [
      "trails",
      '{"t":{"bucketName":2026,"bucketFolderId":1,"encryption":{"key":"none"},"serviceAccountId":2,"labels":{"a":3}}}',
      {
        t: {
          bucketName: "2026",
          bucketFolderId: "1",
          encryption: { key: "none" },
          serviceAccountId: "2",
          labels: { a: "3" },
        },
      },
    ],
    [
      "trails",
      '{"t":{"dataEvents":{"kms":{"clouds":[1],"folders":[2]}}}}',
      { t: { dataEvents: { kms: { clouds: { 1: "1" }, folders: { 2: "2" } } } } },
    ],
  ])(
    "%s %s: numbers and truth values, as the CLI stores them inside objects, are text",
    (key, value, typed) => {
      expect(checkSettings({ ...valid, [key]: value })).toHaveProperty(key, typed);
    },
  );

  test("clouds and folders are a list, or an object as in programs", () => {
    const trails = { t: { clouds: { payments: "b1gone" }, folders: ["b1gtwo"] } };
    expect(checkSettings({ ...valid, trails: JSON.stringify(trails) }).trails).toEqual({
      t: { clouds: { payments: "b1gone" }, folders: { b1gtwo: "b1gtwo" } },
    });
  });

  test("ids are accepted with any beginning", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{1,50}$/), (anyId) => {
        expect(checkSettings({ ...valid, organizationId: anyId, folderId: anyId })).toMatchObject({
          organizationId: anyId,
          folderId: anyId,
        });
      }),
    );
  });
});
