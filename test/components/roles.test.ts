import { UploaderPlace } from "../../components/choices";
import { includesRole, meets, placesInUse, rolesNeeded } from "../../components/roles";

const sure = [
  ["storage.admin", "storage.admin"],
  ["storage.admin", "storage.viewer"],
  ["kms.admin", "kms.keys.encrypterDecrypter"],
  ["kms.editor", "kms.keys.encrypterDecrypter"],
  ["kms.keys.encrypterDecrypter", "kms.keys.decrypter"],
  ["iam.admin", "iam.serviceAccounts.admin"],
  ["resource-manager.clouds.owner", "storage.uploader"],
  ["admin", "viewer"],
  ["audit-trails.admin", "audit-trails.viewer"],
  ["admin", "kms.admin"],
  ["organization-manager.organizations.owner", "organization-manager.admin"],
];
test.each(sure)("%s includes %s", (role, wanted) => {
  expect(includesRole(role, wanted)).toBe("yes");
});

/** Of these the documents do not say it for sure, so it is neither taken for held nor for missing. */
const unknown = [
  ["viewer", "audit-trails.viewer"],
  ["editor", "audit-trails.editor"],
  ["editor", "storage.admin"],
  ["iam.serviceAccounts.admin", "iam.serviceAccounts.user"],
  ["our-own-role", "kms.admin"],
];
test.each(unknown)("whether %s includes %s is unknown", (role, wanted) => {
  expect(includesRole(role, wanted)).toBe("unknown");
});

const not = [
  ["storage.viewer", "storage.admin"],
  ["storage.editor", "storage.admin"],
  ["kms.admin", "storage.admin"],
  ["viewer", "iam.serviceAccounts.user"],
  ["auditor", "audit-trails.viewer"],
  ["editor", "resource-manager.admin"],
  ["editor", "kms.admin"],
  ["admin", "organization-manager.organizations.owner"],
  ["kms.keys.encrypter", "kms.keys.encrypterDecrypter"],
  ["audit-trails.configViewer", "audit-trails.viewer"],
];
test.each(not)("%s does not include %s", (role, wanted) => {
  expect(includesRole(role, wanted)).toBe("no");
});

describe("what a trail's service account needs", () => {
  const needs = rolesNeeded({
    scopes: ["organization"],
    buckets: [{ folder: "folder", bucket: "bucket" }],
    keys: ["key"],
  });

  test("is a role on each scope, on each bucket or its folder, and on each key", () => {
    expect(needs.map(({ role, on }) => [role, on])).toEqual([
      ["audit-trails.viewer", ["organization"]],
      ["storage.uploader", ["folder", "bucket"]],
      ["kms.keys.encrypterDecrypter", ["key"]],
    ]);
  });

  test.each([
    ["kms.editor", "yes"],
    ["kms.keys.encrypter", "unknown"],
    ["kms.keys.decrypter", "unknown"],
    ["kms.viewer", "no"],
    ["viewer", "no"],
    ["our-own-role", "unknown"],
  ])("whether %s is enough on the key: %s", (role, answer) => {
    expect(needs.slice(2).map((need) => meets(role, need))).toEqual([answer]);
  });
});

test.each<[UploaderPlace | undefined, readonly string[], readonly string[]]>([
  [UploaderPlace.Bucket, ["bucket", "folder"], ["bucket"]],
  // Another bucket of the account has the narrow role, and this one is reached by the folder.
  [UploaderPlace.Bucket, ["folder"], ["bucket", "folder"]],
  [UploaderPlace.Folder, ["bucket", "folder"], ["folder", "bucket"]],
  [undefined, ["folder"], ["folder", "bucket"]],
])("with the choice %s and the role on %j, the role is in use on %j", (uploader, granted, expected) => {
  const [need] = rolesNeeded({ buckets: [{ folder: "folder", bucket: "bucket" }] }, { uploader });
  expect(need && placesInUse(need, { uploader }, (place) => granted.includes(place))).toEqual(expected);
});
