import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { validateWorkflow } from "@action-validator/core";
import { readWorkflow, workflowFile } from "./support/pipelines/github";
import { expandPipeline, pipelineFile } from "./support/pipelines/gitlab";

const guide = readFileSync("examples/pipelines/README.md", "utf8");
const snippetFile = "examples/pipelines/gitlab/audit-trails-watch.yml";

describe("GitHub's watch", () => {
  const text = readFileSync(workflowFile("watch"), "utf8");
  const { jobs } = readWorkflow("watch");

  test("is one that GitHub accepts", () => {
    expect(validateWorkflow(text).errors).toEqual([]);
  });

  test("uses the secrets of its own environment in one step, and writes in a job without secrets", () => {
    const { watch, alert } = jobs;
    expect(watch).toMatchObject({ environment: "watch", permissions: { contents: "read" } });
    expect(alert).toMatchObject({ permissions: { issues: "write" } });
    expect(JSON.stringify(alert)).not.toMatch(/secrets\.|checkout|npm|verify/);
    const holding = watch?.steps.filter((step) => JSON.stringify(step).includes("secrets."));
    expect(holding?.map(({ name }) => name)).toEqual(["Verify"]);
    for (const step of Object.values(jobs).flatMap(({ steps }) => steps))
      expect(step.run ?? "").not.toContain("${{");
  });

  test("uses the secrets that the guide names", () => {
    const asked = [...text.matchAll(/(?:secrets|vars)\.(\w+)/g)].map(([, name = ""]) => name);
    expect(asked).toContain("WATCH_ACCOUNT_KEY");
    for (const name of asked) expect(guide).toContain(`\`${name}\``);
  });
});

test("GitLab's watch fits into its pipeline, which GitLab's schema accepts; its secrets are those of an environment", () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-watch-"));
  try {
    const both = join(folder, "both.yml");
    writeFileSync(both, [pipelineFile, snippetFile].map((file) => readFileSync(file, "utf8")).join("\n"));
    const { pipeline, faults } = expandPipeline(folder, both);
    expect(faults).toBe("");
    expect(pipeline.jobs).toMatchObject({
      watch: { environment: { name: "audit-trails/watch", action: "access" } },
      alert: { environment: { name: "audit-trails/bot", action: "access" }, needs: [{ job: "watch" }] },
    });
    expect(guide).toContain("`audit-trails/watch`");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
