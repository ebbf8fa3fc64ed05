import type { ExistingSetUp } from "../../../operate/adopt/existingSetUp";
import { matchesOf } from "../../../operate/adopt/ids";
import { byBucketName } from "../../../operate/adopt/roles";
import { setUpOf } from "../../../operate/adopt/setUp";
import { weaknessesOf } from "../../../operate/adopt/weaknesses";
import { bucket, folderId, found, organizationId, soundSetUp } from "../../support/existingSetUps";

describe("roles of the account beside what the trails need", () => {
  const organizationPlace = { type: "organization-manager.organization", id: organizationId };
  const folderPlace = { type: "resource-manager.folder", id: folderId };
  const grant = (role: string, on: object) => ({ role, on, accountId: "ajeone" });
  const viewer = grant("audit-trails.viewer", organizationPlace);
  const uploader = grant("storage.uploader", folderPlace);
  const rolesIn = (...grants: object[]) => {
    const given = found({ grants });
    return weaknessesOf(soundSetUp(given), given).filter(({ what }) => what.includes("has role"));
  };

  test("a role that the trail's own role on the same place replaces is superfluous, and the report has the command that removes it", () => {
    expect(rolesIn(viewer, uploader, grant("storage.admin", folderPlace))).toEqual([
      {
        what: `Service account ajeone has role storage.admin on folder ${folderId}, which no trail needs.`,
        correction: `yc resource-manager folder remove-access-binding --id ${folderId} --role storage.admin --subject serviceAccount:ajeone`,
      },
    ]);
  });

  test("a role that replaces one that pulumi up still has to grant stays: no command", () => {
    const [only, ...others] = rolesIn(uploader, grant("audit-trails.admin", organizationPlace));
    expect(others).toEqual([]);
    expect(only?.what).toContain("audit-trails.admin");
    expect(only?.what).toContain("instead of audit-trails.viewer");
    expect(only?.correction).toMatch(/^pulumi up /);
  });

  test("a role that another trail may use is unknown: no command", () => {
    const cloudPlace = { type: "resource-manager.cloud", id: "b1gcloud" };
    const [only] = rolesIn(viewer, uploader, grant("audit-trails.viewer", cloudPlace));
    expect(only?.what).toContain("A trail in a folder that you may not read may need it.");
    expect(only?.correction).not.toContain("remove-access-binding");
  });

  test("a role that no trail uses is superfluous", () => {
    const [only] = rolesIn(viewer, uploader, grant("iam.serviceAccounts.tokenCreator", folderPlace));
    expect(only?.correction).toContain("remove-access-binding");
  });
});

describe("the existing roles", () => {
  const own = (role: string, type: string, id: string) => ({ role, on: { type, id }, accountId: "ajeone" });
  const onBucket = own("storage.uploader", "storage.bucket", "e3eone");
  const onFolder = own("storage.uploader", "resource-manager.folder", folderId);
  const encrypter = own("kms.keys.encrypter", "kms.symmetricKey", "abjone");
  const both = own("kms.keys.encrypterDecrypter", "kms.symmetricKey", "abjone");
  /** The choice that is configured. */
  const rolesOf = (
    grants: readonly object[],
    otherUploaders: readonly string[] | undefined = [],
    isNewer = true,
  ) => {
    const one = bucket();
    const settings = { ...one.settings, resourceId: "e3eone" };
    const given = found({ grants, buckets: new Map([["logs-one", { ...one, settings, otherUploaders }]]) });
    const { setUp } = setUpOf(given, isNewer);
    return { roles: setUp?.args.roles, needs: setUp?.needs.map(({ role, on }) => `${role} on ${on.id}`) };
  };

  test("decide the choice of roles, so that no role has to change", () => {
    const { roles, needs } = rolesOf([onBucket, encrypter]);
    expect(roles).toEqual({ uploader: "bucket", key: "encrypter" });
    expect(needs).toEqual(
      expect.arrayContaining(["storage.uploader on e3eone", "kms.keys.encrypter on abjone"]),
    );
  });

  test.each<[string, Parameters<typeof rolesOf>]>([
    ["the guide's are there", [[onFolder, both]]],
    ["nothing is there", [[]]],
    ["the folder has the role too", [[onBucket, onFolder, both]]],
    ["others have the role on the bucket", [[onBucket, both], ["userAccount:backup"]]],
    ["the provider cannot grant it there", [[onBucket, both], [], false]],
    ["both roles are on the key", [[onFolder, both, encrypter]]],
  ])("are those of the guide if %s", (_, given) => {
    const { roles, needs } = rolesOf(...given);
    expect(roles).toBeUndefined();
    expect(needs).toEqual(
      expect.arrayContaining([`storage.uploader on ${folderId}`, "kms.keys.encrypterDecrypter on abjone"]),
    );
  });

  test("on a bucket are imported by its name, where all that the program names have them", () => {
    const type = "yandex:index/storageBucketIamBinding:StorageBucketIamBinding";
    const inputs = { bucket: "logs-one", role: "storage.uploader", members: ["serviceAccount:ajeone"] };
    const urn = `urn:pulumi:dev::project::yandex-audit-trails:index:AuditTrails$${type}::binding`;
    const planned = {
      urn,
      type,
      inputs,
      outputs: {},
      protect: true,
      retainOnDelete: false,
      hooks: [],
      inputSources: {},
    };
    const one = bucket();
    const buckets = new Map([["logs-one", { ...one, settings: { ...one.settings, resourceId: "e3eone" } }]]);
    const matches = (grants: ExistingSetUp["grants"]) =>
      matchesOf([planned], [], {
        parts: [],
        granted: grants.map((grant) => ({ ...grant, on: byBucketName(grant.on, found({ buckets })) })),
        release: "0.222.0",
      });
    expect(matches([onBucket]).map(({ id }) => id)).toEqual(["logs-one,storage.uploader"]);
    expect(matches([])).toEqual([]);
  });
});

describe("keys of the account", () => {
  const keysIn = (accountKeys: object) => {
    const given = found({ accountKeys });
    return weaknessesOf(soundSetUp(given), given).filter(
      ({ what }) => /key/.test(what) && /account/.test(what),
    );
  };

  test("are named, each with the command that deletes it", () => {
    const keys = [
      { kind: "static key", id: "ajekeyone" },
      { kind: "authorized key", id: "ajekeytwo" },
    ];
    expect(keysIn(new Map([["ajeone", keys]]))).toEqual([
      {
        what: expect.stringContaining("has static key ajekeyone"),
        correction: "yc iam access-key delete ajekeyone",
      },
      {
        what: expect.stringContaining("has authorized key ajekeytwo"),
        correction: "yc iam key delete ajekeytwo",
      },
    ]);
    expect(keysIn(new Map([["ajeone", []]]))).toEqual([]);
  });

  test("are unknown if they may not be listed", () => {
    expect(keysIn(new Map([["ajeone", undefined]]))).toEqual([
      {
        what: expect.stringMatching(/^It is unknown whether service account ajeone has keys/),
        correction: expect.any(String),
      },
    ]);
  });
});
