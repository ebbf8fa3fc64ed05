import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { localEnvironment } from "../../tools/local/environment";
import { ensureToolchain } from "../../tools/toolchain";
import { makeFolder } from "../support/folder";
import { runBash } from "../support/pipelines/bash";
import { readWorkflow } from "../support/pipelines/github";
import { standing } from "../support/standingStacks";

const repository = join(__dirname, "..", "..");

/** GitHub's own command, as far as the workflow asks it: notes what is sent, and lists the issues of a file. */
const gh = `#!/bin/bash
if [[ $* == *"--method"* ]]; then { echo "$*"; cat; } >>sent; else cat issues.json; fi
`;

/** A folder with what a repository holds after its installation. */
function checkOut(folder: string): void {
  const packages = join(folder, "node_modules");
  mkdirSync(join(packages, ".bin"), { recursive: true });
  for (const name of readdirSync(join(repository, "node_modules")))
    if (!name.startsWith(".")) symlinkSync(join(repository, "node_modules", name), join(packages, name));
  symlinkSync(join(repository, "operate", "audit-trails.cjs"), join(packages, ".bin", "audit-trails"));
  for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml"])
    writeFileSync(join(folder, name), readFileSync(join(repository, name)));
  writeFileSync(join(folder, "gh"), gh, { mode: 0o755 });
  writeFileSync(join(folder, "issues.json"), "[]");
}

test("the watch runs its own script: it is silent about sound logs, and opens an issue after a change by somebody else", async () => {
  await using local = await standing("default");
  const { cloud } = local.emulator;
  // Who may reach the logs by way of the cloud is read too.
  cloud.access.add(cloud.organizationId, { roleId: "resource-manager.auditor", subject: cloud.deployer });
  const stack = await local.open();
  cloud.clock.advance({ minutes: 5 });
  using folder = makeFolder();
  checkOut(folder.path);
  const toolchain = await ensureToolchain(() => {});
  const environment = {
    ...localEnvironment({ toolchain, emulator: local.emulator, folder: folder.path }),
    PULUMI_BACKEND_URL: (await stack.follow("printenv PULUMI_BACKEND_URL")).trim(),
    PATH: [folder.path, dirname(toolchain.pulumi), process.env.PATH].join(":"),
    ...{ STACK: "dev", NEWEST_WITHIN: "60", DEPLOYER_ID: cloud.deployer.id },
    ...{ GITHUB_OUTPUT: join(folder.path, "output"), GITHUB_REPOSITORY: "acme/audit" },
  };
  const { watch, alert } = readWorkflow("watch").jobs;
  const step = (job: typeof watch, name: string) => {
    const { run = "" } = job?.steps.find((one) => one.name === name) ?? {};
    return runBash(run, folder.path, environment);
  };
  const written = (name: string) => readFileSync(join(folder.path, name), "utf8");

  expect(await step(watch, "Verify")).toMatchObject({
    code: 0,
    output: expect.stringContaining("Nothing is wrong."),
  });
  expect(written("output")).toBe("alert=false\n");

  const subject = { type: "userAccount", id: "stranger" };
  cloud.access.add(cloud.folderId, { roleId: "admin", subject });
  const call = {
    method: "test",
    subject,
    requestId: "",
    userAgent: "",
    remoteAddress: "203.0.113.7",
    maskedToken: "",
  };
  cloud.trails.delete(call, cloud.trails.all()[0]?.id ?? "");
  expect(await step(watch, "Verify")).toMatchObject({ code: 0 });
  expect(written("output")).toBe("alert=false\nalert=true\n");
  expect(written("watch.md")).toMatch(
    /^<!-- audit-trails watch stack=dev -->\n[^\n]+\n\n {4}Audit logs[\s\S]* BAD {2}status/,
  );

  expect(await step(alert, "Issue")).toMatchObject({ code: 0 });
  expect(written("sent")).toMatch(
    /--method POST repos\/acme\/audit\/issues --input -\n[\s\S]*does not exist/,
  );
  const issue = {
    number: 7,
    user: { login: "github-actions[bot]" },
    pull_request: null,
    body: written("watch.md"),
  };
  writeFileSync(join(folder.path, "issues.json"), JSON.stringify([issue]));
  expect(await step(alert, "Issue")).toMatchObject({ code: 0 });
  expect(written("sent")).toContain("--method POST repos/acme/audit/issues/7/comments --input -");

  // GitLab's job runs the same command, and fails with it.
  const gitlab = parse(
    readFileSync(join(repository, "examples/pipelines/gitlab/audit-trails-watch.yml"), "utf8"),
    // It does not know GitLab's own tags.
    { logLevel: "error" },
  );
  const script = gitlab.watch.script.slice(1).join("\n");
  expect(await runBash(script, folder.path, environment)).toMatchObject({ code: 1 });
  expect(written("watch.md")).toContain("does not exist");
});
