import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ApiError, type ApiRequest, ApiServer } from "./apiServer";
import { runBash } from "./bash";
import type { PipelineHost, Results } from "./claims";
import { type Contexts, filled, holds } from "./expressions";
import { type PipelineProject, passphrase, repository } from "./project";

interface Comment {
  readonly id: number;
  readonly author: string;
  readonly editor?: string;
  readonly body: string;
}

interface PullRequest {
  readonly number: number;
  readonly base: string;
  readonly head: string;
  readonly mergeCommit?: string;
  readonly comments: Comment[];
}

interface Issue {
  readonly number: number;
  readonly author: string;
  readonly isPullRequest?: boolean;
  readonly title: string;
  readonly body: string;
  readonly state: string;
}

type Permissions = Readonly<Record<string, "read" | "write">>;

const bot = "github-actions[bot]";
const slug = "acme/audit";

/** Words that a query of the pipelines may contain. */
const graphqlWords =
  /^(query|owner|name|number|endCursor|String|Int|repository|pullRequest|comments|first|after|nodes|body|author|__typename|login|editor|pageInfo|hasNextPage|\d+)$/;

/** GitHub's API as far as the pipelines ask it: https://docs.github.com/en/rest, https://docs.github.com/en/graphql. */
export class GitHub extends ApiServer {
  readonly pullRequests: PullRequest[] = [];
  readonly issues: Issue[] = [];
  readonly commitComments: { commit: string; body: string }[] = [];
  /** Commits of main, oldest first. */
  readonly main: string[] = [];
  readonly deployments: string[] = [];
  private readonly permissions = new Map<string, Permissions>();
  private ids = 100;

  /** A token of a job. */
  issueToken(permissions: Permissions): string {
    const token = `ghs_${this.ids++}`;
    this.permissions.set(token, permissions);
    return token;
  }

  open(head: string, base = "main"): PullRequest {
    const pullRequest = { number: this.ids++, base, head, comments: [] };
    this.pullRequests.push(pullRequest);
    return pullRequest;
  }

  push(number: number, head: string): void {
    this.replace(number, { head });
  }

  /** Merges a pull request; without one, a commit is pushed to main. */
  merge(number: number | undefined, commit: string): void {
    if (number !== undefined) this.replace(number, { mergeCommit: commit });
    this.main.push(commit);
  }

  /** A comment by somebody else. */
  comment(number: number, author: string, body: string): void {
    this.pullRequest(number).comments.push({ id: this.ids++, author, body });
  }

  /** Somebody with the right to write edits a comment. */
  edit(number: number, editor: string, change: (body: string) => string): void {
    const { comments } = this.pullRequest(number);
    comments.forEach((comment, index) => {
      comments[index] = { ...comment, editor, body: change(comment.body) };
    });
  }

  pullRequest(number: number): PullRequest {
    const found = this.pullRequests.find((one) => one.number === number);
    if (!found) throw new ApiError(404, `no pull request ${number}`);
    return found;
  }

  private replace(number: number, change: Partial<PullRequest>): void {
    const index = this.pullRequests.indexOf(this.pullRequest(number));
    this.pullRequests[index] = { ...this.pullRequest(number), ...change };
  }

  protected linkTo(page: number, address: URL): Record<string, string> {
    address.searchParams.set("page", String(page));
    return { link: `<${address}>; rel="next"` };
  }

