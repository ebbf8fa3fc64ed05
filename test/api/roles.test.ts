import { includes } from "../../api/roles";

const sure = [
  ["storage.admin", "storage.admin"],
  ["storage.admin", "storage.viewer"],
  ["kms.admin", "kms.keys.encrypterDecrypter"],
  ["audit-trails.admin", "audit-trails.viewer"],
  ["admin", "kms.admin"],
  ["organization-manager.organizations.owner", "organization-manager.admin"],
];
test.each(sure)("%s includes %s", (role, wanted) => {
  expect(includes(role, wanted)).toBe("yes");
});

/** Of these the documents do not say it for sure, so it is neither taken for held nor for missing. */
const perhaps = [
  ["viewer", "audit-trails.viewer"],
  ["editor", "audit-trails.editor"],
  ["editor", "storage.admin"],
  ["iam.serviceAccounts.admin", "iam.serviceAccounts.user"],
  ["iam.admin", "iam.serviceAccounts.admin"],
  ["our-own-role", "kms.admin"],
];
test.each(perhaps)("%s perhaps includes %s", (role, wanted) => {
  expect(includes(role, wanted)).toBe("perhaps");
});

const not = [
  ["storage.viewer", "storage.admin"],
  ["storage.editor", "storage.admin"],
  ["kms.admin", "storage.admin"],
  ["viewer", "iam.serviceAccounts.user"],
  ["auditor", "audit-trails.viewer"],
  ["editor", "resource-manager.admin"],
  ["audit-trails.configViewer", "audit-trails.viewer"],
];
test.each(not)("%s does not include %s", (role, wanted) => {
  expect(includes(role, wanted)).toBe("no");
});
