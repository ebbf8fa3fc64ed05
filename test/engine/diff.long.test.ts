import { reportOn } from "../../operate/diff/report";
import { previewOf, reportKeptAs } from "../support/diffCases";
import { LocalStack } from "../support/localStack";
import { variants, type World } from "../support/variants";
import { startWorld } from "../support/world";

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

  const cases: [string, (world: World) => Record<string, unknown>, string[]][] = [
    [
      "scope-narrower",
      ({ cloudId, otherFolderId }) => ({
        trails: { organization: { folders: [otherFolderId] }, shop: { clouds: [cloudId] } },
      }),
      ["narrower"],
    ],
    ["another-bucket", () => ({ bucketName: "other-audit-logs" }), ["stop", "weaker"]],
    [
      "key-swapped",
      ({ existingKeyId }) => ({ encryption: { key: "existing", keyId: existingKeyId } }),
      ["weaker"],
    ],
    ["trail-removed", ({ cloudId }) => ({ trails: { shop: { clouds: [cloudId] } } }), ["stop"]],
    // The other trail collects all of its events.
    ["second-trail-removed", () => ({ trails: { organization: {} } }), ["weaker"]],
    ["logs-deleted-on-removal", () => ({ onRemoval: "deleteWithLogs" }), ["unreadable", "weaker"]],
  ];
  test.each(cases)("%s", async (name, change, applies) => {
    const report = reportKeptAs(name, await previewOf(local, { ...config, ...change(world) }));
    expect(report.applies).toEqual(applies);
  });

  test("provider-moved: another release of the provider changes nothing of the audit logs", async () => {
    const { cloud, stack } = local.keep();
    const older = JSON.stringify(stack).replaceAll("0_137_0", "0_136_0").replaceAll("0.137.0", "0.136.0");
    await using restored = await LocalStack.restore({ cloud, stack: JSON.parse(older) });
    const printed = await previewOf(restored, config);
    expect(printed.state).toContain("default_0_136_0");
    expect(reportKeptAs("provider-moved", printed).applies).toEqual(["unchanged"]);
  });

  test("scope-wider", async () => {
    const narrow = { ...config, trails: { organization: { folders: [world.otherFolderId] } } };
    await local.up(narrow);
    const wide = { ...config, trails: { organization: {} } };
    expect(reportKeptAs("scope-wider", await previewOf(local, wide)).applies).toEqual(["wider"]);
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