  protected answer({ method, path, query, body, headers }: ApiRequest): unknown {
    const permissions = this.permissions.get(String(headers.authorization).replace("Bearer ", "")) ?? {};
    const may = (name: string, level: "read" | "write") => {
      const granted = permissions[name];
      if (granted !== "write" && granted !== level)
        throw new ApiError(403, "Resource not accessible by integration");
    };
    if (path === "/graphql") {
      may("pull-requests", "read");
      return this.answerGraphql(body);
    }
    const [, owner, name, ...rest] = /^\/repos(\/.*)$/.exec(path)?.[1]?.split("/") ?? [];
    if (`${owner}/${name}` !== slug) throw new ApiError(404, path);
    const route = `${method} ${rest.map((part) => (/^\d+$|^c0ffee/.test(part) ? "*" : part)).join("/")}`;
    const [, second = "", third = ""] = rest;
    switch (route) {
      case "GET issues/*/comments":
        may("pull-requests", "read");
        return this.pullRequest(Number(second)).comments.map(({ author, ...comment }) => ({
          ...comment,
          user: { login: author },
        }));
      case "POST issues/*/comments":
        may("pull-requests", "write");
        this.pullRequest(Number(second)).comments.push({ id: this.ids++, author: bot, body: text(body) });
        return {};
      case "PATCH issues/comments/*": {
        may("pull-requests", "write");
        const id = Number(third);
        const { comments } = this.pullRequests.find((one) =>
          one.comments.some((c) => c.id === id),
        ) as PullRequest;
        const index = comments.findIndex((comment) => comment.id === id);
        comments[index] = { ...(comments[index] as Comment), editor: bot, body: text(body) };
        return {};
      }
      case "GET actions/workflows/audit-trails-up.yml/runs":
        may("actions", "read");
        if (query.get("branch") !== "main" || query.get("status") !== "success")
          throw new ApiError(422, "filter");
        return { workflow_runs: this.deployments.map((head_sha) => ({ head_sha })).reverse() };
      case "POST commits/*/comments":
        may("contents", "write");
        this.commitComments.push({ commit: second, body: text(body) });
        return {};
      case "GET commits/*/pulls":
        may("pull-requests", "read");
        return this.pullRequests
          .filter(({ head, mergeCommit }) => [head, mergeCommit].includes(second))
          .map(({ number, base, head, mergeCommit }) => ({
            number,
            base: { ref: base },
            head: { sha: head },
            merged_at: mergeCommit ? "2026-11-25T00:00:00Z" : null,
          }));
      case "GET issues":
        may("issues", "read");
        return this.issues
          .filter(({ state }) => state === query.get("state"))
          .map(({ author, isPullRequest, ...issue }) => ({
            ...issue,
            user: { login: author },
            ...(isPullRequest && { pull_request: {} }),
          }));
      case "POST issues":
        may("issues", "write");
        this.issues.push({
          number: this.ids++,
          author: bot,
          state: "open",
          title: text(body, "title"),
          body: text(body),
        });
        return {};
      case "PATCH issues/*": {
        may("issues", "write");
        const index = this.issues.findIndex((issue) => issue.number === Number(second));
        this.issues[index] = { ...(this.issues[index] as Issue), ...body };
        return {};
      }
    }
    const [, from, to] = /^compare\/(\w+)\.\.\.(\w+)$/.exec(rest.join("/")) ?? [];
    if (method !== "GET" || !from || !to) throw new ApiError(404, `${method} ${path}`);
    may("contents", "read");
    const commits = this.main.slice(this.main.indexOf(from) + 1, this.main.indexOf(to) + 1);
    return { commits: commits.map((sha) => ({ sha })) };
  }

  /** Pages of one comment, so that who reads one page only is seen. */
  private answerGraphql({ query, variables }: ApiRequest["body"]): unknown {
    const unknown = query.match(/\w+/g).filter((word: string) => !graphqlWords.test(word));
    if (unknown.length > 0) throw new ApiError(400, `not served: ${unknown}`);
    const { comments } = this.pullRequest(variables.number);
    const start = Number(variables.endCursor ?? 0);
    const actor = (login: string) => ({
      __typename: login === bot ? "Bot" : "User",
      login: login.replace("[bot]", ""),
    });
    const nodes = comments.slice(start, start + 1).map(({ author, editor, body }) => ({
      body,
      author: actor(author),
      editor: editor === undefined ? null : actor(editor),
    }));
    const pageInfo = { hasNextPage: start + 1 < comments.length, endCursor: String(start + 1) };
    return { data: { repository: { pullRequest: { comments: { nodes, pageInfo } } } } };
  }
}

