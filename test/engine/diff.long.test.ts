import { reportOn } from "../../operate/diff/report";
import { expectRenewed, previewOf } from "../support/diffCases";
import { changeByOthers, hardenedChanges, otherChanges, unprotectedChanges } from "../support/diffChanges";
import { LocalStack, programOf } from "../support/localStack";
import { startWorld } from "../support/stackView";
import { configurationOf, standing } from "../support/standingStacks";
import { variants, type World } from "../support/variants";

// The previews that test/operate/diffKept.test.ts reports on, made again: each report has to equal the kept one.
describe("a protected stack with everything that hardens it", () => {
  let local: LocalStack;
  let config: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    local = await standing("hardened");
    config = configurationOf("hardened", local);
  });
  afterAll(() => local[Symbol.asyncDispose]());

  test("first-deployment", async () => {
    await using fresh = await LocalStack.start();
    const { applies } = expectRenewed("first-deployment", "nothing", await previewOf(fresh, config));
    expect(applies).toEqual(otherChanges["first-deployment"]);
  });

  test.each(Object.entries(hardenedChanges))("%s", async (name, [change, applies]) => {
    const report = expectRenewed(name, "hardened", await previewOf(local, { ...config, ...change }));
    expect(report.applies).toEqual(applies);
  });

  test("reader-added", async () => {
    const { deployer } = local.emulator.cloud;
    const access = { administrators: [deployer.id], readers: ["ajeauditor"] };
    const printed = await previewOf(local, { ...config, access });
    expect(expectRenewed("reader-added", "hardened", printed).applies).toEqual(otherChanges["reader-added"]);
  });

  test("refresh-denied: the account that previews lacks a role", async () => {
    const { access, organizationId, folderId, deployer } = local.emulator.cloud;
    const denied = { roleId: "audit-trails.editor", subject: deployer };
    const viewer = { roleId: "audit-trails.viewer", subject: deployer };
    access.remove(folderId, denied);
    access.remove(organizationId, viewer);
    const printed = await previewOf(local, config, ["--refresh"]);
    access.add(folderId, denied);
    access.add(organizationId, viewer);
    const { applies } = expectRenewed("refresh-denied", "hardened", printed);
    expect(applies).toEqual(otherChanges["refresh-denied"]);
  });

  test("drift: others changed the cloud", async () => {
    changeByOthers(local);
    const printed = await previewOf(local, config, ["--refresh"]);
    expect(expectRenewed("drift", "hardened", printed).applies).toEqual(otherChanges.drift);
  });
});

test("extra-role: the stack is one part of a larger program", async () => {
  await using local = await LocalStack.start();
  const program = programOf("larger");
  await local.up({}, { program });
  const environment = { ROLE: "storage.admin", SHOP_BUCKET: "another-shop" };
  const printed = await previewOf(local, {}, [], { program, environment });
  expect(printed.preview).toContain("another-shop");
  expect(expectRenewed("extra-role", "larger", printed).applies).toEqual(otherChanges["extra-role"]);
});

describe("a stack without protection", () => {
  let local: LocalStack;
  let config: Record<string, unknown>;
  let world: World;
  beforeAll(async () => {
    ({ local, world } = await startWorld());
    config = { protected: false, trails: { organization: {}, shop: { clouds: [world.cloudId] } } };
    await local.up(config);
  });
  afterAll(() => local[Symbol.asyncDispose]());

  test.each(Object.entries(unprotectedChanges))("%s", async (name, [change, applies]) => {
    const printed = await previewOf(local, { ...config, ...change(world) });
    expect(expectRenewed(name, "unprotected", printed).applies).toEqual(applies);
  });

  test("provider-moved: another release of the provider changes nothing of the audit logs", async () => {
    const { cloud, stack } = local.keep();
    const older = JSON.stringify(stack).replaceAll("0_137_0", "0_136_0").replaceAll("0.137.0", "0.136.0");
    await using restored = await LocalStack.restore({ cloud, stack: JSON.parse(older) });
    const printed = await previewOf(restored, config);
    expect(printed.state).toContain("default_0_136_0");
    const { applies } = expectRenewed("provider-moved", "older-provider", printed);
    expect(applies).toEqual(otherChanges["provider-moved"]);
  });

  test("scope-wider", async () => {
    const narrow = { ...config, trails: { organization: { folders: [world.otherFolderId] } } };
    await local.up(narrow);
    const printed = await previewOf(local, { ...config, trails: { organization: {} } });
    expect(expectRenewed("scope-wider", "narrow", printed).applies).toEqual(otherChanges["scope-wider"]);
  });
});

describe("every variant", () => {
  let local: LocalStack;
  let world: World;
  beforeAll(async () => {
    ({ local, world } = await startWorld());
  });
  afterAll(() => local[Symbol.asyncDispose]());

  test.each(variants)(
    "$name: its first deployment makes coverage wider, with all roles that it needs and no others",
    async ({ configure }) => {
      const report = reportOn(await previewOf(local, configure(world)));
      expect([report.applies, report.obstacles]).toEqual([["wider"], []]);
      const roles = report.rows.filter(({ name }) => /roles/.test(name));
      expect(roles.map(({ name }) => name)).toContain("roles");
      expect(roles.map(({ name }) => name)).not.toContain("roles that it lacks");
      expect(roles.flatMap(({ after }) => after).join()).not.toContain("not needed");
    },
  );
});
