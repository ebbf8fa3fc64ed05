import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { TemporaryFolder } from "../support/fakes";
import { LocalStack, programOf } from "../support/localStack";
import { judged, packFolder } from "../support/policyPack";
import { expectedOf } from "../support/policyVariants";
import { variants } from "../support/variants";
import { startWorld } from "../support/world";

const sound = { program: programOf("plainSound") };
const wrong = { program: programOf("plainWrong") };

test("of plain resources everything that is wrong is named, in the preview of the first deployment", async () => {
  await using local = await LocalStack.start();
  using folder = new TemporaryFolder();
  const stack = await local.open({}, wrong);
  const { succeeded, violations, messages } = await judged(stack, "preview");
  expect(succeeded).toBe(false);
  expect(violations).toEqual([
    "advisory bucket-versioned StorageBucket",
    "mandatory account-roles AuditTrailsTrail",
    "mandatory account-roles AuditTrailsTrail",
    "mandatory account-roles IamServiceAccount",
    "mandatory bucket-encrypted StorageBucket",
    "mandatory lock-consistent StorageBucket",
    "mandatory lock-consistent StorageBucket",
    "mandatory no-account-keys IamServiceAccountStaticAccessKey",
    "mandatory no-authoritative-bindings ResourcemanagerFolderIamBinding",
    "mandatory no-force-destroy StorageBucket",
    "mandatory no-primitive-roles ResourcemanagerFolderIamMember",
    "mandatory no-public-access ResourcemanagerFolderIamMember",
    ...Array(4).fill("mandatory no-public-access StorageBucket"),
    "mandatory nothing-removed StorageBucket",
    "mandatory organization-scope AuditTrailsTrail",
    "mandatory protected AuditTrailsTrail",
    "mandatory protected AuditTrailsTrail",
    "mandatory protected StorageBucket",
    "mandatory resources-in-stack AuditTrailsTrail",
    "mandatory resources-in-stack AuditTrailsTrail",
    "mandatory retention StorageBucket",
  ]);
  expect(messages.join("\n")).toContain("deletes logs after 30 days; at least 365 are required");

  // A configuration switches levels, and says what is wanted as it is.
  const rules = {
    all: "advisory",
    "no-public-access": "mandatory",
    "lock-consistent": "disabled",
    "organization-scope": { enforcementLevel: "mandatory", except: ["wrong"] },
    "resources-in-stack": { except: ["elsewhere", "ajeelsewhere"] },
    retention: { days: 30 },
  };
  const switched = await judged(stack, "preview", { config: { folder: folder.path, rules } });
  expect(switched.succeeded).toBe(false);
  expect(switched.violations).toEqual(
    violations
      .filter((each) => !/lock-consistent|organization-scope|resources-in-stack|retention/.test(each))
      .map((each) => (each.includes("no-public-access") ? each : each.replace("mandatory", "advisory")))
      .sort(),
  );
  const advisory = await judged(stack, "preview", {
    config: { folder: folder.path, rules: { all: "advisory" } },
  });
  expect([advisory.succeeded, advisory.violations.length]).toEqual([true, violations.length]);
});

test("sound plain resources pass before and after the update; what leaves them is flagged or refused", async () => {
  await using local = await LocalStack.start();
  using folder = new TemporaryFolder();
  const { cloud } = local.emulator;
  const passes = { succeeded: true, violations: [] };
  expect(await judged(await local.open({}, sound), "preview")).toMatchObject(passes);
  expect(await judged(await local.open({}, sound), "up")).toMatchObject(passes);

  // The engine refuses what leaves the program while it is protected, and the pack refuses that protection goes.
  const removed = await judged(await local.open({ trail: "false" }, sound), "preview");
  expect(removed).toMatchObject({ succeeded: false, violations: [] });
  expect(removed.output).toMatch(/organization" cannot be deleted\s+because it is protected/);
  const unprotected = { protected: "false" };
  expect(await judged(await local.open(unprotected, sound), "preview")).toMatchObject({
    succeeded: false,
    violations: ["AuditTrailsTrail", "KmsSymmetricKey", "StorageBucket"].map(
      (type) => `mandatory protected ${type}`,
    ),
  });

  // Without protection, ids that are required are missed: after a deletion, and before a replacement.
  await local.up(unprotected, sound);
  const [trail] = cloud.trails.all();
  const [key] = cloud.keys.all();
  const rules = {
    protected: "disabled",
    "nothing-removed": { required: [trail?.id, key?.id, "audit-logs"] },
  };
  const options = { config: { folder: folder.path, rules } };
  expect(await judged(await local.open(unprotected, sound), "preview", options)).toMatchObject(passes);
  const replaced = await judged(
    await local.open({ ...unprotected, bucketName: "other" }, sound),
    "preview",
    options,
  );
  expect([replaced.succeeded, ...replaced.messages]).toEqual([
    false,
    expect.stringContaining('"audit-logs" is required'),
  ]);
  const deleted = await judged(
    await local.open({ ...unprotected, trail: "false" }, sound),
    "preview",
    options,
  );
  expect([deleted.succeeded, deleted.messages.length, deleted.messages[0]]).toEqual([
    false,
    3,
    expect.stringContaining(`"${trail?.id}" is required`),
  ]);

  // Without a preview the pack fails the update after it.
  const forced = await judged(await local.open({ forceDestroy: "true" }, sound), "up");
  expect(forced).toMatchObject({
    succeeded: false,
    violations: ["mandatory no-force-destroy StorageBucket"],
  });
  const bucket = (await local.resources()).find(({ type }) => type.endsWith(":StorageBucket"));
  expect(bucket?.inputs?.forceDestroy).toBe(true);
});

const spread = [
  "encrypted with a new key, the default",
  "exactly the guide",
  "of a chosen cloud and folder",
  "with a second trail to an existing bucket in another folder",
];

test("of the component's variants each passes, but for what it weakens", async () => {
  const { local, world } = await startWorld();
  await using _local = local;
  for (const variant of variants.filter(({ name }) => spread.includes(name))) {
    const { violations } = await judged(await local.open(variant.configure(world)), "preview");
    expect([variant.name, violations]).toEqual([variant.name, expectedOf(variant.name)]);
  }
});

test("what comes late in a mandatory rule is told, does not stop the first deployment, and is judged by its update", async () => {
  await using local = await LocalStack.start();
  const stack = await local.open({ access: { administrators: [local.emulator.cloud.deployer.id] } });
  const preview = await judged(stack, "preview");
  expect(preview).toMatchObject({ succeeded: true, violations: ["advisory no-public-access StorageBucket"] });
  expect(preview.messages.join()).toContain("Cannot tell before the update the policy of");
  expect(await judged(stack, "up")).toMatchObject({ succeeded: true, violations: [] });
});

test("a copy of the folder alone works after npm ci without install scripts", async () => {
  await using local = await LocalStack.start();
  using folder = new TemporaryFolder();
  const pack = join(folder.path, "pack");
  mkdirSync(pack);
  cpSync(packFolder, pack, { recursive: true, filter: (path) => basename(path) !== "node_modules" });
  execFileSync("npm", ["ci", "--ignore-scripts", "--loglevel=error"], { cwd: pack });
  const { succeeded, output } = await judged(await local.open({}, sound), "preview", { pack });
  expect([succeeded, output]).toEqual([true, expect.stringContaining(`✅ yandex-audit-trails-policy@`)]);
});
