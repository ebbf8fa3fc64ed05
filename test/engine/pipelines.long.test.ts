import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bucketName, byDeployer } from "../support/localStack";
import { runBash } from "../support/pipelines/bash";
import { describeDrift, describeFailures, describePullRequests } from "../support/pipelines/claims";
import { GitHubRunner, readWorkflow } from "../support/pipelines/github";
import { expandPipeline, GitLabRunner } from "../support/pipelines/gitlab";
import { PipelineProject, passphrase, repository } from "../support/pipelines/project";
import { nameReleaseInUse } from "../support/releaseInUse";

const onGitHub = (project: PipelineProject) => GitHubRunner.start(project);
const onGitLab = (project: PipelineProject) => GitLabRunner.start(project);

const changeByHand = ({ emulator }: PipelineProject, maxSize: number) => {
  emulator.cloud.buckets.update(byDeployer(emulator), bucketName, { maxSize });
};

describePullRequests("GitHub", onGitHub);
describePullRequests("GitLab", onGitLab);
describeFailures("GitHub", onGitHub);
describeFailures("GitLab", onGitLab);
describeDrift("GitHub", onGitHub, changeByHand);
describeDrift("GitLab", onGitLab, changeByHand);

test("forks get no preview", async () => {
  await using project = await PipelineProject.start();
  await using github = await GitHubRunner.start(project);
  const results = await github.preview(github.open(project.commit()), { headRepository: "mallory/audit" });
  expect(Object.values(results).map(({ result }) => result)).toEqual(["skipped", "skipped"]);
  await using gitlab = await GitLabRunner.start(project);
  expect(await gitlab.preview(gitlab.open(project.commit()), { sourceProject: "43" })).toEqual({});
});

/** New logs replace older ones of the same key. */
const weaker = { retention: { preset: "guide" } };

test("on GitHub a comment of the bot that somebody else edited does not count, nor does one of an earlier push", async () => {
  await using project = await PipelineProject.start();
  await using runner = await GitHubRunner.start(project);
  const first = project.commit();
  runner.merge(undefined, first);
  await runner.up(first);

  const edited = runner.open(project.commit());
  await runner.preview(edited);
  runner.host.edit(edited, "mallory", (body) =>
    body.replace(/verdict=\w+ applies=\S*/, "verdict=weaker applies=weaker"),
  );
  const commit = project.commit(weaker);
  runner.merge(edited, commit);
  expect((await runner.up(commit)).up).toMatchObject({ result: "failure" });

  const stale = runner.open(project.commit(weaker));
  await runner.preview(stale);
  runner.push(stale, project.commit(weaker));
  runner.merge(stale, project.commit(weaker));
  const last = project.commit(weaker);
  runner.merge(undefined, last);
  expect((await runner.up(last)).up).toMatchObject({ result: "failure" });

  // The same comment, of the commit that was merged.
  const right = runner.open(project.commit(weaker));
  await runner.preview(right);
  const reviewed = project.commit(weaker);
  runner.merge(right, reviewed);
  expect((await runner.up(reviewed)).up).toMatchObject({ result: "success" });
});

/** A curl in a folder of its own, which answers as GitHub and Yandex Cloud do when tokens are exchanged. */
function curlThatExchanges(project: PipelineProject, token: string): { folder: string; asked: () => string } {
  const folder = mkdtempSync(join(project.folder, "curl-"));
  const log = join(folder, "asked");
  const answers = { "*auth.yandex.cloud*": { access_token: token }, "*": { value: "jwt of the host" } };
  const cases = Object.entries(answers).map(
    ([pattern, answer]) => `${pattern}) echo '${JSON.stringify(answer)}' ;;`,
  );
  const file = join(folder, "curl");
  writeFileSync(
    file,
    `#!/usr/bin/env bash\nprintf '%s\\n' "$@" >>'${log}'\ncase "$*" in ${cases.join(" ")} esac\n`,
  );
  chmodSync(file, 0o755);
  return { folder, asked: () => readFileSync(log, "utf8") };
}

const exchange = [
  "https://auth.yandex.cloud/oauth/token",
  "grant_type=urn:ietf:params:oauth:grant-type:token-exchange",
  "requested_token_type=urn:ietf:params:oauth:token-type:access_token",
  "subject_token_type=urn:ietf:params:oauth:token-type:id_token",
];

