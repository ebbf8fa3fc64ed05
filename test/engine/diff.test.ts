import { dirname } from "node:path";
import { ensureToolchain } from "../../tools/toolchain";
import { expectReport, previewOf } from "../support/diffCases";
import { changeByOthers, hardenedChanges } from "../support/diffChanges";
import { LocalStack } from "../support/localStack";
import { configurationOf, standing } from "../support/standingStacks";

// All other changes are tested with previews that were kept, in test/operate/diffKept.test.ts; diff.long.test.ts makes them again.
test("reports of real previews equal the kept ones: changes that protection refuses, and drift", async () => {
  await using local = await standing("hardened");
  const config = configurationOf("hardened", local);
  const [change] = hardenedChanges["encryption-off"];
  expectReport("encryption-off", await previewOf(local, { ...config, ...change }));
  changeByOthers(local);
  expectReport("drift", await previewOf(local, config, ["--refresh"]));
});

test("with --stack it runs pulumi from the PATH", async () => {
  await using local = await LocalStack.start();
  const { pulumi } = await ensureToolchain(() => {});
  const environment = { PATH: `${dirname(pulumi)}:${process.env.PATH}` };
  const stack = await local.open({}, { environment });
  const output = await stack.follow("npm exec --no -- audit-trails diff --stack dev --fail-on stop,narrower");
  expect(output).toContain("Audit logs of stack dev: coverage wider\n");
});
