import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { checkSettings, knownKeys } from "../../settings/read";
import { refusal, refused, trail, valid } from "./given";

describe("refused configuration", () => {
  test.each([
    ["folderId", "letters a-z and A-Z, digits, -, _ and .", "<folder ID>"],
    ["folderId", "letters a-z and A-Z, digits, -, _ and .", "a)?%<"],
    ["organizationId", "letters a-z and A-Z, digits, -, _ and .", "ÜÄ"],
    ["folderId", "1 to 50 letters", "x".repeat(51)],
    ["bucketName", "3 to 63 characters", "ab"],
    ["bucketName", "3 to 63 characters", "a".repeat(64)],
    ["bucketName", "a-z, 0-9", "Audit-Logs"],
    ["bucketName", "letter or digit at both ends", "-audit"],
    ["bucketName", "both sides of each dot", "audit-.logs"],
    ["bucketName", "both sides of each dot", "audit..logs"],
    ["bucketName", "IP address", "192.168.0.1"],
    ["serviceAccountId", "id of an existing service account", " "],
    ["serviceAccountName", "1 to 63 characters", "a".repeat(64)],
    ["bucketFolderId", "folder of an existing bucket", "x".repeat(51)],
    ["protected", "true or false", "no"],
    ["onRemoval", "keep, deleteIfEmpty or deleteWithLogs", "delete"],
    ["roles", "must be an object with the keys uploader, key", "bucket"],
    ["maxSizeGiB", "whole number of GiB", "1.5"],
    ["maxSizeGiB", "at least 1", "0"],
    ["rolePropagationTimeoutSeconds", "whole number of seconds", "2m"],
    ["activeTimeoutSeconds", "whole number of seconds", "-1"],
    ["activeWindowSeconds", "whole number of seconds", ""],
    ["labels", "object with a text for each label", "team"],
    ["labels", "object with a text for each label", '["team"]'],
    [
      "labels",
      "at most 64 labels",
      JSON.stringify(Object.fromEntries([...Array(65).keys()].map((i) => [`l${i}`, ""]))),
    ],
    ["encryption", "must be an object", "true"],
    ["retention", "must be an object with the keys preset", "standard"],
    ["trails", "an object with a key for each trail", "organization"],
  ] as const)("%s says what is allowed (%s) and which value was seen", (key, allowed, value) => {
    const message = refused(key, value);
    expect(message).toContain("has an error. Nothing was changed");
    expect(message).toMatch(new RegExp(`^  - ${key}[.:]`, "m"));
    expect(message).toContain(allowed);
    expect(message).toContain(`not ${JSON.stringify(value).slice(0, 100)}`);
  });

  test.each([
    ['{"uploader":"organization"}', 'roles.uploader: must be folder or bucket, not "organization"'],
    [
      '{"key":"kms.keys.encrypter"}',
      'roles.key: must be encrypterDecrypter or encrypter, not "kms.keys.encrypter"',
    ],
    ['{"uploaders":"bucket"}', "roles.uploaders: there is no such key. Did you mean uploader?"],
  ])("roles %s are refused: %s", (value, message) => {
    expect(refused("roles", value)).toContain(message);
  });

  test.each([
    ["encryption", '{"key":"maybe"}', 'encryption.key: must be new, existing or none, not "maybe"'],
    ["encryption", '{"key":"existing"}', "encryption.keyId: is required while key is existing"],
    [
      "encryption",
      '{"key":"none","keyName":"n"}',
      "encryption.keyName: is only for new keys, but key is none",
    ],
    ["encryption", '{"keyName":""}', 'encryption.keyName: must be 1 to 100 characters, not ""'],
    ["encryption", '{"keyAlgorithm":"AES_512"}', "AES_256_HSM"],
    ["encryption", '{"keyRotationPeriod":"365d"}', 'must be a Go duration such as 8760h, not "365d"'],
    ["encryption", '{"keyRotationPeriod":"0h"}', "longer than zero"],
    ["retention", '{"preset":"forever"}', "retention.preset: must be guide, standard, archive or year"],
    ["retention", '{"expireAfterDays":0}', "retention.expireAfterDays: must be at least 1, not 0"],
    ["retention", '{"expireAfterDays":"never"}', "must be a whole number of days"],
    ["retention", '{"days":1}', "retention.days: there is no such key. Keys are preset, versioning"],
    ["objectLock", '{"mode":"SOFT","days":1}', "objectLock.mode: must be GOVERNANCE or COMPLIANCE"],
    ["access", '{"readers":["aje1"]}', "access.administrators: must be a list of ids"],
    ["labels", '{"Team":"x"}', 'begin with a letter, not "Team"'],
    ["labels", '{"team":"X"}', "labels.team: a label's value must be at most 63"],
    ["labels", '{"team":1.5}', "labels.team: a label's value"],
    ["labels", String.raw`{"a":"\",1234567890123456789"}`, String.raw`not "\",1234567890123456789"`],
    ["labels", '{"team":null}', "labels.team: a label's value must be text"],
    ["labels", '{"team":{"a":1}}', 'labels.team: a label\'s value must be text, not {"a":1}'],
    [
      "encryption",
      '{"key":"existing","keyId":"a;b"}',
      "encryption.keyId: must be the id of an existing key: 1 to",
    ],
    [
      "access",
      '{"administrators":["$(id)"]}',
      "access.administrators.0: must be the id of a user or service",
    ],
    ["trails", '{"T":{}}', "a trail's key must be 1 to 50 characters"],
    ["trails", trail({ trailName: "n" }), "trails.t.trailName: there is no such key. Keys are name"],
    ["trails", trail({ name: "Trail" }), "trails.t.name: must be 1 to 63 characters"],
    ["trails", trail({ description: "x".repeat(1025) }), "1024 characters"],
    [
      "trails",
      trail({ clouds: "b1g" }),
      'trails.t.clouds: must be a list or an object with ids of clouds, not "b1g"',
    ],
    ["trails", trail({ folders: [] }), "trails.t.folders: must name at least one"],
    ["trails", trail({ folders: ["a", "a"] }), "must not contain the same id twice"],
    ["trails", trail({ folders: ["a b"] }), "trails.t.folders.0: must be the id of folders: 1 to 50"],
    ["trails", trail({ objectPrefix: "/logs" }), "begin or end with /"],
    ["trails", trail({ objectPrefix: "a//b" }), "//"],
    ["trails", trail({ objectPrefix: "a/../b" }), ".."],
    ["trails", trail({ objectPrefix: "a?b" }), "must not contain"],
    ["trails", trail({ objectPrefix: "я".repeat(451) }), "900 bytes"],
    ["trails", trail({ dataEvents: ["kms"] }), "an object with a key for each service"],
    ["trails", trail({ dataEvents: { KMS: {} } }), "must be the name of a service"],
    [
      "trails",
      trail({ dataEvents: { kms: { includedEvents: ["Decrypt"] } } }),
      'trails.t.dataEvents.kms.includedEvents.0: must be like yandex.cloud.audit.kms.Decrypt, not "Decrypt"',
    ],
    ["trails", trail({ dataEvents: { kms: { includedEvents: [] } } }), "at least one event type"],
    ["trails", trail({ bucketName: "B" }), "trails.t.bucketName: "],
  ] as const)("%s %s is refused with: %s", (key, value, text) => {
    expect(refused(key, value)).toContain(text);
  });

  test("a secret value is not shown", () => {
    const message = refusal({ ...valid, bucketName: "SECRET" }, (key) => key === "bucketName");
    expect(message).toContain("bucketName: ");
    expect(message).not.toContain("SECRET");
  });

  test("any text in any key is either accepted or refused with a message that names the key", () => {
    fc.assert(
      fc.property(fc.constantFrom(...knownKeys), fc.string({ unit: "binary" }), (key, text) => {
        try {
          checkSettings({ ...valid, [key]: text });
        } catch (error) {
          expect(error).toBeInstanceOf(pulumi.RunError);
          expect((error as Error).message).toContain(key);
        }
      }),
    );
  });

  test("an accepted bucket name is one the service accepts", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9.-]{1,70}$/), (bucket) => {
        const legal =
          bucket.length >= 3 &&
          bucket.length <= 63 &&
          !/^[.-]|[.-]$|\.\.|-\.|\.-/.test(bucket) &&
          !/^\d+\.\d+\.\d+\.\d+$/.test(bucket);
        if (legal) expect(checkSettings({ ...valid, bucketName: bucket }).bucketName).toBe(bucket);
        else refused("bucketName", bucket);
      }),
    );
  });
});
