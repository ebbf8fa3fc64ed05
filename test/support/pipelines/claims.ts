import { PipelineProject } from "./project";

interface JobResult {
  readonly result: "success" | "failure" | "skipped";
  readonly output: string;
}

/** Returns the results of the jobs of a run, by their names. */
export type Results = Readonly<Record<string, JobResult>>;

interface RunOptions {
  /** Secrets that are other than the guide's. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A host with its pipelines. */
export interface PipelineHost extends AsyncDisposable {
  /** Opens a pull request with this commit. */
  open(head: string): number;
  push(number: number, head: string): void;
  /** Merges as this commit; without a pull request it is pushed to main. */
  merge(number: number | undefined, commit: string): void;
  /** A comment by somebody who is not the bot. */
  forge(number: number, body: string): void;
  comments(
    number: number,
  ): readonly { readonly id: number; readonly body: string; readonly isByBot: boolean }[];
  readonly commitComments: readonly { readonly commit: string; readonly body: string }[];
  issues(): readonly { readonly id: number; readonly body: string; readonly isOpen: boolean }[];
  preview(number: number, options?: RunOptions): Promise<Results>;
  up(commit: string, options?: RunOptions): Promise<Results>;
  drift(commit: string, options?: RunOptions): Promise<Results>;
}

type Start<Host> = (project: PipelineProject) => Promise<Host>;

/** New logs replace older ones of the same key. */
const weaker = { retention: { preset: "guide" } };
const labels = { labels: { team: "security" } };

/** The first line of a comment. */
const markerOf = (commit: string, verdict: string) =>
  `<!-- audit-trails diff stack=prod commit=${commit} verdict=${verdict} applies=${verdict} -->`;

const resultsOf = (results: Results) =>
  Object.fromEntries(Object.entries(results).map(([job, { result }]) => [job, result]));

/** A cloud, a host, and the claims about pull requests that hold on it, one after the other. */
export function describePullRequests(name: string, start: Start<PipelineHost>): void {
  describe(`pull requests on ${name}`, () => {
    let project: PipelineProject;
    let host: PipelineHost;
    let number: number;
    /** Commit that is pushed after the first one. Its author knows it before. */
    let next: string;

    beforeAll(async () => {
      project = await PipelineProject.start();
      host = await start(project);
    });
    afterAll(async () => {
      await host[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
    });

    const botComments = (one: number) =>
      host
        .comments(one)
        .filter(({ isByBot }) => isByBot)
        .map(({ id, body }) => ({ id, body }));

    test("the first commit is deployed, and the outcome is a comment on it", async () => {
      const commit = project.commit();
      host.merge(undefined, commit);
      expect((await host.up(commit)).up).toMatchObject({ result: "success" });
      expect(project.emulator.cloud.trails.all()).toHaveLength(1);
      expect(host.commitComments).toEqual([
        { commit, body: expect.stringMatching(/^<!-- audit-trails up .*\n\*\*Stack prod: Deployed\*\* /) },
      ]);
    });

    test("a pull request gets a comment on its meaning, and nothing changes", async () => {
      const before = project.resources();
      const head = project.commit(weaker);
      next = project.commit(labels);
      number = host.open(head);
      host.forge(number, markerOf(next, "weaker"));
      expect(resultsOf(await host.preview(number))).toMatchObject({ preview: "success", comment: "success" });
      expect(botComments(number)).toEqual([
        { id: expect.any(Number), body: expect.stringContaining(markerOf(head, "weaker")) },
      ]);
      expect(project.resources()).toEqual(before);
    });

    test("a later push edits that comment, and no similar one", async () => {
      const [first] = botComments(number);
      host.push(number, next);
      host.forge(number, markerOf(next, "weaker"));
      const others = host.comments(number).filter(({ isByBot }) => !isByBot);
      await host.preview(number);
      expect(botComments(number)).toEqual([
        { id: first?.id, body: expect.stringContaining(markerOf(next, "unchanged")) },
      ]);
      expect(host.comments(number).filter(({ isByBot }) => !isByBot)).toEqual(others);
    });

    test("a change that is worse than the comment is not deployed, also if others wrote comments, and the commit gets a comment", async () => {
      const before = project.resources();
      const commit = project.commit({ ...labels, ...weaker });
      host.merge(number, commit);
      const results = await host.up(commit);
      expect(resultsOf(results)).toMatchObject({ up: "failure", outcome: "success" });
      expect(project.resources()).toEqual(before);
      expect(host.commitComments.at(-1)).toEqual({
        commit,
        body: expect.stringMatching(/Stack prod: Not deployed.*verdict=weaker/s),
      });
    });

    test("all reviews since the last deployment count together, also if runs were dropped", async () => {
      const commit = project.commit({ ...labels, ...weaker });
      const reviewed = host.open(commit);
      host.forge(reviewed, "Looks good");
      await host.preview(reviewed);
      expect(botComments(reviewed)).toMatchObject([{ body: expect.stringContaining(" verdict=weaker ") }]);
      host.merge(reviewed, project.commit({ ...labels, ...weaker }));
      const last = project.commit({ ...labels, ...weaker, maxSizeGiB: "5" });
      host.merge(host.open(project.commit()), last);
      expect((await host.up(last)).up).toMatchObject({ result: "success" });
      const { cloud } = project.emulator;
      expect(cloud.buckets.all().map(({ maxSize }) => maxSize)).toContain(5 * 2 ** 30);
    });

    test("reviews before the last deployment do not count", async () => {
      const before = project.resources();
      const commit = project.commit({ ...labels, ...weaker, protected: "false" });
      host.merge(undefined, commit);
      expect((await host.up(commit)).up).toMatchObject({ result: "failure" });
      expect(host.commitComments.at(-1)?.body).toMatch(/Not deployed.* verdict=weaker /s);
      expect(project.resources()).toEqual(before);
    });
  });
}

/** Describes claims about failed previews and checks: they are reported, and nothing is deployed on them. */
export function describeFailures(name: string, start: Start<PipelineHost>): void {
  test(`on ${name} a preview that fails gets its comment and fails, and no update follows`, async () => {
    await using project = await PipelineProject.start();
    await using host = await start(project);
    const commit = project.commit({ bucketName: "No_Bucket" });
    const number = host.open(commit);
    expect(resultsOf(await host.preview(number))).toMatchObject({ preview: "failure", comment: "success" });
    expect(host.comments(number)).toMatchObject([{ body: expect.stringContaining(" verdict=unknown ") }]);

    // An account that lacks a role.
    const { access, cloudId, folderId, faults, trails } = project.emulator.cloud;
    const subject = { type: "serviceAccount", id: project.deploy.accountId };
    const lost = { roleId: "kms.admin", subject };
    access.add(cloudId, { roleId: "viewer", subject });
    access.remove(folderId, lost);
    const before = project.resources();
    const good = project.commit();
    host.merge(undefined, good);
    expect((await host.up(good)).up).toMatchObject({ result: "failure" });
    expect(host.commitComments.at(-1)).toEqual({
      commit: good,
      body: expect.stringMatching(
        new RegExp(
          `Not deployed[^\\n]* problem.*\\n {6}problem +role kms\\.admin on folder ${folderId}: [^\\n]*\\n` +
            ` +\\$ yc resource-manager folder add-access-binding --id ${folderId} --role kms\\.admin --subject serviceAccount:${subject.id}\\n`,
          "s",
        ),
      ),
    });
    expect(project.resources()).toEqual(before);
    access.add(folderId, lost);

    // A fault that preflight cannot see. Its unknown results stop nothing.
    access.remove(cloudId, { roleId: "viewer", subject });
    faults.fail({ method: "SymmetricKeyService/Create" }, "PERMISSION_DENIED");
    expect((await host.up(good)).up).toMatchObject({ result: "failure" });
    expect(host.commitComments.at(-1)).toEqual({
      commit: good,
      body: expect.stringMatching(/The update failed.*\n {4}[^\n]*The deploying account lacks/s),
    });

    host.merge(number, commit);
    expect((await host.up(commit)).up).toMatchObject({ result: "failure" });
    expect(host.commitComments.at(-1)?.body).toMatch(/Not deployed.* verdict=unknown /s);
    expect(trails.all()).toEqual([]);
  });
}

/** The cloud is changed by hand, and put right. */
export function describeDrift(
  name: string,
  start: Start<PipelineHost>,
  changeByHand: (project: PipelineProject, maxSize: number) => void,
): void {
  test(`on ${name} drift is one issue for as long as it lasts, and a failing check posts no message`, async () => {
    await using project = await PipelineProject.start();
    await using host = await start(project);
    const commit = project.commit();
    host.merge(undefined, commit);
    await host.up(commit);
    expect(resultsOf(await host.drift(commit))).toMatchObject({ drift: "success", issue: "success" });
    expect(host.issues()).toEqual([]);

    changeByHand(project, 1000);
    const after = project.resources();
    expect(resultsOf(await host.drift(commit))).toMatchObject({ drift: "success", issue: "success" });
    const [issue] = host.issues();
    expect(issue).toMatchObject({ isOpen: true, body: expect.stringContaining(" 1000") });
    changeByHand(project, 2000);
    await host.drift(commit);
    expect(host.issues()).toEqual([{ ...issue, body: expect.stringContaining(" 2000") }]);
    expect(project.resources()).not.toEqual(after);

    changeByHand(project, 0);
    const { accountKey } = project.preview;
    const broken = accountKey.replace(/"id":"\w/, '"id":"x');
    const secrets = { PREVIEW_ACCOUNT_KEY: broken, YC_SERVICE_ACCOUNT_KEY_FILE: broken };
    expect((await host.drift(commit, { secrets })).drift).toMatchObject({ result: "failure" });
    expect(host.issues()).toMatchObject([{ isOpen: true }]);

    expect(resultsOf(await host.drift(commit))).toMatchObject({ drift: "success", issue: "success" });
    expect(host.issues()).toMatchObject([{ id: issue?.id, isOpen: false }]);
  });
}
