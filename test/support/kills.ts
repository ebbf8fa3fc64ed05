import { dirname, join } from "node:path";
import type { Moment } from "../../emulator/backend/faults";
import type { CliStack } from "../../tools/local/cliStack";
import { ensureToolchain } from "../../tools/toolchain";
import { killTree } from "./killed";
import { LocalStack } from "./localStack";
import { type StandingStack, standing } from "./standingStacks";

type Config = Readonly<Record<string, unknown>>;

/** An operation of the CLI that is killed, and what has to be there when it was recovered and run again. */
export interface KilledOperation {
  /** Stack at the start; a new one if absent. */
  readonly from?: StandingStack;
  readonly config: Config | ((local: LocalStack) => Config);
  /** Steps before the operation. */
  readonly prepare?: (local: LocalStack, stack: CliStack) => Promise<unknown>;
  readonly run: (stack: CliStack, local: LocalStack) => Promise<unknown>;
  /** True if there are resources after it. @default true */
  readonly leavesStack?: boolean;
  /** Undisturbed result, if it is known without a run. */
  readonly gives?: StandingStack;
}

/** @throws {Error} if a preview that refreshes has anything left to change. */
export async function expectSettled({ leavesStack = true }: KilledOperation, stack: CliStack): Promise<void> {
  if (leavesStack) await stack.preview({ args: ["--refresh", "--expect-no-changes"] });
}

/** A call at which engine and provider are killed: by its method's end, `""` for any, and how many such calls pass first. */
export interface KillPoint {
  readonly moment: Moment;
  readonly method: string;
  readonly after?: number;
}

/** The command line of `audit-trails recover` for a stack of the tests; without npm, which takes a second. */
export const recoverLine = (local: LocalStack, options: string): string =>
  `'${process.execPath}' operate/audit-trails.cjs recover --stack dev --config-file '${join(local.folder, "Pulumi.dev.yaml")}' ` +
  `--backup '${join(local.folder, "backup")}' ${options}`;

/** Options of a stack in which the command finds the Pulumi CLI. */
export async function withPulumi(): Promise<{ environment: NodeJS.ProcessEnv }> {
  const { pulumi } = await ensureToolchain(() => {});
  return { environment: { PATH: `${dirname(pulumi)}:${process.env.PATH}` } };
}

/** The cloud and the stack that an operation begins with. */
export async function begin({ from, config, prepare }: KilledOperation) {
  const local = await (from ? standing(from) : LocalStack.start());
  const values = typeof config === "function" ? config(local) : config;
  const stack = await local.open(values, await withPulumi());
  await prepare?.(local, stack);
  return { local, stack };
}

/** Runs an operation, and kills engine and provider at a call. @returns the call's method; nothing if there was no such call. */
export async function runKilled(
  local: LocalStack,
  stack: CliStack,
  { run }: KilledOperation,
  { moment, method, after }: KillPoint,
): Promise<string | undefined> {
  const { faults } = local.emulator.cloud;
  let killedAt: string | undefined;
  const kill = (called: string) => {
    killedAt = called;
    killTree(stack.pid ?? Number.NaN);
  };
  faults.interrupt(moment, { method }, kill, { after });
  const end = await run(stack, local).then(
    () => undefined,
    (error: Error) => error,
  );
  faults.clear();
  if (end && killedAt === undefined) throw end;
  return killedAt;
}

/** An operation that was killed, and what was killed or spoiled after it. */
export interface Kill extends KillPoint {
  /** The call at which `recover` is killed too, before it is run again. */
  readonly recover?: KillPoint;
  /** Changes to the stack's files after the kill. */
  readonly spoil?: (local: LocalStack) => void;
  /** More options of `recover`. */
  readonly options?: string;
}

/**
 * Kills an operation at a call, recovers, and runs it again, as often as there are kills; then runs it to its end.
 *
 * @returns what is in the cloud then, the log objects that were there and are not, and what `recover` printed.
 * @throws {Error} if there is no such call.
 */
