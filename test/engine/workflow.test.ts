import { readFileSync } from "node:fs";
import { validateWorkflow } from "@action-validator/core";
import { parse } from "yaml";
import { LocalStack, sevenResources } from "../support/localStack";

const file = ".github/workflows/audit-trails.yml";
const text = readFileSync(file, "utf8");

interface Step {
  readonly if?: string;
  readonly uses?: string;
  readonly with?: { readonly command?: string; readonly diff?: boolean };
}
const steps: readonly Step[] = parse(text).jobs.deploy.steps;
const commands = steps.filter((step) => step.with?.command);

test("the workflow is one that GitHub accepts", () => {
  expect(validateWorkflow(text).errors).toEqual([]);
});

test("it previews pull requests and updates on pushes, and nothing else", () => {
  expect(commands.map((step) => [step.if, step.with?.command])).toEqual([
    ["github.event_name == 'pull_request'", "preview"],
    ["github.event_name == 'push'", "up"],
  ]);
});

test("its Pulumi commands run on the local cloud: the preview changes nothing and shows the diff, the update deploys", async () => {
  await using local = await LocalStack.start();
  const stack = await local.open();
  for (const { with: { command, diff } = {} } of commands) {
    if (command === "preview") {
      const { output } = await stack.preview({ args: diff ? ["--diff"] : [] });
      expect(output).toContain("+ yandex:index/auditTrailsTrail:AuditTrailsTrail: (create)");
      expect(local.emulator.cloud.trails.all()).toEqual([]);
    } else {
      await stack.up({ args: diff ? ["--diff"] : [] });
      expect(await local.resourceTypes()).toEqual(sevenResources);
    }
  }
});

test("no secret is written into it: every one comes from the secret store", () => {
  const { env } = parse(text).jobs.deploy;
  for (const [name, value] of Object.entries<string>(env))
    if (/KEY|PASSPHRASE|TOKEN/.test(name))
      expect([name, value]).toEqual([name, expect.stringMatching(/^\$\{\{ secrets\.\w+ \}\}$/)]);
});
