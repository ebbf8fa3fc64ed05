import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { TemporaryFolder } from "../support/fakes";
import { LocalStack } from "../support/localStack";
import { findingsInWrong, judged, packFolder, passes, plain } from "../support/policyPack";
import { expectedOf } from "../support/policyVariants";
import { startWorld } from "../support/stackView";
import { variants } from "../support/variants";

test.each(variants)(
  "$name: the pack has the same findings before the first deployment and after it",
  async (variant) => {
    const { local, world } = await startWorld();
    await using _local = local;
    const stack = await local.open(variant.configure(world));
    for (const operation of ["preview", "up", "preview"] as const)
      expect((await judged(stack, operation)).violations).toEqual(expectedOf(variant.name));
  },
);

test("with all rules advisory, the preview of a faulty stack succeeds with the same findings", async () => {
  await using local = await LocalStack.start();
  using folder = new TemporaryFolder();
  const config = { folder: folder.path, rules: { all: "advisory" } };
  const stack = await local.open({}, plain.wrong);
  const { succeeded, violations } = await judged(stack, "preview", { config });
  const advisory = findingsInWrong.map((each) => each.replace("mandatory", "advisory")).sort();
  expect([succeeded, violations]).toEqual([true, advisory]);
});

test("sound plain resources pass before the first deployment, and the engine refuses the removal of protected ones", async () => {
  await using local = await LocalStack.start();
  const stack = await local.open({}, plain.sound);
  expect(await judged(stack, "preview")).toMatchObject(passes);
  await stack.up();
  const removed = await judged(await local.open({ trail: "false" }, plain.sound), "preview");
  expect(removed).toMatchObject({ succeeded: false, violations: [] });
  expect(removed.output).toMatch(/organization" cannot be deleted\s+because it is protected/);
});

test("without protection, the pack reports required ids after a deletion and before a replacement, and fails an update without a preview", async () => {
  await using local = await LocalStack.start();
  using folder = new TemporaryFolder();
  const { cloud } = local.emulator;
  const unprotected = { protected: "false" };
  await local.up(unprotected, plain.sound);
  const [trail] = cloud.trails.all();
  const [key] = cloud.keys.all();
  const rules = {
    protected: "disabled",
    "nothing-removed": { required: [trail?.id, key?.id, "audit-logs"] },
  };
  const previewWith = async (config: object) => {
    const stack = await local.open({ ...unprotected, ...config }, plain.sound);
    return judged(stack, "preview", { config: { folder: folder.path, rules } });
  };
  expect(await previewWith({})).toMatchObject(passes);
  const replaced = await previewWith({ bucketName: "other" });
  expect([replaced.succeeded, ...replaced.messages]).toEqual([
    false,
    expect.stringContaining('"audit-logs" is required'),
  ]);
  const deleted = await previewWith({ trail: "false" });
  expect([deleted.succeeded, deleted.messages.length, deleted.messages[0]]).toEqual([
    false,
    3,
    expect.stringContaining(`"${trail?.id}" is required`),
  ]);

  const forced = await judged(await local.open({ forceDestroy: "true" }, plain.sound), "up");
  expect(forced).toMatchObject({
    succeeded: false,
    violations: ["mandatory no-force-destroy StorageBucket"],
  });
  const bucket = (await local.resources()).find(({ type }) => type.endsWith(":StorageBucket"));
  expect(bucket?.inputs?.forceDestroy).toBe(true);
});

test("a copy of the folder alone works after npm ci without install scripts", async () => {
  await using local = await LocalStack.start();
  using folder = new TemporaryFolder();
  const pack = join(folder.path, "pack");
  mkdirSync(pack);
  cpSync(packFolder, pack, { recursive: true, filter: (path) => basename(path) !== "node_modules" });
  execFileSync("npm", ["ci", "--ignore-scripts", "--loglevel=error"], { cwd: pack });
  const { succeeded, output } = await judged(await local.open({}, plain.sound), "preview", { pack });
  expect([succeeded, output]).toEqual([true, expect.stringContaining(`✅ yandex-audit-trails-policy@`)]);
});
