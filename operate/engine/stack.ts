import { type CloudApi, openCloud } from "../../api/connection";
import { connectionFrom, type ProviderSetting, providerSettings } from "../../api/providerSettings";
import { UsageError } from "../exitCodes";
import { type Properties, type Resource, readState, type State, UnreadableError } from "./json";
import { runPulumi } from "./pulumi";
import { isOurs, splitUrn } from "./urn";
import { textOf, World } from "./world";

/** A stack with audit trails, as its state has it. */
export interface AuditStack {
  readonly name: string;
  readonly project: string;
  readonly state: State;
  readonly world: World;
  /** The cloud as the stack's provider reaches it. */
  cloud(): Promise<CloudApi>;
}

/**
 * Opens a stack of the Pulumi project in the current folder.
 *
 * @throws {UsageError} if there is no such stack, or no component of this library in it.
 */
export function openStack(name: string): AuditStack {
  const state = exportOf(name);
  const ours = state.resources.filter(({ urn }) => isOurs(urn));
  const [first] = ours;
  if (!first)
    throw new UsageError(
      `The stack ${name} has no component of this library. Run pulumi up first, or name another stack.`,
    );
  const world = new World(new Map(state.resources.map((resource) => [resource.urn, resource])));
  return {
    ...{ name, project: splitUrn(first.urn).project, state, world },
    cloud: () => cloudOf(name, state),
  };
}

/**
 * The cloud as a stack's provider reaches it. Where the state has none of our resources yet, by the configuration.
 *
 * @param options Further options of the CLI about its configuration.
 */
export async function cloudOf(
  name: string,
  state: State,
  options: readonly string[] = [],
): Promise<CloudApi> {
  const ours = state.resources.filter(({ urn }) => isOurs(urn));
  return openCloud(connectionFrom({ ...configured(name, options), ...givenTo(ours, state) }));
}

function exportOf(name: string): State {
  try {
    return readState(runPulumi(["stack", "export", "--stack", name]));
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new UsageError(`The state of stack ${name} cannot be read. What pulumi says above is why.`);
  }
}

type Given = Partial<Record<ProviderSetting, string>>;

/** What an explicit provider was given, as far as the state tells: no secret of it. */
function givenTo(ours: readonly Resource[], { resources }: State): Given {
  const provider = ours.flatMap(({ provider: of }) => of ?? [])[0];
  const inputs = resources.find(({ urn, id }) => `${urn}::${id}` === provider)?.inputs;
  return texts((setting) => textOf(inputs?.[setting]));
}

/** What the stack's configuration gives to the provider, secrets too: they go nowhere else. */
function configured(name: string, options: readonly string[] = []): Given {
  const printed = runPulumi(["config", "--json", "--show-secrets", "--stack", name, ...options]);
  const config = parsed(printed) as Record<string, Properties>;
  return texts((setting) => textOf(config[`yandex:${setting}`]?.value));
}

const texts = (read: (setting: ProviderSetting) => string | undefined): Given =>
  Object.fromEntries(
    providerSettings.flatMap((setting) => {
      const value = read(setting);
      return value ? [[setting, value] as const] : [];
    }),
  );

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}
