import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ApiError, type ApiRequest, ApiServer } from "./apiServer";
import { runBash } from "./bash";
import type { PipelineHost, Results } from "./claims";
import { type PipelineProject, passphrase, repository } from "./project";

interface Note {
  readonly id: number;
  readonly author: { readonly id: number };
  readonly body: string;
}

interface MergeRequest {
  readonly iid: number;
  readonly target_branch: string;
  readonly sha: string;
  readonly state: "opened" | "merged";
  readonly mergeCommit?: string;
  readonly notes: Note[];
}

interface Issue {
  readonly iid: number;
  readonly author: { readonly id: number };
  readonly title: string;
  readonly description: string;
  readonly state: "opened" | "closed";
}

const botToken = "glpat-bot";
const botId = 7;
const projectId = "42";

/** GitLab's API as far as the pipelines ask it: https://docs.gitlab.com/api/rest. */
export class GitLab extends ApiServer {
  readonly mergeRequests: MergeRequest[] = [];
  readonly issues: Issue[] = [];
  readonly commitComments: { commit: string; body: string }[] = [];
  /** Commits of the default branch, oldest first. */
  readonly main: string[] = [];
  readonly deployments: { sha: string; deployable: { name: string } }[] = [];
  private ids = 100;

  open(head: string): MergeRequest {
    const iid = this.ids++;
    this.mergeRequests.push({ iid, target_branch: "main", sha: head, state: "opened", notes: [] });
    return this.mergeRequest(iid);
  }

  push(iid: number, head: string): void {
    this.replace(iid, { sha: head });
  }

  /** Merges a merge request; without one, a commit is pushed to main. */
  merge(iid: number | undefined, commit: string): void {
    if (iid !== undefined) this.replace(iid, { state: "merged", mergeCommit: commit });
    this.main.push(commit);
  }

  /** A comment by somebody else. */
  comment(iid: number, author: number, body: string): void {
    this.mergeRequest(iid).notes.push({ id: this.ids++, author: { id: author }, body });
  }

  mergeRequest(iid: number): MergeRequest {
    const found = this.mergeRequests.find((one) => one.iid === iid);
    if (!found) throw new ApiError(404, `no merge request ${iid}`);
    return found;
  }

  private replace(iid: number, change: Partial<MergeRequest>): void {
    const index = this.mergeRequests.indexOf(this.mergeRequest(iid));
    this.mergeRequests[index] = { ...this.mergeRequest(iid), ...change };
  }

  protected linkTo(page: number): Record<string, string> {
    return { "x-next-page": String(page) };
  }

  protected answer({ method, path, query, body, headers }: ApiRequest): unknown {
    if (headers["private-token"] !== botToken) throw new ApiError(401, "Unauthorized");
    if (path === "/user") return { id: botId };
    const [, project, ...rest] = /^\/(projects\/.*)$/.exec(path)?.[1]?.split("/") ?? [];
    if (project !== projectId) throw new ApiError(404, path);
    const route = `${method} ${rest.map((part) => (/^\d+$|^c0ffee/.test(part) ? "*" : part)).join("/")}`;
    const [, second = "", third = "", fourth = ""] = rest;
    switch (route) {
      case "GET merge_requests/*/notes":
        return this.mergeRequest(Number(second)).notes;
      case "POST merge_requests/*/notes":
        this.mergeRequest(Number(second)).notes.push({
          id: this.ids++,
          author: { id: botId },
          body: body.body,
        });
        return {};
      case "PUT merge_requests/*/notes/*": {
        const { notes } = this.mergeRequest(Number(second));
        const index = notes.findIndex(({ id }) => id === Number(fourth));
        notes[index] = { ...(notes[index] as Note), body: body.body };
        return {};
      }
      case "GET deployments":
        if (query.get("environment") !== "production" || query.get("status") !== "success")
          throw new ApiError(400, "filter");
        return query.get("sort") === "desc" ? [...this.deployments].reverse() : this.deployments;
      case "GET repository/compare": {
        const [from, to] = ["from", "to"].map((end) => this.main.indexOf(query.get(end) ?? ""));
        return { commits: this.main.slice((from as number) + 1, (to as number) + 1).map((id) => ({ id })) };
      }
      case "GET repository/commits/*/merge_requests":
        return this.mergeRequests
          .filter(({ sha, mergeCommit }) => [sha, mergeCommit].includes(third))
          .map(({ notes: _, ...mergeRequest }) => mergeRequest);
      case "POST repository/commits/*/comments":
        this.commitComments.push({ commit: third, body: body.note });
        return {};
      case "GET issues":
        return this.issues.filter(
          ({ state, author }) => state === query.get("state") && String(author.id) === query.get("author_id"),
        );
      case "POST issues":
        this.issues.push({ iid: this.ids++, author: { id: botId }, state: "opened", ...body });
        return {};
      case "PUT issues/*": {
        const index = this.issues.findIndex(({ iid }) => iid === Number(second));
        const { state_event, ...change } = body;
        const state = state_event === "close" ? { state: "closed" } : {};
        this.issues[index] = { ...(this.issues[index] as Issue), ...change, ...state };
        return {};
      }
    }
    throw new ApiError(404, `${method} ${path}`);
  }
}

