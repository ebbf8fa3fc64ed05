import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { validateWorkflow } from "@action-validator/core";
import { runBash } from "./support/pipelines/bash";
import { readWorkflow, workflowFile } from "./support/pipelines/github";
import { expandPipeline, pipelineFile } from "./support/pipelines/gitlab";
import { previewRoles } from "./support/previewRoles";

const guide = readFileSync("examples/pipelines/README.md", "utf8");
const names = ["preview", "up", "drift"] as const;

describe.each(names)("GitHub's %s", (name) => {
  const text = readFileSync(workflowFile(name), "utf8");
  const { jobs, ...workflow } = readWorkflow(name);
  const all = Object.values(jobs);
  const steps = all.flatMap((job) => job.steps);

  test("is one that GitHub accepts, and the validator sees what it would not accept", () => {
    expect(validateWorkflow(text).errors).toEqual([]);
    expect(validateWorkflow(text.replace("runs-on:", "runs-at:")).errors).not.toEqual([]);
  });

  test("gives each job only the permissions that it names, and writes in one job, which has no secret and no checkout", () => {
    expect(workflow).toMatchObject({ permissions: {} });
    const [work, report] = all;
    expect(Object.values(work?.permissions ?? {})).not.toContain("write");
    expect(Object.values(report?.permissions ?? {})).toEqual(["write"]);
    expect(JSON.stringify(report)).not.toMatch(/secrets\.|checkout|npm|pulumi/);
    expect(all).toHaveLength(2);
  });

  test("gives secrets only to steps that run pulumi or the project's command without npm, and puts no text of others into a script", () => {
    for (const step of steps) {
      expect(step.run ?? "").not.toContain("${{");
      const holdsSecrets = JSON.stringify(step).includes("secrets.");
      expect([step.name, holdsSecrets]).toEqual([
        step.name,
        /^ *(pulumi (up|preview|refresh)|node_modules\/\.bin\/audit-trails)\b/m.test(step.run ?? ""),
      ]);
      if (holdsSecrets && step.run) expect(step.run).not.toMatch(/npm|curl/);
    }
    expect(text.slice(0, text.indexOf("steps:"))).not.toContain("secrets.");
    expect(workflow.env).toEqual({ STACK: "prod" });
    for (const step of steps.filter((one) => one.name === "Install")) expect(step).not.toHaveProperty("env");
  });

  test("keeps the credentials of git out of the folder in which the program runs", () => {
    const [checkout] = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkout?.with).toEqual({ "persist-credentials": false });
  });

  test("pins its actions by tag, and asks for a CLI and for secrets that the guide names", () => {
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^(actions|pulumi)\/[\w-]+@v\d+$/);
    const asked = [...text.matchAll(/(?:secrets|vars)\.(\w+)/g)].map(([, secret = ""]) => secret);
    expect(asked.length).toBeGreaterThan(3);
    for (const secret of asked) expect(guide).toContain(`\`${secret}\``);
  });
});

test("on GitHub previews cancel older ones of their pull request, and updates are never cancelled", () => {
  expect(readWorkflow("preview")).toMatchObject({
    on: { pull_request: { branches: ["main"] } },
    concurrency: {
      group: expect.stringMatching(/^audit-trails-preview-\S+ github\.event\.pull_request\.number /),
      "cancel-in-progress": true,
    },
    jobs: {
      preview: { if: "github.event.pull_request.head.repo.full_name == github.repository" },
    },
  });
  expect(readWorkflow("up")).toMatchObject({
    on: { push: { branches: ["main"] } },
    concurrency: { group: "audit-trails-up", "cancel-in-progress": false },
    jobs: { up: { environment: "production" } },
  });
  expect(JSON.stringify(readWorkflow("drift"))).not.toMatch(/DEPLOY_|audit-trails-up/);
  expect(JSON.stringify(readWorkflow("preview"))).not.toMatch(/DEPLOY_/);
});

describe("GitLab's pipeline", () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-gitlab-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const { pipeline, faults } = expandPipeline(folder);
  const { jobs } = pipeline;

  test("is one that GitLab's schema accepts, and the validator sees what it would not accept", () => {
    expect(faults).toBe("");
    const broken = join(folder, "broken.yml");
    writeFileSync(broken, readFileSync(pipelineFile, "utf8").replace("resource_group:", "resource_groups:"));
    expect(expandPipeline(folder, broken).faults).toContain("resource_groups");
  });

  test("hands secrets, which reach the jobs of an environment, to no job that installs packages, and the bot's token to no program of a merge request", () => {
    const environments = Object.entries(jobs).flatMap(([name, { environment, script }]) =>
      script ? [[name, environment?.name, environment?.action]] : [],
    );
    expect(environments).toEqual([
      ["install", undefined, undefined],
      ["preview", "audit-trails/preview", "access"],
      ["comment", "audit-trails/bot", "access"],
      ["up", "production", undefined],
      ["outcome", "audit-trails/bot", "access"],
      ["drift", "audit-trails/preview", "access"],
      ["issue", "audit-trails/bot", "access"],
    ]);
    for (const name of ["comment", "outcome", "issue"]) {
      expect(jobs[name]?.variables).toEqual({ GIT_STRATEGY: "none" });
      expect(jobs[name]?.script.join("\n")).not.toMatch(/npm|pulumi/);
    }
    for (const name of ["preview", "up", "drift"])
      expect(jobs[name]?.script.join("\n")).not.toMatch(/npm (ci|install|rebuild)|pulumi install/);
    for (const [name, { before_script = [] }] of Object.entries(jobs))
      for (const line of before_script)
        expect([name, line]).toEqual([name, expect.stringMatching(/^env -i /)]);
    expect(jobs.up?.script.join("\n")).toMatch(/unset BOT_TOKEN\n.*pulumi preview/s);
  });

  test("refuses forks, lets a newer push cancel previews alone, and updates one after the other", () => {
    const [onMergeRequests, onPush] = pipeline.workflow.rules;
    expect(onPush).toMatchObject({ auto_cancel: { on_new_commit: "none" } });
    expect(onMergeRequests?.if).toContain(
      "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID",
    );
    const cancelled = Object.entries(jobs).flatMap(([name, job]) => (job.interruptible ? [name] : []));
    expect(cancelled).toEqual(["install", "preview", "comment"]);
    expect(jobs.up?.resource_group).toBe("audit-trails-up");
  });

  test("keeps the comment, never the preview or the state", () => {
    const kept = Object.entries(jobs).flatMap(([name, { artifacts }]) =>
      artifacts ? [[name, artifacts.paths]] : [],
    );
    expect(kept).toEqual([
      ["install", [".pulumi", "node_modules", "sdks"]],
      ["preview", ["comment.md"]],
      ["up", ["outcome.md"]],
      ["drift", ["drift", "drift.md"]],
    ]);
  });
});

