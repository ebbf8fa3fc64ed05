import { type Emulator, startEmulator } from "../../../emulator";
import { runCommand } from "../../support/commands";
import { keptPreview } from "../../support/diffCases";
import { ScriptedPulumi } from "../../support/scriptedPulumi";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
  const { access, cloudId, deployer } = emulator.cloud;
  access.add(cloudId, { roleId: "viewer", subject: deployer });
});
afterAll(() => emulator.close());

const reported = (...args: string[]) => runCommand(["preflight", ...args], emulator.providerEnvironment());

/** Options that name a set-up without a stack. */
const ids = (name = "other-logs") => {
  const { organizationId, folderId, deployer } = emulator.cloud;
  return [
    ...["--organization-id", organizationId, "--folder-id", folderId, "--bucket-name", name],
    ...["--subject", `${deployer.type}:${deployer.id}`],
  ];
};

test("with ids instead of a stack there is no problem", async () => {
  const { text, exitCode } = await reported(...ids());
  expect(text).toMatch(/^Preflight, deployed by \S+ \S+: 0 problems, 0 unknown, \d+ ok/);
  expect(text).toMatch(/^ {2}ok +bucket name other-logs$/m);
  expect(exitCode).toBe(0);
});

test("a missing role is reported, also in JSON", async () => {
  const { access, folderId, deployer } = emulator.cloud;
  const lost = { roleId: "storage.admin", subject: deployer };
  access.remove(folderId, lost);
  const { text, exitCode } = await reported(...ids(), "--json");
  access.add(folderId, lost);
  const { answer, checks } = JSON.parse(text);
  expect(answer).toBe("problem");
  expect(checks[0]).toMatchObject({
    about: `role storage.admin on folder ${folderId}`,
    answer: "problem",
    command: `yc resource-manager folder add-access-binding --id ${folderId} --role storage.admin --subject ${deployer.type}:${deployer.id}`,
  });
  expect(exitCode).toBe(1);
});

test("a program that does not run: its own message is printed, and the credentials are checked", async () => {
  const { preview, state } = keptPreview("broken-configuration");
  using _pulumi = new ScriptedPulumi({ state, preview: { text: preview, fails: true } });
  const { deployer } = emulator.cloud;
  const { text, exitCode } = await runCommand(
    ["preflight", "--stack", "dev", "--subject", `${deployer.type}:${deployer.id}`],
    { ...emulator.providerEnvironment(), PATH: process.env.PATH },
  );
  expect(text).toMatch(
    /^ {2}problem +program of stack dev: Its preview fails: .*\n +- retention\.preset: must be .*"decade"$/m,
  );
  expect(text).toMatch(/^ {2}ok +credentials: /m);
  expect(exitCode).toBe(1);
});

test.each([
  [{ secret: false }, /^ {2}problem +planned policy of bucket \S+ for the deployer: .*ajesomebody/m],
  [{ secret: true }, /^ {2}unknown +planned policy of bucket \S+ for the deployer: (?!.*ajesomebody)/m],
])(
  "administrators in the configuration, with %j: they are used, and printed only if they are no secret",
  async (how, line) => {
    const { preview, state } = keptPreview("first-deployment");
    const access = { value: JSON.stringify({ administrators: ["ajesomebody"] }), ...how };
    using pulumi = new ScriptedPulumi({
      ...{
        state,
        preview: { text: preview },
        config: JSON.stringify({ "yandex-audit-trails:access": access }),
      },
    });
    const { deployer } = emulator.cloud;
    const { text } = await runCommand(
      ["preflight", "--stack", "dev", "--subject", `${deployer.type}:${deployer.id}`],
      { ...emulator.providerEnvironment(), PATH: process.env.PATH },
    );
    expect(text).toMatch(line);
    expect(pulumi.commands.filter((command) => command.startsWith("config"))).toHaveLength(1);
  },
);

test.each<[what: string, args: (all: string[]) => string[], complaint: string]>([
  ["neither a stack nor all ids", (all) => all.slice(0, 4), "Give --stack, or --organization-id"],
  ["a stack and ids", (all) => ["--stack", "dev", ...all], "Give --stack or ids, not both"],
  ["a subject of no kind", (all) => [...all, "--subject", "robot"], "It must be serviceAccount:<id>"],
])("%s: the message says what to give, and the exit code is 3", async (_what, args, complaint) => {
  const { aside, exitCode } = await reported(...args(ids()));
  expect(aside).toContain(complaint);
  expect(exitCode).toBe(3);
});

test("a stack that does not exist: the exit code is 3", async () => {
  using _pulumi = new ScriptedPulumi({});
  const { aside, exitCode } = await runCommand(["preflight", "--stack", "nosuch"]);
  expect(aside).toContain("The state of stack nosuch cannot be read: error: no stack named");
  expect(exitCode).toBe(3);
});
