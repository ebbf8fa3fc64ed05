import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { CliStack } from "../../local/cli";
import { backendOf } from "../../local/state";
import { Api, setUpTrail } from "../support/api";
import { withPulumi } from "../support/kills";
import { LocalStack } from "../support/localStack";

/** A local cloud with a set-up in it that no stack made, and a stack that has nothing. */
async function begin() {
  const local = await LocalStack.start();
  const api = new Api(local.emulator);
  const stack = await local.open({}, await withPulumi());
  const sequence = () => local.emulator.cloud.auditLog.lastSequence;
  return { local, api, stack, sequence };
}

interface Told {
  readonly exitCode: number;
  readonly refusals: readonly string[];
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly imported: readonly { readonly urn: string; readonly id: string }[];
  readonly onlyUsed: readonly string[];
  readonly weaknesses: readonly { readonly what: string; readonly mend: string }[];
  readonly left?: readonly string[];
}

const configFileOf = (local: LocalStack): string => join(local.folder, "Pulumi.dev.yaml");

/** Runs the command, and proves that it wrote nothing to the cloud. */
async function adopt(
  local: LocalStack,
  stack: CliStack,
  trailIds: readonly string[],
  options = "--yes",
): Promise<Told> {
  const { auditLog } = local.emulator.cloud;
  const before = auditLog.lastSequence;
  const ids = trailIds.map((id) => `--trail ${id}`).join(" ");
  const output = await stack.follow(
    `npm exec --no -- audit-trails adopt --stack dev --config-file '${configFileOf(local)}' ` +
      `--backup '${join(local.folder, "backup")}' ${ids} ${options} --json 2>/dev/null || true`,
  );
  expect(auditLog.lastSequence).toBe(before);
  return JSON.parse(output);
}

/** `pulumi` with the configuration that the command wrote. */
const pulumi = (local: LocalStack, stack: CliStack, command: string): Promise<string> =>
  stack.follow(`pulumi ${command} --stack dev --non-interactive --config-file '${configFileOf(local)}'`);

test("x", async () => {
  const { local, api, stack } = await begin();
  await using _local = local;
  using _api = api;
  const { trailId } = await setUpTrail(local.emulator, api);
  const told = await adopt(local, stack, [trailId]);
  console.log(JSON.stringify(told, undefined, 1));
  console.log(await pulumi(local, stack, "preview --refresh --expect-no-changes"));
  const before = local.emulator.cloud.auditLog.lastSequence;
  console.log(await pulumi(local, stack, "up --yes --skip-preview"));
  expect(local.emulator.cloud.auditLog.lastSequence).toBe(before);
  console.log(JSON.stringify(await adopt(local, stack, [trailId])));
});
void [spawnSync, mkdirSync, writeFileSync, parse, backendOf];
