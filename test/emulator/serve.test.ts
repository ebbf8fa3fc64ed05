import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cloud } from "../../emulator/backend/cloud";
import { TemporaryFolder } from "../support/fakes";

const run = (...options: string[]) =>
  spawn(process.execPath, ["--import", "tsx", "emulator/serve.ts", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });

test("it prints the settings for clients, serves them, and stops cleanly on Ctrl-C", async () => {
  const emulator = run("--s3-port", "0");
  let output = "";
  emulator.stdout.on("data", (data) => (output += data));
  while (!output.includes("?list-type=2")) await once(emulator.stdout, "data");

  const exported = (name: string) => new RegExp(`export ${name}=(\\S+)`).exec(output)?.[1] ?? "";
  const headers = { "X-YaCloud-SubjectToken": exported("YC_TOKEN") };
  const answer = await fetch(`${exported("HTTP_PROXY")}/none?versioning`, { headers });
  expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining("NoSuchBucket")]);
  expect(existsSync(exported("SSL_CERT_FILE"))).toBe(true);

  emulator.kill("SIGINT");
  const [exitCode] = await once(emulator, "exit");
  expect(exitCode).toBe(0);
  expect(existsSync(exported("SSL_CERT_FILE"))).toBe(false);
});

test("a state is exported to JSON and imported from it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-test-"));
  const [journal, exported] = [join(folder, "cloud.jsonl"), join(folder, "cloud.json")];
  const before = new Cloud({ stateFile: journal, seed: "exported" });
  // An export of an earlier day, which everybody could read.
  writeFileSync(exported, "{}");
  chmodSync(exported, 0o644);
  const exporting = run("--state", journal, "--export", exported);
  let said = "";
  exporting.stdout.on("data", (data) => (said += data));
  const [exitCode] = await once(exporting, "close");
  expect(exitCode).toBe(0);
  expect(readFileSync(exported, "utf8")).not.toContain("tokenSecret");
  expect(statSync(exported).mode & 0o777).toBe(0o600);
  const { notice } = JSON.parse(readFileSync(exported, "utf8"));
  expect([notice, said]).toEqual(Array(2).fill(expect.stringContaining("material of KMS keys")));

  const emulator = run("--import", exported, "--seed", "other");
  let output = "";
  emulator.stdout.on("data", (data) => (output += data));
  while (!output.includes("?list-type=2")) await once(emulator.stdout, "data");
  expect(output).toContain(`organization ${before.organizationId}`);
  const url = /Web page: (\S+)/.exec(output)?.[1];
  expect(await (await fetch(`${url}/cloud`)).json()).toMatchObject({
    organization: { id: before.organizationId },
  });
  emulator.kill("SIGINT");
  await once(emulator, "exit");
  rmSync(folder, { recursive: true });
});

test("a second server on the same file is refused, and the first one ends with one sentence when it can no longer write", async () => {
  using folder = new TemporaryFolder();
  const journal = join(folder.path, "cloud.jsonl");
  const first = run("--state", journal);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) first[name].on("data", (data) => (said[name] += data));
  while (!said.stdout.includes("?list-type=2")) await once(first.stdout, "data");
  const url = /Web page: (\S+)/.exec(said.stdout)?.[1];
  for (const options of [[], ["--export", join(folder.path, "cloud.json")]]) {
    const second = run("--state", journal, ...options);
    let errors = "";
    second.stderr.on("data", (data) => (errors += data));
    const [exitCode] = await once(second, "close");
    expect([exitCode, errors]).toEqual([
      1,
      `${journal} is in use by the local cloud of process ${first.pid}, whose web page is ${url}. Use that one, stop it, or name another file.\n`,
    ]);
  }
  const ended = once(first, "close");
  rmSync(journal);
  mkdirSync(journal);
  await fetch(`${url}/clock`, { method: "POST", body: `{"minutes": 5}` }).catch(() => {});
  const [exitCode] = await ended;
  expect([exitCode, said.stderr]).toEqual([
    1,
    `${journal} cannot be written: EISDIR. Repair that, or name another file. Then start the local cloud again.\n`,
  ]);
});

test.each([
  [["--export", "cloud.json"], "--export needs --state"],
  [["--export", "cloud.json", "--state", "no-such-file.jsonl"], "--export needs --state"],
  [["--import", "README.md"], "README.md cannot be read as JSON"],
  [["--import", "package.json"], "The imported file is not a state file of the local cloud"],
  [["--switch", "nonsense=on"], "There is no switch nonsense. Known switches: missingTrailPrerequisites"],
  [["--switch", "existingBinding=maybe"], 'no position "maybe". Use accept or already-exists'],
])("%j is refused with what is allowed", async (options, message) => {
  const emulator = run(...options);
  let errors = "";
  emulator.stderr.on("data", (data) => (errors += data));
  const [exitCode] = await once(emulator, "close");
  expect([exitCode, errors]).toEqual([1, expect.stringContaining(message)]);
});
