import { type CloudApi, type Connection, openCloud } from "../../api/connection";
import { type ProviderSetting, providerSettings } from "../../api/providerSettings";
import { UsageError } from "../exitCodes";
import { type Properties, type Resource, readState, type State, UnreadableError } from "./engineJson";
import { commandConnection } from "./profile";
import { runPulumi } from "./runPulumi";
import { StackView } from "./stackView";
import { isOurs, splitUrn } from "./urn";
import { textOf } from "./values";

/** A stack with audit trails, read from its state. */
export interface AuditStack {
  readonly name: string;
  readonly project: string;
  readonly state: State;
  readonly view: StackView;
  /** Opens the cloud with the connection of the stack's provider, or else with the profile of the vendor's CLI. */
  cloud(): Promise<CloudApi>;
}

/**
 * Opens a stack of the Pulumi project in the current folder.
 *
 * @throws {UsageError} if there is no such stack, or no component of this library in it.
 */
export async function openStack(name: string): Promise<AuditStack> {
  const state = await exportOf(name);
  const ours = state.resources.filter(({ urn }) => isOurs(urn));
  const [first] = ours;
  if (!first)
    throw new UsageError(
      `The stack ${name} has no component of this library. Run pulumi up first, or name another stack.`,
    );
  const view = new StackView(new Map(state.resources.map((resource) => [resource.urn, resource])));
  return {
    ...{ name, project: splitUrn(first.urn).project, state, view },
    cloud: async () => openCloud(await connectionOf(name, state.resources)),
  };
}

/**
 * Returns the connection of a stack's provider, from configuration and resources. If the provider has no credentials, those of
 * the profile of the vendor's CLI are used.
 *
 * @param options Further options for `pulumi config`.
 */
export const connectionOf = async (
  name: string,
  resources: readonly Resource[],
  options: readonly string[] = [],
): Promise<Connection> => connectionIn(await configurationOf(name, options), resources);

/** Returns the connection as {@link connectionOf}, from a configuration that was read before. */
export const connectionIn = (configuration: Configuration, resources: readonly Resource[]): Connection =>
  commandConnection({ ...configured(configuration), ...givenTo(resources) });

/** Exports the state of a stack. @throws {UsageError} if there is no such stack, {UnreadableError} if its state cannot be read. */
export const exportOf = async (name: string): Promise<State> =>
  readState(await read("state", name, ["stack", "export", "--stack", name]));

/**
 * Asks the Pulumi CLI for state or configuration of a stack. A failed read is an error, and never means "not set".
 *
 * @throws {UsageError} if there is no such stack. @throws {UnreadableError} with the CLI's reason if the call fails.
 */
async function read(what: string, name: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr, succeeded } = await runPulumi(`Reading the ${what}`, args);
  if (succeeded) return stdout;
  const reason = `The ${what} of stack ${name} cannot be read: ${stderr.trim() || "pulumi gives no reason"}`;
  throw /no stack named .* found/.test(stderr) ? new UsageError(reason) : new UnreadableError(reason);
}

type Given = Partial<Record<ProviderSetting, string>>;

/** Returns the settings of an explicit provider from the state, without secrets. */
function givenTo(resources: readonly Resource[]): Given {
  const provider = resources.find(({ urn, provider: of }) => of && isOurs(urn))?.provider;
  // The id after `::` is not known before the provider exists.
  const inputs = resources.find(({ urn }) => provider?.startsWith(`${urn}::`))?.inputs;
  return texts((setting) => textOf(inputs?.[setting]));
}

/** Returns the provider's settings in a configuration, with secrets. They go nowhere else. */
const configured = (configuration: Configuration): Given =>
  texts((setting) => textOf(configuration[`yandex:${setting}`]?.value));

/** Configuration by key: `value`, and `secret` if it is encrypted. */
export type Configuration = Readonly<Record<string, Properties>>;

/**
 * Returns the stack's configuration, with the values of its secrets.
 *
 * @param options Further options for `pulumi config`.
 * @throws as {@link read}.
 */
export async function configurationOf(name: string, options: readonly string[] = []): Promise<Configuration> {
  const args = ["config", "--json", "--show-secrets", ...options, "--stack", name];
  const printed = await read("configuration", name, args);
  try {
    return JSON.parse(printed);
  } catch {
    throw new UnreadableError(`The configuration of stack ${name} cannot be read: pulumi prints no JSON.`);
  }
}

const texts = (read: (setting: ProviderSetting) => string | undefined): Given =>
  Object.fromEntries(
    providerSettings.flatMap((setting) => {
      const value = read(setting);
      return value ? [[setting, value] as const] : [];
    }),
  );