describe("text of others is code in the outcome, in any form", () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-outcome-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const gitlab = expandPipeline(folder).pipeline.jobs.up?.after_script?.join("\n");
  const github = readWorkflow("up").jobs.up?.steps.find((step) => step.name === "Outcome")?.run;
  const hostile =
    "error: @everyone\r# heading\n```\n</details><img src=x>\u001b]8;;https://evil.example\u0007\n[a](b)\n";

  const logs = { "up.log": "success/success/failure", "preflight.log": "success/failure/skipped" };

  test.each(
    Object.entries(logs).flatMap(([log, steps]) => [
      { host: "GitHub", log, steps, script: github },
      { host: "GitLab", log, steps, script: gitlab },
    ]),
  )("on $host in $log", async ({ log, steps, script = "" }) => {
    for (const name of Object.keys(logs)) rmSync(join(folder, name), { force: true });
    writeFileSync(join(folder, log), hostile);
    const env = {
      ...process.env,
      STACK: "prod",
      GITHUB_SHA: "1",
      CI_COMMIT_SHA: "1",
      STEPS: steps,
    };
    expect(
      await runBash(script, folder, { ...env, RUN: "https://run", CI_JOB_URL: "https://run" }),
    ).toMatchObject({
      code: 0,
    });
    const text = readFileSync(join(folder, "outcome.md"), "utf8");
    const [marker, outcome, empty, ...code] = text.trimEnd().split("\n");
    expect([marker, empty]).toEqual(["<!-- audit-trails up stack=prod commit=1 -->", ""]);
    expect(outcome).toMatch(/^\*\*Stack prod: [\w ,:]+\*\* \(\[\w+\]\(https:\/\/run\)\)$/);
    expect(code).toHaveLength(4);
    for (const line of code) expect(line).toMatch(/^ {4}[^\p{Cc}]*$/u);
  });
});

test("the guide lists the roles of the previewing account, and none of them can change or read logs", () => {
  expect(previewRoles.map(({ role }) => role)).toHaveLength(6);
  for (const { role } of previewRoles) expect(role).toMatch(/\.(auditor|configViewer)$/);
});

describe("a command that ends by a defect of its own, with 70, blocks or alerts", () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-defect-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const scripts = [
    ...(["preview", "up", "drift", "watch"] as const).flatMap((name) =>
      Object.values(readWorkflow(name).jobs).flatMap(({ steps }) =>
        steps.map(({ run = "" }) => ({ where: `GitHub's ${name}`, script: run })),
      ),
    ),
    ...Object.entries(expandPipeline(folder).pipeline.jobs).flatMap(([name, { script = [] }]) =>
      [script].flat().map((part) => ({ where: `GitLab's ${name}`, script: String(part) })),
    ),
  ].filter(({ script }) => /(--no -- |bin\/)audit-trails (diff|preflight|verify)/.test(script));

  test("each of them is run here", () => {
    expect(scripts.map(({ where }) => where)).toEqual([
      ...["GitHub's preview", "GitHub's up", "GitHub's up", "GitHub's drift", "GitHub's watch"],
      ...["GitLab's preview", "GitLab's up", "GitLab's up", "GitLab's drift"],
    ]);
  });

  test.each(scripts)("$where", async ({ script }) => {
    const bin = join(folder, "node_modules", ".bin");
    mkdirSync(bin, { recursive: true });
    for (const [name, code] of [
      ["audit-trails", 70],
      ["npm", 70],
      // A refresh that found changes.
      ["pulumi", 7],
    ] as const)
      writeFileSync(join(bin, name), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
    writeFileSync(join(folder, "refresh.log"), "");
    mkdirSync(join(folder, "reviewed"), { recursive: true });
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, STACK: "prod", NEWEST_WITHIN: "60" };
    const others = { GITHUB_SHA: "1", CI_COMMIT_SHA: "1", COMMIT: "1", HEAD: "1" };
    const github = { GITHUB_OUTPUT: join(folder, "outputs") };
    expect((await runBash(script, folder, { ...env, ...others, ...github })).code).not.toBe(0);
  });
});