test("on GitHub accounts without keys preview and deploy with an IAM token in exchange for GitHub's token", async () => {
  await using project = await PipelineProject.start();
  await using runner = await GitHubRunner.start(project);
  const commit = project.commit();
  const number = runner.open(commit);
  for (const [account, variable, go] of [
    [project.preview, "PREVIEW_ACCOUNT_ID", (run: object) => runner.preview(number, run)],
    [project.deploy, "DEPLOY_ACCOUNT_ID", (run: object) => runner.up(commit, run)],
  ] as const) {
    const token = project.emulator.issueToken({ type: "serviceAccount", id: account.accountId });
    const curl = curlThatExchanges(project, token);
    const results = await go({
      vars: { [variable]: account.accountId },
      secrets: { PREVIEW_ACCOUNT_KEY: "", DEPLOY_ACCOUNT_KEY: "" },
      environment: {
        PATH: `${curl.folder}:${project.environment().PATH}`,
        ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example/?api-version=2",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request token",
      },
    });
    expect(Object.values(results).map(({ result }) => result)).toEqual(["success", "success"]);
    const asked = curl.asked().split("\n");
    expect(asked).toEqual(
      expect.arrayContaining([
        "Authorization: bearer request token",
        "https://token.example/?api-version=2",
        ...exchange,
        `audience=${account.accountId}`,
        "subject_token=jwt of the host",
      ]),
    );
    expect(
      Object.values(results)
        .map(({ output }) => output)
        .join(),
    ).toContain(`::add-mask::${token}`);
  }
  expect(project.emulator.cloud.trails.all()).toHaveLength(1);
});

test("on GitLab the deploying account's token is exchanged for GitLab's token", async () => {
  await using project = await PipelineProject.start();
  const { pipeline } = expandPipeline(project.folder);
  const script = pipeline.jobs.up?.script.find((one) => one.includes("YANDEX_ID_TOKEN")) ?? "";
  const curl = curlThatExchanges(project, "t1.token");
  const run = (env: NodeJS.ProcessEnv) =>
    runBash(`${script}\necho "token: \${YC_TOKEN:-none}"`, project.folder, {
      ...project.environment(),
      PATH: `${curl.folder}:${project.environment().PATH}`,
      DEPLOY_ACCOUNT_ID: "ajedeploy",
      ...env,
    });
  expect(await run({})).toEqual({ code: 0, output: "token: none\n" });
  expect(await run({ YANDEX_ID_TOKEN: "jwt" })).toEqual({ code: 0, output: "token: t1.token\n" });
  expect(curl.asked().split("\n")).toEqual(
    expect.arrayContaining([...exchange, "audience=ajedeploy", "subject_token=jwt"]),
  );
});

test("packages installed with only the SDK's scripts are enough for a preview", async () => {
  await using project = await PipelineProject.start();
  const folder = join(project.folder, "clone");
  const run = (script: string, env: NodeJS.ProcessEnv = {}) =>
    runBash(script, folder, { ...project.environment(), ...env });
  const cloned = await runBash(
    `git clone -q '${repository}' '${folder}'`,
    project.folder,
    project.environment(),
  );
  expect(cloned).toMatchObject({ code: 0 });
  nameReleaseInUse(join(folder, "Pulumi.yaml"));
  const install =
    readWorkflow("preview").jobs.preview?.steps.find(({ name }) => name === "Install")?.run ?? "";
  expect(await run(install)).toMatchObject({ code: 0 });

  const checkedOut = mkdtempSync(join(project.folder, "checkout-"));
  project.checkOut(project.commit(), checkedOut);
  writeFileSync(join(folder, "Pulumi.prod.yaml"), readFileSync(join(checkedOut, "Pulumi.prod.yaml")));
  const preview = await run("pulumi preview --stack prod --refresh", {
    PULUMI_BACKEND_URL: project.backendUrl,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    AWS_ACCESS_KEY_ID: project.preview.stateKeyId,
    AWS_SECRET_ACCESS_KEY: project.preview.stateSecretKey,
    YC_SERVICE_ACCOUNT_KEY_FILE: project.preview.accountKey,
  });
  expect(preview.output).toContain("+ 13 to create");
});

test("both hosts install in the same way", async () => {
  await using project = await PipelineProject.start();
  const { pipeline } = expandPipeline(project.folder);
  const github = ["preview", "up", "drift"].map(
    (name) => Object.values(readWorkflow(name).jobs)[0]?.steps.find((step) => step.name === "Install")?.run,
  );
  const gitlab = `${pipeline.jobs.install?.script.slice(2).join("\n")}\n`;
  expect([...github, gitlab]).toEqual(Array(4).fill(gitlab));
});