export async function killedAndRecovered(operation: KilledOperation, ...kills: readonly Kill[]) {
  const { local, stack } = await begin(operation);
  await using _local = local;
  const logs = logsIn(local);
  let output = "";
  const recovery = (options: string) => ({
    ...operation,
    run: async () => {
      output += await stack.follow(recoverLine(local, `--yes ${options}`));
    },
  });
  const mustKill = async (killed: KilledOperation, point: KillPoint) => {
    if (!(await runKilled(local, stack, killed, point))) throw new Error(`There is no call ${point.method}`);
  };
  for (const { recover, spoil, options = "", ...point } of kills) {
    await mustKill(operation, point);
    spoil?.(local);
    if (recover) await mustKill(recovery(options), recover);
    await recovery(options).run();
  }
  await operation.run(stack, local);
  await expectSettled(operation, stack);
  return { cloud: cloudOf(local), lostLogs: lost(logs, local), output };
}

/** @returns what `recover` printed. */
export async function expectRecovered(
  operation: KilledOperation,
  wanted: object,
  ...kills: Kill[]
): Promise<string> {
  const { cloud, lostLogs, output } = await killedAndRecovered(operation, ...kills);
  expect({ cloud, lostLogs }).toEqual({ cloud: wanted, lostLogs: [] });
  return output;
}

/** Returns the output and the exit code of a command, also if it fails. */
export const outcomeOf = (stack: CliStack, line: string): Promise<string> =>
  stack.follow(`${line}; echo "It ended with $?."`);

/** The log objects of those that were there which are not there any more. */
export const lost = (logs: readonly string[], local: LocalStack): string[] =>
  logs.filter((log) => !logsIn(local).includes(log));

/** Returns the result of an operation in the cloud without a kill. */
export async function undisturbed(operation: KilledOperation): Promise<object> {
  if (operation.gives) {
    await using local = await standing(operation.gives);
    return cloudOf(local);
  }
  const { local, stack } = await begin(operation);
  await using _local = local;
  await operation.run(stack, local);
  return cloudOf(local);
}

/** The log objects that are there. */
export const logsIn = ({ emulator: { cloud } }: LocalStack): string[] =>
  cloud.buckets.all().flatMap(({ name }) => cloud.objects.keys(name, "").map((key) => `${name}/${key}`));

/** All that the cloud holds beside log objects, without ids and times, which differ from run to run. */
export function cloudOf({ emulator: { cloud } }: LocalStack): object {
  const keys = byName(cloud.keys.all());
  const accounts = byName(cloud.serviceAccounts.all());
  const trails = byName(cloud.trails.all());
  const buckets = byName(cloud.buckets.all());
  const places = [cloud.organizationId, cloud.folderId, ...keys.map(({ id }) => id)];
  const everything = {
    keys: keys.map(({ id, name, labels, status, deletionProtection }) => ({
      ...{ id, name, labels, status, deletionProtection },
    })),
    accounts: accounts.map(({ id, name, description }) => ({ id, name, description })),
    trails: trails.map(({ id, name, labels, serviceAccountId, destination, filteringPolicy, status }) => ({
      ...{ id, name, labels, serviceAccountId, destination, filteringPolicy, status },
    })),
    buckets: buckets.map(({ tags, name, versioning, lifecycleRules, kmsMasterKeyId, ...others }) => {
      const { policy, anonymousAccessFlags, objectLock, maxSize } = others;
      return {
        ...{
          name,
          versioning,
          lifecycleRules,
          kmsMasterKeyId,
          policy,
          anonymousAccessFlags,
          objectLock,
          maxSize,
        },
        tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
      };
    }),
    roles: places.flatMap((id) =>
      cloud.access
        .list(id)
        .filter(({ subject }) => subject.type === "serviceAccount" && subject.id !== cloud.deployer.id)
        .map(({ roleId, subject }) => `${roleId} on ${id} for ${subject.id}`),
    ),
  };
  let text = JSON.stringify(everything);
  for (const [kind, all] of Object.entries({ key: keys, account: accounts, trail: trails }))
    for (const [i, { id }] of all.entries()) text = text.replaceAll(id, `${kind} ${i}`);
  const { roles, ...others } = JSON.parse(text);
  return { ...others, roles: roles.sort() };
}

const byName = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
  [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