function text(body: Readonly<Record<string, unknown>>, member = "body"): string {
  const value = String(body[member]);
  if (value.length > 65_536) throw new ApiError(422, "body is too long (maximum is 65536 characters)");
  return value;
}

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly permissions?: Permissions;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const workflowFile = (name: string): string =>
  join(repository, "examples", "pipelines", "github", `audit-trails-${name}.yml`);

export const readWorkflow = (name: string): Workflow => parse(readFileSync(workflowFile(name), "utf8"));

/** Result of a job. */
interface JobResult {
  readonly result: "success" | "failure" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
  readonly output: string;
}

/** Options of a workflow run. */
export interface Run {
  /** Repository variables beside the address of the state. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Secrets that are other than the guide's. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** True if the installation runs too. Otherwise its result exists already. */
  readonly installs?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  readonly headRepository?: string;
}

interface Event extends Run {
  readonly commit: string;
  readonly pullRequest?: PullRequest;
}

/** Runs a workflow's jobs as GitHub does: its `run:` lines with bash, each job in a folder of its own. */
export class GitHubRunner implements PipelineHost {
  readonly host = new GitHub();

  private constructor(private readonly project: PipelineProject) {}

  static async start(project: PipelineProject): Promise<GitHubRunner> {
    const runner = new GitHubRunner(project);
    await runner.host.listen();
    return runner;
  }

  open(head: string): number {
    return this.host.open(head).number;
  }

  push(number: number, head: string): void {
    this.host.push(number, head);
  }

  merge(number: number | undefined, commit: string): void {
    this.host.merge(number, commit);
  }

  forge(number: number, body: string): void {
    this.host.comment(number, "mallory", body);
  }

  comments(number: number) {
    const { comments } = this.host.pullRequest(number);
    return comments.map(({ id, author, body }) => ({ id, body, isByBot: author === bot }));
  }

  get commitComments() {
    return this.host.commitComments;
  }

  issues() {
    return this.host.issues.map(({ number, body, state }) => ({
      id: number,
      body,
      isOpen: state === "open",
    }));
  }

  preview(number: number, run: Run = {}): Promise<Results> {
    const pullRequest = this.host.pullRequest(number);
    return this.run("preview", { ...run, commit: pullRequest.head, pullRequest });
  }

  async up(commit: string, run: Run = {}): Promise<Results> {
    const results = await this.run("up", { ...run, commit });
    if (results.up?.result === "success") this.host.deployments.push(commit);
    return results;
  }

  drift(commit: string, run: Run = {}): Promise<Results> {
    return this.run("drift", { ...run, commit });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.host[Symbol.asyncDispose]();
  }

  private async run(name: string, run: Event): Promise<Record<string, JobResult>> {
    const workflow = readWorkflow(name);
    const artifacts = mkdtempSync(join(this.project.folder, "artifacts-"));
    const results: Record<string, JobResult> = {};
    for (const [id, job] of Object.entries(workflow.jobs))
      results[id] = await this.runJob(name, workflow, job, run, results, artifacts);
    return results;
  }

  private async runJob(
    name: string,
    workflow: Workflow,
    job: Job,
    run: Event,
    needs: Readonly<Record<string, JobResult>>,
    artifacts: string,
  ): Promise<JobResult> {
    const steps: Record<string, { outcome: string; outputs: Record<string, string> }> = {};
    const contexts = { ...this.contexts(run, job), needs, steps };
    let hasFailed = job.needs !== undefined && needs[job.needs]?.result !== "success";
    if (!holds(job.if, contexts, hasFailed)) return { result: "skipped", outputs: {}, output: "" };
    hasFailed = false;
    const folder = mkdtempSync(join(this.project.folder, "job-"));
    const lines: string[] = [];
    for (const step of job.steps) {
      const key = step.id ?? step.name ?? step.uses ?? "";
      steps[key] = { outcome: "skipped", outputs: {} };
      if (!holds(step.if, contexts, hasFailed)) continue;
      const { code, output, outputs } = await this.runStep(
        name,
        workflow,
        step,
        run,
        contexts,
        folder,
        artifacts,
      );
      lines.push(`${key}: ${code}\n${output}`);
      steps[key] = { outcome: code === 0 ? "success" : "failure", outputs };
      hasFailed ||= code !== 0;
    }
    const outputs = Object.entries(job.outputs ?? {}).map(([key, value]) => [key, filled(value, contexts)]);
    return {
      result: hasFailed ? "failure" : "success",
      outputs: Object.fromEntries(outputs),
      output: lines.join("\n"),
    };
  }

