import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { parse } from "yaml";
import { checkSettings, knownKeys } from "../settings/read";
import type { Settings } from "../settings/schema";

const declared: Record<string, { default: unknown }> = parse(readFileSync("Pulumi.yaml", "utf8")).config;

/** A value as Pulumi hands it over. */
const asText = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

const required = {
  organizationId: "bpfexampleorganization",
  folderId: "b1gexamplefolder",
  bucketName: "audit-logs",
};
/** The required keys, and the defaults of the others. */
const valid: typeof required & Record<string, string> = {
  ...Object.fromEntries(Object.entries(declared).map(([key, { default: value }]) => [key, asText(value)])),
  ...required,
};

/** The message with which the configuration is refused; fails if it is accepted. */
function refusal(values: Record<string, string>, isSecret?: (key: string) => boolean): string {
  try {
    checkSettings(values, isSecret);
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    return (error as Error).message;
  }
  throw new Error(`accepted: ${JSON.stringify(values)}`);
}

const refused = (key: string, value: string) => refusal({ ...valid, [key]: value });

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

describe("values that the configuration marks as secret", () => {
  const secret = (key: string) => (one: string) => one === key;

  test.each([
    ["labels", '{"team":"security"}', ({ labels }: Settings) => [labels]],
    ["serviceAccountName", "collector", (settings: Settings) => [settings.serviceAccountName]],
    ["encryption", '{"keyName":"logs"}', ({ encryption }: Settings) => [encryption?.keyName]],
    ["access", '{"administrators":["aje1"]}', ({ access }: Settings) => [access?.administrators]],
    ["trails", '{"t":{"description":"why"}}', ({ trails }: Settings) => [trails?.t?.description]],
  ])("%s stays secret, nested too", async (key, value, texts) => {
    const found = texts(checkSettings({ ...valid, [key]: value }, secret(key)));
    expect(found).toHaveLength(1);
    expect(await pulumi.isSecret(pulumi.output(found[0]))).toBe(true);
  });

  test.each([
    [
      "bucketName",
      "audit-logs",
      "bucketName: cannot be kept secret: ids of resources show it. Set it without --secret: pulumi config set bucketName <value>",
    ],
    ["maxSizeGiB", "5", "maxSizeGiB: cannot be kept secret: only text can be"],
    ["trails", '{"t":{"folders":["b1gone"]}}', "trails.t.folders: cannot be kept secret: ids of resources"],
    ["trails", '{"t":{"bucketName":"other-logs"}}', "trails.t.bucketName: cannot be kept secret: it decides"],
    [
      "encryption",
      '{"key":"existing","keyId":"abj1"}',
      "encryption.keyId: cannot be kept secret: ids of resources",
    ],
  ])("%s %s is refused, and not shown", (key, value, text) => {
    const message = refusal({ ...valid, [key]: value }, secret(key));
    expect(message).toContain(text);
    expect(message).not.toContain("audit-logs");
  });
});

const decrypt = "yandex.cloud.audit.kms.Decrypt";
const trail = (settings: object) => JSON.stringify({ t: settings });

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

const pages = [
  "README.md",
  ...["configuration", "deploy", "remove", "commands/preflight"].map((name) => `docs/${name}.md`),
]
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

describe("the examples of configuration in the docs", () => {
  const accepted = (values: Record<string, unknown>) => {
    const texts = Object.entries(values).map(([key, value]) => [key, asText(value)]);
    return checkSettings({ ...valid, ...Object.fromEntries(texts) });
  };

  const tables = [...pages.matchAll(/```yaml\n(config:\n.*?)```/gs)].map(([, text = ""]) => text);
  test("has tables", () => expect(tables.length).toBeGreaterThan(4));
  test.each(tables)("%s is accepted", (text) => {
    const entries = Object.entries<unknown>(parse(text).config);
    accepted(
      Object.fromEntries(entries.map(([key, value]) => [key.replace("yandex-audit-trails:", ""), value])),
    );
  });

  const commands = [...pages.matchAll(/^pulumi config set (--path )?([\w.-]+) ('[^']*'|<[^>]+>|[^\s<]+)/gm)];
  test("has commands", () => expect(commands.length).toBeGreaterThan(5));
  test.each(commands.map(([, path, key = "", value = ""]) => ({ path, key, value })))(
    "pulumi config set $key $value is accepted",
    ({ path, key, value }) => {
      const given = value.replace(/^<.*>$/, "placeholder");
      const [top = "", ...rest] = path ? key.split(".") : [key];
      accepted({ [top]: rest.reduceRight<unknown>((inner, part) => ({ [part]: inner }), given) });
    },
  );
});
