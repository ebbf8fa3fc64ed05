import { TemporaryFolder } from "../support/fakes";
import { LocalStack } from "../support/localStack";
import { findingsInWrong, judged, passes, plain } from "../support/policyPack";

test("the preview of the first deployment reports all faults of plain resources", async () => {
  await using local = await LocalStack.start();
  using folder = new TemporaryFolder();
  const stack = await local.open({}, plain.wrong);
  const { succeeded, violations, messages } = await judged(stack, "preview");
  expect(succeeded).toBe(false);
  expect(violations).toEqual(findingsInWrong);
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
    findingsInWrong
      .filter((each) => !/lock-consistent|organization-scope|resources-in-stack|retention/.test(each))
      .map((each) => (each.includes("no-public-access") ? each : each.replace("mandatory", "advisory")))
      .sort(),
  );
});

test("sound plain resources pass the update, and removing the protection is refused", async () => {
  await using local = await LocalStack.start();
  expect(await judged(await local.open({}, plain.sound), "up")).toMatchObject(passes);
  const unprotected = await local.open({ protected: "false" }, plain.sound);
  expect(await judged(unprotected, "preview")).toMatchObject({
    succeeded: false,
    violations: ["AuditTrailsTrail", "KmsSymmetricKey", "StorageBucket"].map(
      (type) => `mandatory protected ${type}`,
    ),
  });
});

test("values of a mandatory rule that are unknown before the update are reported, do not stop the first deployment, and are checked in its update", async () => {
  await using local = await LocalStack.start();
  const stack = await local.open({ access: { administrators: [local.emulator.cloud.deployer.id] } });
  const preview = await judged(stack, "preview");
  expect(preview).toMatchObject({ succeeded: true, violations: ["advisory no-public-access StorageBucket"] });
  expect(preview.messages.join()).toContain("Unknown before the update: the policy of");
  expect(await judged(stack, "up")).toMatchObject({ succeeded: true, violations: [] });
});
