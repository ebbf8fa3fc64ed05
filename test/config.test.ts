import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { checkSettings, knownKeys } from "../config";

const valid = {
  organizationId: "bpfexampleorganization",
  folderId: "b1gexamplefolder",
  bucketName: "audit-logs",
  bucketFolderId: "",
  encrypted: "true",
  keyId: "",
  serviceAccountId: "",
  protected: "true",
  retainLogs: "true",
  objectPrefix: "",
  trailName: "trail",
  trailDescription: "",
  serviceAccountName: "account",
  keyName: "key",
  keyAlgorithm: "AES_256",
  keyRotationPeriod: "8760h",
  rolePropagationTimeout: "120",
  activeTimeout: "60",
  labels: "{}",
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

const refused = (key: keyof typeof valid, value: string) => refusal({ ...valid, [key]: value });

describe("accepted configuration", () => {
  test("becomes typed settings: booleans, objects, and no prefix for an empty one", () => {
    expect(checkSettings({ ...valid, encrypted: "false", labels: '{"team":"security"}' })).toEqual({
      ...valid,
      bucketFolderId: undefined,
      keyId: undefined,
      serviceAccountId: undefined,
      encrypted: false,
      protected: true,
      retainLogs: true,
      rolePropagationTimeout: 120,
      activeTimeout: 60,
      objectPrefix: undefined,
      labels: { team: "security" },
    });
  });

  test.each([
    ["organizationId", "an id of any alphabet:ÜÄ-_"],
    ["bucketName", "a.b-c.9"],
    ["objectPrefix", "logs/organization"],
    ["objectPrefix", "журнал"],
    ["trailName", "a"],
    ["trailName", `a${"-".repeat(61)}z`],
    ["keyName", "Any name, even with spaces"],
    ["keyRotationPeriod", "1h30m"],
    ["keyRotationPeriod", "0.5h"],
  ])("%s may be %j", (key, value) => {
    const text = key === "organizationId" ? value.replaceAll(" ", "") : value;
    expect(checkSettings({ ...valid, [key]: text })).toHaveProperty(key, text);
  });

  test("ids are accepted whatever they begin with", () => {
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

describe("refused configuration", () => {
  test.each([
    ["organizationId", "1 to 50 characters", ""],
    ["folderId", "without spaces", "<folder ID>"],
    ["folderId", "1 to 50 characters", "x".repeat(51)],
    ["bucketName", "3 to 63 characters", "ab"],
    ["bucketName", "3 to 63 characters", "a".repeat(64)],
    ["bucketName", "a-z, 0-9", "Audit-Logs"],
    ["bucketName", "letter or digit at both ends", "-audit"],
    ["bucketName", "both sides of a dot", "audit-.logs"],
    ["bucketName", "both sides of a dot", "audit..logs"],
    ["bucketName", "IP address", "192.168.0.1"],
    ["encrypted", "true or false", "yes"],
    ["keyId", "id of an existing key", "a key"],
    ["serviceAccountId", "id of an existing service account", " "],
    ["bucketFolderId", "folder of an existing bucket", "x".repeat(51)],
    ["protected", "true or false", "no"],
    ["retainLogs", "true or false", "0"],
    ["objectPrefix", "begin or end with /", "/logs"],
    ["objectPrefix", "begin or end with /", "logs/"],
    ["objectPrefix", "//", "a//b"],
    ["objectPrefix", "..", "a/../b"],
    ["objectPrefix", "must not contain", "a?b"],
    ["objectPrefix", "900 bytes", "я".repeat(451)],
    ["trailName", "begin with a letter", "Trail"],
    ["trailName", "not end with a hyphen", "trail-"],
    ["trailName", "1 to 63 characters", ""],
    ["serviceAccountName", "1 to 63 characters", "a".repeat(64)],
    ["trailDescription", "1024 characters", "x".repeat(1025)],
    ["keyName", "1 to 100 characters", ""],
    ["keyName", "1 to 100 characters", "k".repeat(101)],
    ["keyAlgorithm", "AES_256_HSM", "AES_512"],
    ["keyRotationPeriod", "Go duration", "365d"],
    ["keyRotationPeriod", "longer than zero", "0h"],
    ["rolePropagationTimeout", "whole number of seconds", "2m"],
    ["activeTimeout", "whole number of seconds", "-1"],
    ["labels", "object of strings", "team"],
    ["labels", "object of strings", '["team"]'],
    ["labels", "label's key", '{"Team":"x"}'],
    ["labels", "label's value", '{"team":"X"}'],
    ["labels", "label's value", '{"team":1}'],
    [
      "labels",
      "at most 64 labels",
      JSON.stringify(Object.fromEntries([...Array(65).keys()].map((i) => [`l${i}`, ""]))),
    ],
  ] as const)("%s says what is allowed (%s) and which value was seen", (key, allowed, value) => {
    const message = refused(key, value);
    expect(message).toContain("has a fault; nothing was changed");
    expect(message).toMatch(new RegExp(`^  - ${key}[.:]`, "m"));
    expect(message).toContain(allowed);
    expect(message).toContain(`not ${JSON.stringify(value).slice(0, 100)}`);
  });

  test("every fault is told at once", () => {
    const message = refusal({ ...valid, bucketName: "B", trailName: "T", encrypted: "perhaps" });
    for (const key of ["bucketName", "trailName", "encrypted"]) expect(message).toContain(`- ${key}:`);
    expect(message).toContain("faults; nothing was changed");
  });

  test.each([
    [{ encrypted: "false", keyId: "abjkey" }, "keyId: must be empty while encrypted is false"],
    [{ bucketFolderId: "b1gother" }, "bucketFolderId: an existing bucket needs the id of its key in keyId"],
  ])("%j contradicts itself, and is told beside other faults", (values, text) => {
    const message = refusal({ ...valid, ...values, trailName: "T" });
    expect(message).toContain(text);
    expect(message).toContain("trailName: ");
  });

  test.each([
    { bucketFolderId: "b1gother", keyId: "abjkey" },
    { bucketFolderId: "b1gother", encrypted: "false" },
    { keyId: "abjkey", serviceAccountId: "ajeaccount" },
  ])("what exists may be named: %j", (values) => {
    expect(checkSettings({ ...valid, ...values })).toMatchObject({
      ...values,
      encrypted: !("encrypted" in values),
    });
  });

  test("a mistyped key is refused with the list of keys", () => {
    const message = refusal({ ...valid, bucketname: "audit-logs" });
    expect(message).toContain("bucketname: there is no such key");
    for (const key of knownKeys) expect(message).toContain(key);
  });

  test("a missing key says how to set it", () => {
    const { folderId: _, ...rest } = valid;
    expect(refusal(rest)).toContain("folderId: is missing; set it with: pulumi config set folderId <value>");
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
          expect((error as Error).message).toContain(`- ${key}`);
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

test("Pulumi.yaml declares exactly the keys that the program reads, each typed and described", () => {
  const declared = readFileSync("Pulumi.yaml", "utf8").split(/^config:\n/m)[1] ?? "";
  const keys = [
    ...declared.matchAll(/^ {2}(\w+):\n {4}type: \w+\n(?: {4}default: .*\n)? {4}description: \S/gm),
  ];
  expect(keys.map(([, key]) => key).sort()).toEqual([...knownKeys].sort());
});

test("the README's table names every key", () => {
  const table = readFileSync("README.md", "utf8");
  const documented = [...table.matchAll(/^\| `(\w+)` \| (?:required|none|`)/gm)].map(([, key]) => key);
  expect(documented.sort()).toEqual([...knownKeys].sort());
});
