import type { Resource } from "../stack/engineJson";
import type { Preview } from "../stack/preview";
import { splitUrn } from "../stack/urn";
import type { EngineRecord } from "./engineRecord";

const stepsOf = (preview: Preview | undefined, wanted: string): Resource[] =>
  preview?.steps.flatMap(({ op, after }) => (op === wanted && after ? [after] : [])) ?? [];

/** Returns the resources that a preview would create. */
export const creationsIn = (preview: Preview | undefined): Resource[] => stepsOf(preview, "create");

/** Returns the resources that a preview would create as replacements. */
export const replacementsIn = (preview: Preview | undefined): Resource[] => stepsOf(preview, "replace");

/** One entry of the file that `pulumi import --file` takes. */
interface ImportEntry {
  readonly name: string;
  readonly type: string;
  readonly logicalName: string;
  readonly id?: string;
  readonly component?: true;
  readonly parent?: string;
  readonly provider?: string;
  readonly version?: string;
  readonly parameterization?: Parameterization;
}

/** Plugin and parameters of a bridged provider. */
interface Parameterization {
  readonly pluginName: string;
  readonly pluginVersion: string;
  /** Base64. */
  readonly value: string;
}

/** A release of the provider, for a state without one. */
export interface DefaultProvider {
  readonly version: string;
  readonly parameterization: Parameterization;
}

/**
 * Writes the file for `pulumi import --file` that imports resources. Their components come first if the state lacks them
 * too.
 *
 * @param defaultProvider Provider for resources whose own provider is not in the state.
 */
export function importFileOf(
  found: readonly { readonly resource: Resource; readonly id: string }[],
  record: EngineRecord,
  preview: Preview | undefined,
  defaultProvider?: DefaultProvider,
): string {
  const nameTable: Record<string, string> = {};
  const entries = new Map<string, ImportEntry>();
  const inState = new Set(record.state.resources.map(({ urn }) => urn));
  const planned = new Map(creationsIn(preview).map((resource) => [resource.urn, resource]));
  const nameOf = (urn: string) => {
    const known = entries.get(urn)?.name ?? Object.entries(nameTable).find(([, of]) => of === urn)?.[0];
    return known ?? `resource${entries.size + Object.keys(nameTable).length}`;
  };
  const refer = (urn: string | undefined): string | undefined => {
    if (urn === undefined || splitUrn(urn).types.at(-1) === "pulumi:pulumi:Stack") return undefined;
    const component = planned.get(urn);
    if (!inState.has(urn) && component) return add(component, { component: true });
    const name = nameOf(urn);
    nameTable[name] = urn;
    return name;
  };
  const add = ({ urn, type, parent }: Resource, rest: Partial<ImportEntry>): string => {
    const logicalName = splitUrn(urn).name;
    const parentName = refer(parent);
    const name = nameOf(urn);
    if (!entries.has(urn)) entries.set(urn, { name, type, logicalName, parent: parentName, ...rest });
    return name;
  };
  for (const { resource, id } of found) {
    const provider = resource.provider?.split("::").slice(0, -1).join("::");
    const known = provider && inState.has(provider) ? refer(provider) : undefined;
    add(resource, { id, ...(known ? { provider: known } : defaultProvider) });
  }
  return JSON.stringify({ nameTable, resources: [...entries.values()] });
}