interface Job {
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
  readonly after_script?: readonly string[];
  readonly rules?: readonly { readonly if: string; readonly when?: string }[];
  readonly needs?: readonly { readonly job: string }[];
  readonly environment?: { readonly name: string; readonly action?: string };
  readonly variables?: Readonly<Record<string, string>>;
  readonly artifacts?: { readonly paths: readonly string[]; readonly when?: string };
  readonly resource_group?: string;
  readonly interruptible?: boolean;
}

export interface Pipeline {
  readonly workflow: { readonly rules: readonly { readonly if: string }[] };
  readonly variables: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const pipelineFile = join(repository, "examples", "pipelines", "gitlab", ".gitlab-ci.yml");

/** The pipeline with `extends` and `!reference` resolved, once GitLab's schema has accepted it. */
export function expandPipeline(folder: string, file = pipelineFile): { pipeline: Pipeline; faults: string } {
  const own = mkdtempSync(join(folder, "gitlab-ci-"));
  cpSync(file, join(own, ".gitlab-ci.yml"));
  for (const args of [
    ["init", "-q", "-b", "main"],
    ["add", "-A"],
    ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "a"],
  ])
    spawnSync("git", args, { cwd: own });
  const command = require.resolve("gitlab-ci-local");
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, "--preview"], {
    cwd: own,
    encoding: "utf8",
    env: { ...process.env, HOME: own },
  });
  const faults = status === 0 && /json schema validated/.test(stderr) ? "" : stderr || "failed";
  const { workflow, variables, stages: _, ...jobs } = parse(stdout) ?? {};
  return { pipeline: { workflow, variables, jobs }, faults };
}

interface JobResult {
  readonly result: "success" | "failure" | "skipped";
  readonly output: string;
}

/** Options of a pipeline run. */
export interface Run {
  /** Secrets that are other than the guide's. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly environment?: NodeJS.ProcessEnv;
  readonly sourceProject?: string;
}

interface Event extends Run {
  readonly source: "merge_request_event" | "push" | "schedule";
  readonly commit: string;
  readonly mergeRequest?: number;
}

/**
 * Runs the jobs of a pipeline as GitLab does: their scripts with bash, each job in a folder of its own. What `before_script`
 * installs is there already.
 */
export class GitLabRunner implements PipelineHost {
  readonly host = new GitLab();
  private readonly pipeline: Pipeline;

  private constructor(private readonly project: PipelineProject) {
    this.pipeline = expandPipeline(project.folder).pipeline;
  }

  static async start(project: PipelineProject): Promise<GitLabRunner> {
    const runner = new GitLabRunner(project);
    await runner.host.listen();
    return runner;
  }

  open(head: string): number {
    return this.host.open(head).iid;
  }

  push(iid: number, head: string): void {
    this.host.push(iid, head);
  }

  merge(iid: number | undefined, commit: string): void {
    this.host.merge(iid, commit);
  }

  forge(iid: number, body: string): void {
    this.host.comment(iid, botId + 1, body);
  }

  comments(iid: number) {
    const { notes } = this.host.mergeRequest(iid);
    return notes.map(({ id, author, body }) => ({ id, body, isByBot: author.id === botId }));
  }

  get commitComments() {
    return this.host.commitComments;
  }

  issues() {
    return this.host.issues.map(({ iid, description, state }) => ({
      id: iid,
      body: description,
      isOpen: state === "opened",
    }));
  }

  preview(iid: number, run: Run = {}): Promise<Results> {
    const { sha } = this.host.mergeRequest(iid);
    return this.run({ ...run, source: "merge_request_event", commit: sha, mergeRequest: iid });
  }

  async up(commit: string, run: Run = {}): Promise<Results> {
    const results = await this.run({ ...run, source: "push", commit });
    if (results.up?.result === "success")
      this.host.deployments.push({ sha: commit, deployable: { name: "up" } });
    return results;
  }

  drift(commit: string, run: Run = {}): Promise<Results> {
    return this.run({ ...run, source: "schedule", commit });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.host[Symbol.asyncDispose]();
  }