  private async runStep(
    name: string,
    workflow: Workflow,
    step: Step,
    run: Event,
    contexts: Contexts,
    folder: string,
    artifacts: string,
  ) {
    if (step.uses) return { code: this.use(step, run, folder, artifacts), output: "", outputs: {} };
    if (step.name === "Install" && !run.installs) return { code: 0, output: "", outputs: {} };
    const outputFile = join(mkdtempSync(join(this.project.folder, "step-")), "output");
    writeFileSync(outputFile, "");
    const env = Object.entries({ ...workflow.env, ...step.env });
    const finished = await runBash(step.run ?? "", folder, {
      ...this.project.environment(),
      ...run.environment,
      GITHUB_API_URL: this.host.address,
      GITHUB_OUTPUT: outputFile,
      GITHUB_REF_NAME: "main",
      GITHUB_REPOSITORY: slug,
      GITHUB_REPOSITORY_OWNER: "acme",
      GITHUB_SHA: run.commit,
      GITHUB_WORKFLOW_REF: `${slug}/.github/workflows/audit-trails-${name}.yml@refs/heads/main`,
      ...Object.fromEntries(env.map(([key, value]) => [key, filled(String(value), contexts)])),
    });
    const written = readFileSync(outputFile, "utf8").trim().split("\n");
    const outputs = written.map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]);
    return { ...finished, outputs: Object.fromEntries(outputs) as Record<string, string> };
  }

  /** Runs a stand-in for an action of the pipelines. */
  private use(
    { uses = "", with: inputs = {} }: Step,
    { commit }: Event,
    folder: string,
    artifacts: string,
  ): number {
    const kept = join(artifacts, inputs.name ?? "");
    switch (uses.split("@")[0]) {
      case "actions/checkout":
        this.project.checkOut(commit, folder);
        return 0;
      case "actions/setup-node":
        return 0;
      case "pulumi/actions":
        if ("command" in inputs) throw new Error("The runner knows pulumi/actions as an installer only");
        return 0;
      case "actions/upload-artifact":
        mkdirSync(kept, { recursive: true });
        return attempt(() => cpSync(join(folder, inputs.path ?? ""), join(kept, inputs.path ?? "")), 0);
      case "actions/download-artifact":
        return attempt(() => cpSync(kept, folder, { recursive: true }), 1);
      default:
        throw new Error(`The runner knows no ${uses}`);
    }
  }

  private contexts(
    { pullRequest, vars, secrets, headRepository = slug }: Event,
    { permissions = {} }: Job,
  ): Contexts {
    const { preview, deploy, backendUrl } = this.project;
    return {
      github: {
        repository: slug,
        server_url: "https://github.com",
        run_id: "1",
        token: this.host.issueToken(permissions),
        event: {
          pull_request: {
            number: String(pullRequest?.number),
            head: { sha: pullRequest?.head ?? "", repo: { full_name: headRepository } },
          },
        },
      },
      vars: { PULUMI_BACKEND_URL: backendUrl, PREVIEW_ACCOUNT_ID: "", DEPLOY_ACCOUNT_ID: "", ...vars },
      secrets: {
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PREVIEW_ACCOUNT_KEY: preview.accountKey,
        PREVIEW_STATE_KEY_ID: preview.stateKeyId,
        PREVIEW_STATE_SECRET_KEY: preview.stateSecretKey,
        DEPLOY_ACCOUNT_KEY: deploy.accountKey,
        DEPLOY_STATE_KEY_ID: deploy.stateKeyId,
        DEPLOY_STATE_SECRET_KEY: deploy.stateSecretKey,
        ...secrets,
      },
    };
  }
}

function attempt(work: () => void, codeOfFailure: number): number {
  try {
    work();
    return 0;
  } catch {
    return codeOfFailure;
  }
}
