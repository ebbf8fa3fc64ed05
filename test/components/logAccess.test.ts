import { type LogReach, reachOf } from "../../components/logAccess";

describe("rights on logs that a role gives", () => {
  const no: LogReach = { reads: "no", decrypts: "no", changes: "no", stops: "no", grants: "no" };
  const unknownReach: LogReach = {
    reads: "unknown",
    decrypts: "unknown",
    changes: "unknown",
    stops: "unknown",
    grants: "unknown",
  };
  test.each<[string, Partial<LogReach>]>([
    ["storage.viewer", { reads: "yes" }],
    ["kms.keys.decrypter", { decrypts: "yes" }],
    ["audit-trails.viewer", { reads: "yes" }],
    ["viewer", { reads: "yes" }],
    ["storage.uploader", { reads: "yes", changes: "yes" }],
    ["storage.configurer", { changes: "yes" }],
    ["storage.editor", { reads: "yes", changes: "yes" }],
    ["storage.admin", { reads: "yes", changes: "yes", grants: "yes" }],
    ["editor", { reads: "yes", decrypts: "yes", changes: "yes", stops: "yes" }],
    ["kms.editor", { decrypts: "yes", changes: "yes", stops: "yes" }],
    ["iam.serviceAccounts.tokenCreator", { reads: "yes", changes: "yes" }],
    ["audit-trails.editor", { reads: "yes", stops: "yes" }],
    ["iam.serviceAccounts.user", { reads: "yes", changes: "yes" }],
    ["iam.admin", { reads: "yes", changes: "yes", stops: "yes", grants: "yes" }],
    ["resource-manager.admin", { changes: "yes", stops: "yes", grants: "yes" }],
    ["organization-manager.admin", { grants: "yes" }],
  ])("%s: %j", (role, reach) => {
    expect(reachOf(role)).toEqual({ ...no, ...reach });
  });

  test.each(["admin", "resource-manager.clouds.owner", "organization-manager.organizations.owner"])(
    "%s: everything",
    (role) => {
      expect(reachOf(role)).toEqual({
        reads: "yes",
        decrypts: "yes",
        changes: "yes",
        stops: "yes",
        grants: "yes",
      });
    },
  );

  test.each([
    "auditor",
    "kms.viewer",
    "kms.keys.encrypter",
    "iam.viewer",
    "compute.admin",
    "resource-manager.clouds.member",
  ])("%s: nothing", (role) => {
    expect(reachOf(role)).toEqual(no);
  });

  test.each(["storage.newRole", "kms.keys.user", "iam.editor", "our-own-role"])("%s: unknown", (role) => {
    expect(reachOf(role)).toEqual(unknownReach);
  });
});
