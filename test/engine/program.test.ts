import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ensureToolchain } from "../../toolchain";
import { LocalStack, sevenResources } from "../support/localStack";

test("index.ts, which pulumi up runs, builds the same stack and exports its outputs", async () => {
  await using local = await LocalStack.start();
  // Importing index.ts creates the resources, so it must happen inside the engine's run.
  const program = async () => ({ ...jest.requireActual<Record<string, unknown>>("../../index") });
  const { outputs } = await (await local.open({}, { program })).up();
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
  expect(Object.keys(outputs.trails?.value.organization).sort()).toEqual(names);
  expect(outputs.trails?.value.organization.trailStatus).toBe("ACTIVE");
});

test("the engine loads this folder as a project, in which packages can be looked up", async () => {
  const { root, environment } = await ensureToolchain(() => {});
  const parameters = ["package", "get-schema", "terraform-provider", "yandex-cloud/yandex", "0.137.0"];
  const options = { env: { ...process.env, ...environment }, encoding: "utf8", maxBuffer: 64 << 20 } as const;
  expect(JSON.parse(execFileSync(join(root, "bin", "pulumi"), parameters, options))).toMatchObject({
    name: "yandex",
  });
});
