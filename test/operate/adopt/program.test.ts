import { matchesOf } from "../../../operate/adopt/ids";
import { bindingSeparator } from "../../../operate/adopt/program";
import { configurationOf } from "../../../operate/adopt/setUp";
import type { Resource } from "../../../operate/stack/engineJson";
import { buildStack } from "../../../stack";
import {
  bucket,
  folderId,
  found,
  key,
  scope,
  settingsOf,
  soundSetUp,
  trail,
} from "../../support/existingSetUps";
import { register } from "../../support/mocks";

describe("two trails with buckets, keys and accounts of their own", () => {
  const given = found({
    trails: new Map([
      ["cnpone", trail()],
      ["cnptwo", trail({ name: "shop", bucket: "logs-two", serviceAccountId: "ajetwo" })],
    ]),
    buckets: new Map([
      ["logs-one", bucket()],
      ["logs-two", bucket({ encryption: { rules: [{ kmsMasterKeyId: "abjtwo" }] } })],
    ]),
    keys: new Map([
      ["abjone", key],
      // Names of keys are not unique.
      ["abjtwo", { ...key, id: "abjtwo" }],
    ]),
    accounts: new Map([
      ["ajeone", { folderId, name: "account" }],
      ["ajetwo", { folderId, name: "shop-account" }],
    ]),
  });

  test("each part has the name that the program gives it", async () => {
    const setUp = soundSetUp(given);
    const settings = settingsOf(configurationOf(setUp.args));
    const { resources } = await register(() => buildStack(settings));
    const types = {
      trail: "AuditTrailsTrail",
      account: "IamServiceAccount",
      bucket: "StorageBucket",
      key: "KmsSymmetricKey",
    };
    const made = resources
      .filter(({ type }) => Object.values(types).includes(type))
      .map(({ type, name }) => `${type} ${name}`);
    expect(setUp.parts.map(({ kind, name }) => `${types[kind]} ${name}`).sort()).toEqual(made.sort());
    const idOf = (name: string) => setUp.parts.filter((part) => part.name === name).map(({ id }) => id);
    expect(idOf("audit-trails-key-logs-two")).toEqual(["abjtwo"]);
    expect(idOf("audit-trails-account-shop-account")).toEqual(["ajetwo"]);
  });
});

describe("ids of role bindings", () => {
  const urn = (type: string, name: string) =>
    `urn:pulumi:dev::p::yandex-audit-trails:index:AuditTrails$yandex:index/x:${type}::${name}`;
  const resource = (type: string, name: string, inputs: Resource["inputs"], inputSources = {}): Resource => ({
    ...{
      urn: urn(type, name),
      type: `yandex:index/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`,
      inputs,
      inputSources,
    },
    ...{ outputs: {}, protect: true, retainOnDelete: false, hooks: [] },
  });
  const account = resource("IamServiceAccount", "audit-trails-account", {});
  const sources = { member: [account.urn] };
  const planned = [
    account,
    resource("ResourcemanagerFolderIamMember", "granted", { folderId, role: "storage.uploader" }, sources),
    resource("ResourcemanagerFolderIamMember", "missing", { folderId, role: "audit-trails.viewer" }, sources),
    resource("StorageBucketPolicy", "policy", { bucket: "logs-one" }),
  ];
  const parts = [{ kind: "account" as const, name: "audit-trails-account", id: "ajeone" }];
  const granted = [{ role: "storage.uploader", on: scope(folderId), accountId: "ajeone" }];

  test.each([
    ["0.137.0", " "],
    ["0.159.0", " "],
    ["0.160.0", ","],
    ["0.222.0", ","],
    ["1.0.0", ","],
  ])(
    "with release %s %j separates the parts of the ids, and roles that are not granted have no id",
    (release, separator) => {
      expect(bindingSeparator(release)).toBe(separator);
      const ids = matchesOf(planned, [], { parts, granted, release }).map(({ id }) => id);
      expect(ids).toEqual([
        "ajeone",
        [folderId, "storage.uploader", "serviceAccount:ajeone"].join(separator),
        "logs-one",
      ]);
    },
  );
});