  private async run(run: Event): Promise<Record<string, JobResult>> {
    const predefined = this.predefined(run);
    const { workflow, variables, jobs } = this.pipeline;
    if (!workflow.rules.some((rule) => holds(rule.if, predefined))) return {};
    const artifacts = mkdtempSync(join(this.project.folder, "artifacts-"));
    const results: Record<string, JobResult> = {};
    for (const [name, job] of Object.entries(jobs)) {
      const rule = job.rules ? job.rules.find((one) => holds(one.if, predefined)) : {};
      if (!rule) continue;
      const needs = (job.needs ?? []).map((need) => need.job);
      const ready = needs.every((need) => results[need]?.result === "success");
      results[name] =
        name === "install" // what it leaves is there already
          ? { result: "success", output: "" }
          : ready || ("when" in rule && rule.when === "always")
            ? await this.runJob(name, job, { ...variables, ...job.variables }, run, needs, artifacts)
            : { result: "skipped", output: "" };
    }
    return results;
  }

  private async runJob(
    name: string,
    job: Job,
    variables: Readonly<Record<string, string>>,
    run: Event,
    needs: readonly string[],
    artifacts: string,
  ): Promise<JobResult> {
    const folder = mkdtempSync(join(this.project.folder, "job-"));
    if (variables.GIT_STRATEGY !== "none") this.project.checkOut(run.commit, folder);
    for (const need of needs)
      if (existsSync(join(artifacts, need))) cpSync(join(artifacts, need), folder, { recursive: true });
    const predefined = { ...this.predefined(run), CI_JOB_NAME: name, CI_PROJECT_DIR: folder };
    const given: Record<string, string> = { ...predefined };
    for (const [key, value] of Object.entries(variables))
      given[key] = String(value).replace(/\$(\w+)/g, (_, other) => given[other] ?? "");
    const { PULUMI_HOME: _, ...others } = given; // the toolchain's stays
    const env = {
      ...this.project.environment(),
      ...others,
      ...this.scoped(job.environment?.name, folder, run.secrets),
      ...run.environment,
    };
    const script = job.script.join("\n");
    const { code, output } = await runBash(script, folder, env);
    const after = await runBash((job.after_script ?? []).join("\n"), folder, env);
    const kept = join(artifacts, name);
    mkdirSync(kept);
    for (const path of job.artifacts?.paths ?? [])
      if (existsSync(join(folder, path)) && (code === 0 || job.artifacts?.when === "always"))
        cpSync(join(folder, path), join(kept, path));
    rmSync(join(folder, "headers"), { force: true });
    return { result: code === 0 ? "success" : "failure", output: output + after.output };
  }

  /** The variables of the guide, which reach the jobs of their environment alone. */
  private scoped(
    environment: string | undefined,
    folder: string,
    secrets: Run["secrets"] = {},
  ): Record<string, string> {
    const { preview, deploy } = this.project;
    const cloud = ({ accountKey, stateKeyId, stateSecretKey }: typeof preview) => {
      const file = join(folder, "..", `${stateKeyId}.json`);
      writeFileSync(file, accountKey);
      return {
        YC_SERVICE_ACCOUNT_KEY_FILE: file,
        AWS_ACCESS_KEY_ID: stateKeyId,
        AWS_SECRET_ACCESS_KEY: stateSecretKey,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
      };
    };
    const bot = { BOT_TOKEN: botToken };
    const scopes: Readonly<Record<string, Record<string, string>>> = {
      "audit-trails/preview": cloud(preview),
      "audit-trails/bot": bot,
      production: { ...cloud(deploy), ...bot },
    };
    return {
      ...(environment && { ...scopes[environment], ...secrets }),
      PULUMI_BACKEND_URL: this.project.backendUrl,
    };
  }

  private predefined({
    source,
    commit,
    mergeRequest,
    sourceProject = projectId,
  }: Event): Record<string, string> {
    return {
      CI_API_V4_URL: this.host.address,
      CI_COMMIT_SHA: commit,
      CI_DEFAULT_BRANCH: "main",
      CI_JOB_URL: "https://gitlab.com/acme/audit/-/jobs/1",
      CI_PIPELINE_SOURCE: source,
      CI_PROJECT_ID: projectId,
      ...(source === "merge_request_event"
        ? {
            CI_MERGE_REQUEST_IID: String(mergeRequest),
            CI_MERGE_REQUEST_PROJECT_ID: projectId,
            CI_MERGE_REQUEST_SOURCE_PROJECT_ID: sourceProject,
          }
        : { CI_COMMIT_BRANCH: "main" }),
    };
  }
}

/** Checks whether a rule holds. */
function holds(rule: string, variables: Readonly<Record<string, string>>): boolean {
  return rule.split(" && ").every((part) => {
    const [, left = "", right = ""] = /^\$(\w+) == (\$\w+|"\w+")$/.exec(part) ?? [];
    if (!left) throw new Error(`The runner does not know the rule ${part}`);
    return variables[left] === (right.startsWith("$") ? variables[right.slice(1)] : right.slice(1, -1));
  });
}
