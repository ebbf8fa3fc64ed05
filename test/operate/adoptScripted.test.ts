import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { startEmulator } from "../../emulator";
import { Api, setUpTrail } from "../support/api";
import { runCommand } from "../support/commands";
import { reach } from "../support/connection";
import { exported, ours, theirs } from "../support/engineOutput";
import { makeFolder } from "../support/folder";
import { type Answers, ScriptedPulumi } from "../support/scriptedPulumi";

jest.mock("node:os", () => ({ ...jest.requireActual("node:os"), homedir: () => process.env.HOME }));

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

/** A cloud with what the guide sets up. */
async function start() {
  const emulator = await startEmulator();
  reach(emulator);
  Object.assign(process.env, emulator.providerEnvironment());
  using api = new Api(emulator);
  return { emulator, ...(await setUpTrail(emulator, api)) };
}

/** Runs the command on a stand-in for the CLI. @returns what its JSON output, and the commands of the CLI that it ran. */
async function adopt(answers: Answers, trailIds: readonly string[], options: readonly string[] = ["--yes"]) {
  using pulumi = new ScriptedPulumi(answers);
  const trails = trailIds.flatMap((id) => ["--trail", id]);
  const args = ["adopt", "--stack", "prod", "--backup", pulumi.backup, "--json", ...trails, ...options];
  const { text, aside } = await runCommand(args, { PATH: process.env.PATH });
  if (!text) throw new Error(aside);
  return { ...JSON.parse(text), aside, commands: pulumi.commands };
}

const empty = { state: exported([]) };

/** Commands that change nothing. */
const reading = /^(stack export|config --json)$/;
const written = ({ commands }: { readonly commands: readonly string[] }) =>
  commands.filter((command) => !reading.test(command));

test("without agreement the plan is printed and nothing is done", async () => {
  const { emulator, trailId, bucket } = await start();
  await using _emulator = emulator;
  const reported = await adopt(empty, [trailId], []);
  expect(reported).toMatchObject({ exitCode: 1, imported: [], configuration: {} });
  expect(reported.aside).toContain(`import bucket ${bucket} into the state as audit-trails-bucket`);
  expect(reported.aside).toContain("Cancelled. Use --yes");
  expect(written(reported)).toEqual([]);
});

test("state and configuration are read once before the question, which names the trail", async () => {
  const { emulator, trailId } = await start();
  await using _emulator = emulator;
  const { commands, aside } = await adopt(empty, [trailId], []);
  expect(commands).toEqual(["stack export", "config --json"]);
  expect(aside).toContain(`Found trail trail (${trailId}), which is ACTIVE.`);
});

test("a secret value that contradicts the set-up is refused, and not shown", async () => {
  const { emulator, trailId } = await start();
  await using _emulator = emulator;
  const config = JSON.stringify({ "yandex-audit-trails:bucketName": { value: "hidden", secret: true } });
  const { refusals, aside } = await adopt({ ...empty, config }, [trailId]);
  expect(refusals).toEqual([expect.stringContaining("says bucketName: [secret]; ")]);
  expect(aside).not.toContain("hidden");
});

test("a configuration with other values is refused with the command that corrects it", async () => {
  const { emulator, trailId } = await start();
  await using _emulator = emulator;
  const config = JSON.stringify({ "yandex-audit-trails:bucketName": { value: "other", secret: false } });
  const reported = await adopt({ ...empty, config }, [trailId]);
  expect(reported).toMatchObject({
    exitCode: 3,
    refusals: [
      "The stack's configuration says bucketName: other; the existing set-up has audit-logs. Remove the key, or use another stack: " +
        "pulumi config rm bucketName",
    ],
  });
  expect(written(reported)).toEqual([]);
});

test("a state with interrupted operations is refused", async () => {
  const { emulator, trailId } = await start();
  await using _emulator = emulator;
  const { id: _unknown, ...resource } = theirs("random:index/randomPet:RandomPet", "pet", {});
  const pending_operations = [{ type: "creating", resource }];
  const state = JSON.stringify({ version: 3, deployment: { resources: [], pending_operations } });
  const reported = await adopt({ state }, [trailId]);
  expect(reported).toMatchObject({
    exitCode: 3,
    refusals: [expect.stringContaining('"creating" of pet was interrupted.')],
  });
  expect(written(reported)).toEqual([]);
});

test("a set-up that cannot be taken over is refused with all reasons", async () => {
  const { emulator, trailId, bucket } = await start();
  await using _emulator = emulator;
  emulator.cloud.buckets.remove(bucket);
  const reported = await adopt(empty, [trailId, "cnpnone"]);
  expect(reported).toMatchObject({
    exitCode: 3,
    refusals: [
      "Trail cnpnone does not exist, or may not be read.",
      "Bucket audit-logs does not exist, or may not be read.",
    ],
  });
  expect(written(reported)).toEqual([]);
});

test("trails of another set-up are refused: they belong into another stack", async () => {
  const { emulator, trailId } = await start();
  await using _emulator = emulator;
  const state = exported([ours("trail", "audit-trails-trail", "cnpother", {})]);
  const reported = await adopt({ state }, [trailId]);
  expect(reported).toMatchObject({ exitCode: 3 });
  expect(reported.refusals).toContain(
    "The stack already manages trail cnpother as audit-trails-trail, which is not part of this set-up. Name all trails of the stack, or use another stack.",
  );
  expect(written(reported)).toEqual([]);
});

test("for a stack that does not exist yet, the profile of yc gives the credentials", async () => {
  const { emulator } = await start();
  await using _emulator = emulator;
  using home = makeFolder();
  const folder = join(home.path, ".config", "yandex-cloud");
  mkdirSync(folder, { recursive: true });
  const profiles = { own: { token: emulator.issueToken() } };
  writeFileSync(join(folder, "config.yaml"), stringify({ current: "own", profiles }));
  process.env.HOME = home.path;
  delete process.env.YC_TOKEN;
  expect((await adopt({}, ["cnpnone"])).refusals).toContain(
    "Trail cnpnone does not exist, or may not be read.",
  );
});
