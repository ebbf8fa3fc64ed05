import { refusalsOf, roleRefusalsOf } from "../../../components/engine/protection";

const base = "urn:pulumi:dev::p::yandex-audit-trails:index:AuditTrails";
const part = (className: string, name: string) => `${base}$yandex-audit-trails:index:${className}::${name}`;
const resource = (className: string, type: string, name: string) =>
  `${base}$yandex-audit-trails:index:${className}$${type}::${name}`;
const state = (urns: Readonly<Record<string, object>>) =>
  Object.fromEntries(
    Object.entries(urns).map(([urn, outputs]) => [urn, { type: "", outputs: { ...outputs } }]),
  );

const nothing = { parts: {}, destinations: {} };
const trail = resource("Trail", "yandex:index/auditTrailsTrail:AuditTrailsTrail", "audit-all");

test("parts of another component with the same beginning of the name do not count as removed", () => {
  const urns = { [`${base}::audit`]: {}, [`${base}::audit-x`]: {}, [part("Trail", "audit-x-all")]: {} };
  expect(refusalsOf(state(urns), `${base}::audit`, nothing)).toEqual([]);
  const [refusal] = refusalsOf(state(urns), `${base}::audit-x`, nothing);
  expect(refusal).toContain('"audit-x-all" is not in the program any more');
});

test("there is no refusal with an empty state, or for a trail whose destination stays", () => {
  const plan = { parts: { Trail: ["audit-all"] }, destinations: { "audit-all": { bucketName: "logs" } } };
  expect(refusalsOf({}, `${base}::audit`, plan)).toEqual([]);
  const same = {
    [part("Trail", "audit-all")]: {},
    [trail]: { storageDestination: { bucketName: "logs", objectPrefix: "" } },
  };
  expect(refusalsOf(state(same), `${base}::audit`, plan)).toEqual([]);
  const [refusal] = refusalsOf(state(same), `${base}::audit`, {
    ...plan,
    destinations: { "audit-all": { bucketName: "other" } },
  });
  expect(refusal).toContain('changes (bucketName "other", now "logs")');
});

test("a role that the choice of roles removes is reported, and roles that it grants are not", () => {
  const inAccount = (type: string, name: string) => resource("TrailServiceAccount", type, name);
  const folder = "yandex:index/resourcemanagerFolderIamMember:ResourcemanagerFolderIamMember";
  const key = "yandex:index/kmsSymmetricKeyIamMember:KmsSymmetricKeyIamMember";
  const urns = {
    [`${base}::audit`]: {},
    [inAccount(folder, "audit-account-storage.uploader-f1")]: {},
    [inAccount(folder, "audit-account-audit-trails.viewer-f1")]: {},
    [inAccount(key, "audit-account-kms.keys.encrypterDecrypter")]: {},
  };
  const refused = (...otherRoles: [string, string][]) =>
    roleRefusalsOf(state(urns), `${base}::audit`, otherRoles).map((text) => text.split(" ")[0]);
  const onFolder: [string, string] = ["ResourcemanagerFolderIamMember", "storage.uploader"];
  expect(refused(onFolder)).toEqual(['"audit-account-storage.uploader-f1"']);
  expect(refused(["KmsSymmetricKeyIamMember", "kms.keys.encrypterDecrypter"])).toEqual([
    '"audit-account-kms.keys.encrypterDecrypter"',
  ]);
  expect(refused(["KmsSymmetricKeyIamMember", "kms.keys.encrypter"])).toEqual([]);
  expect(refused()).toEqual([]);
});
