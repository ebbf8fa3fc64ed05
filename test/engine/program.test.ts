import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ensureToolchain } from "../../toolchain";
import { TemporaryFolder } from "../support/fakes";
import { LocalStack, sevenResources } from "../support/localStack";

test("index.ts, which pulumi up runs, builds the same stack and exports its outputs", async () => {
  await using local = await LocalStack.start();
  // Importing index.ts creates the resources, so it must happen inside the engine's run.
  const program = async () => ({ ...jest.requireActual<Record<string, unknown>>("../../index") });
  const { outputs } = await local.up({}, { program });
  expect(await local.resourceTypes()).toEqual(sevenResources);
  const names = [
    "bucketName",
    "bucketUrl",
    "keyId",
    "objectKeyPrefix",
    "serviceAccountId",
    "trailId",
    "trailStatus",
  ];
  expect(Object.keys(outputs).sort()).toEqual(names);
  expect(outputs.trailStatus?.value).toBe("ACTIVE");
});

test("the engine accepts this folder as a project", async () => {
  using folder = new TemporaryFolder();
  const { root, environment } = await ensureToolchain(() => {});
  const env = { ...process.env, ...environment, PULUMI_BACKEND_URL: `file://${folder.path}` };
  const stacks = execFileSync(join(root, "bin", "pulumi"), ["stack", "ls", "--json"], {
    env,
    encoding: "utf8",
  });
  expect(JSON.parse(stacks)).toEqual([]);
});
