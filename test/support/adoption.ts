import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CliStack } from "../../tools/local/cliStack";
import { Api } from "./api";
import { environmentOf, runCommand } from "./commands";
import { withPulumi } from "./kills";
import { LocalStack, typeOf } from "./localStack";

/** Existing configuration of the stack. */
const ownConfiguration = `# Mine
config:
  yandex-audit-trails:activeWindowSeconds: "0" # nothing flaps here
`;

/** A cloud without audit trails, and a stack without resources. */
export async function begin() {
  const local = await LocalStack.start();
  const stack = await local.open({}, await withPulumi());
  const salt = /^encryptionsalt: .*$/m.exec(readFileSync("Pulumi.dev.yaml", "utf8"))?.[0];
  writeFileSync(configFileOf(local), `${ownConfiguration}${salt}\n`);
  return { local, stack, api: new Api(local.emulator) };
}

export const configFileOf = (local: LocalStack): string => join(local.folder, "Pulumi.dev.yaml");

interface AdoptionResult {
  readonly exitCode: number;
  readonly refusals: readonly string[];
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly imported: readonly { readonly urn: string; readonly id: string }[];
  readonly onlyUsed: readonly string[];
  readonly weaknesses: readonly { readonly what: string; readonly correction: string }[];
  readonly left?: readonly string[];
}

export const adoptArgs = (local: LocalStack, trailIds: readonly string[]): string[] => [
  ...[
    "adopt",
    "--stack",
    "dev",
    "--config-file",
    configFileOf(local),
    "--backup",
    join(local.folder, "backup"),
  ],
  ...trailIds.flatMap((id) => ["--trail", id]),
];

/** Runs the command, which writes nothing to the cloud. */
export async function adopt(
  local: LocalStack,
  trailIds: readonly string[],
  options: readonly string[] = ["--yes"],
): Promise<AdoptionResult> {
  const { auditLog } = local.emulator.cloud;
  const before = auditLog.lastSequence;
  const args = [...adoptArgs(local, trailIds), "--json", ...options];
  const { text, aside } = await runCommand(args, await environmentOf(local));
  expect(auditLog.lastSequence).toBe(before);
  if (!text) throw new Error(aside);
  return JSON.parse(text);
}

/** Returns the changes of `pulumi up --refresh` with the written configuration. */
export async function up(local: LocalStack, stack: CliStack, options = ""): Promise<string> {
  return stack.follow(
    `pulumi up --yes --skip-preview --refresh ${options} --stack dev --non-interactive --color never ` +
      `--config-file '${configFileOf(local)}'`,
  );
}

/** An `up` changes nothing, all is protected, and what holds logs stays when it leaves the stack. */
export async function expectAdopted(
  local: LocalStack,
  stack: CliStack,
  types: readonly string[],
): Promise<void> {
  const resources = stack.state().resources.filter(({ type }) => type.startsWith("yandex:")) as readonly {
    readonly urn: string;
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    readonly dependencies?: readonly string[];
  }[];
  expect(resources.map(({ urn }) => typeOf(urn)).sort()).toEqual([...types].sort());
  for (const { urn, protect, retainOnDelete = false } of resources) {
    expect([urn, protect]).toEqual([urn, true]);
    expect([urn, retainOnDelete]).toEqual([urn, /:(StorageBucket|KmsSymmetricKey)::/.test(urn)]);
  }
  const { auditLog } = local.emulator.cloud;
  const before = auditLog.lastSequence;
  await up(local, stack, "--expect-no-changes");
  expect(auditLog.lastSequence).toBe(before);
}

export const whatOf = ({ weaknesses }: AdoptionResult): string[] => weaknesses.map(({ what }) => what);
