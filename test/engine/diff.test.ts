import { dirname } from "node:path";
import { ensureToolchain } from "../../toolchain";
import { previewOf, reportKeptAs } from "../support/diffCases";
import { bucketName, byDeployer, LocalStack, programOf } from "../support/localStack";

/** A change of one setting, and what `diff` has to say of it: the verdicts that apply, the worst first. */
type Case = readonly [name: string, change: Record<string, unknown>, applies: readonly string[]];

describe("a protected stack with everything that hardens it", () => {
  let local: LocalStack;
  let config: Record<string, unknown>;
  beforeAll(async () => {
    local = await LocalStack.start();
    config = {
      retention: { preset: "year" },
      objectLock: { mode: "GOVERNANCE", days: 30 },
      access: { administrators: [local.emulator.cloud.deployer.id] },
      trails: { organization: { dataEvents: { lockbox: {} } } },
    };
    reportKeptAs("first-deployment", await previewOf(local, config));
    await local.up(config);
  });
  afterAll(() => local[Symbol.asyncDispose]());

  const organization = { dataEvents: { lockbox: {} } };
  const kmsToo = { dataEvents: { lockbox: {}, kms: { includedEvents: ["yandex.cloud.audit.kms.Decrypt"] } } };
  const cases: Case[] = [
    ["nothing", {}, ["unchanged"]],
    ["rename", { trails: { organization: { ...organization, name: "all-audit-logs" } } }, ["unchanged"]],
    ["data-events-added", { trails: { organization: kmsToo } }, ["wider"]],
    ["data-events-dropped", { trails: { organization: {} } }, ["narrower"]],
    ["retention-shorter", { retention: { preset: "year", expireAfterDays: 100 } }, ["unreadable", "weaker"]],
    [
      "versioning-off",
      { objectLock: undefined, retention: { preset: "year", versioning: false } },
      ["weaker", "stronger"],
    ],
    ["lock-off", { objectLock: undefined }, ["weaker"]],
    ["policy-out", { access: undefined }, ["weaker"]],
    ["protection-off", { protected: false }, ["weaker"]],
    ["prefix", { trails: { organization: { ...organization, objectPrefix: "all" } } }, ["refused", "stop"]],
    ["encryption-off", { encryption: { key: "none" } }, ["refused", "weaker"]],
    ["broken-configuration", { retention: { preset: "decade" } }, ["unknown"]],
  ];
  test.each(cases)("%s", async (name, change, applies) => {
    const report = reportKeptAs(name, await previewOf(local, { ...config, ...change }));
    expect(report.applies).toEqual(applies);
  });

  test("a reader of the logs is added", async () => {
    const { deployer } = local.emulator.cloud;
    const access = { administrators: [deployer.id], readers: ["ajeauditor"] };
    const { applies } = reportKeptAs("reader-added", await previewOf(local, { ...config, access }));
    expect(applies).toEqual(["weaker"]);
  });

  test("a refresh that is denied a role tells nothing", async () => {
    const { access, organizationId, folderId, deployer } = local.emulator.cloud;
    const denied = { roleId: "audit-trails.editor", subject: deployer };
    const viewer = { roleId: "audit-trails.viewer", subject: deployer };
    access.remove(folderId, denied);
    access.remove(organizationId, viewer);
    const { applies } = reportKeptAs("refresh-denied", await previewOf(local, config, ["--refresh"]));
    access.add(folderId, denied);
    access.add(organizationId, viewer);
    expect(applies).toEqual(["unknown"]);
  });

  test("what others changed in the cloud is told apart from what the program changes", async () => {
    const { cloud } = local.emulator;
    const { serviceAccountId = "" } = cloud.trails.all()[0] ?? {};
    const lost = {
      roleId: "storage.uploader",
      subject: { type: "serviceAccount", id: serviceAccountId },
    };
    cloud.access.remove(cloud.folderId, lost);
    const opened = { read: true, list: false, configRead: false };
    const change = { policy: undefined, anonymousAccessFlags: opened };
    const event = ["storage.BucketUpdate", "storage.buckets.update"] as const;
    cloud.buckets.configure(byDeployer(local.emulator), bucketName, ...event, change);
    const { applies, drift } = reportKeptAs("drift", await previewOf(local, config, ["--refresh"]));
    expect(applies).toEqual(["wider", "stronger"]);
    expect(drift?.rows.map(({ name, effect }) => [name, effect])).toEqual([
      ["roles that it lacks", "stop"],
      ["public access", "weaker"],
      ["policy", "weaker"],
      ["roles", undefined],
    ]);
  });
});

test("one part of a larger program: an extra role for the trail's account is seen, and nothing is said about the rest", async () => {
  await using local = await LocalStack.start();
  const program = programOf("larger");
  await local.up({}, { program });
  const environment = { ROLE: "storage.admin", SHOP_BUCKET: "another-shop" };
  const printed = await previewOf(local, {}, [], { program, environment });
  const { applies } = reportKeptAs("extra-role", printed);
  expect(applies).toEqual(["weaker"]);
  expect(printed.preview).toContain("another-shop");
});

test("for --stack it runs pulumi itself, which it finds on the path", async () => {
  await using local = await LocalStack.start();
  const { pulumi } = await ensureToolchain(() => {});
  const environment = { PATH: `${dirname(pulumi)}:${process.env.PATH}` };
  const stack = await local.open({}, { environment });
  const output = await stack.follow("npm exec --no -- audit-trails diff --stack dev --fail-on stop,narrower");
  expect(output).toContain("Audit logs of stack dev: coverage wider\n");
});
