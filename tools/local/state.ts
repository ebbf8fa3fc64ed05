import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The project of Pulumi.yaml; the namespace of its configuration too. */
export const projectName = "yandex-audit-trails";

/** The stack of Pulumi.dev.yaml. */
export const stackName = "dev";

/** A resource as the engine keeps it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
  /** Where in the program it is made: `project:///<file>#<line>,<column>`. */
  readonly sourcePosition?: string;
  readonly dependencies?: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: inputs and outputs of many types of resources
  readonly inputs?: Readonly<Record<string, any>>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly outputs?: Readonly<Record<string, any>>;
}

/** A stack's state, as `pulumi stack export` has it in `deployment`. */
export interface StackState {
  readonly resources: readonly StateResource[];
}

/** Folder of the CLI's file backend, in the folder that keeps everything of a run. */
export const backendOf = (folder: string): string => join(folder, "state");

/** File in which the CLI's file backend keeps the state of a project's stack `dev`. */
export const stackFileOf = (folder: string, project = projectName): string =>
  join(backendOf(folder), ".pulumi", "stacks", project, `${stackName}.json`);

/** Folder in which it keeps the updates of a project's stack `dev` that ended. */
export const historyOf = (folder: string, project = projectName): string =>
  join(backendOf(folder), ".pulumi", "history", project, stackName);

/** Reads the state of a project's stack `dev`. */
export function stateOf(folder: string, project = projectName): StackState {
  const { latest } = JSON.parse(readFileSync(stackFileOf(folder, project), "utf8")).checkpoint;
  return { resources: latest?.resources ?? [] };
}

/** What the stack exports. */
export function outputsOf({ resources }: StackState): NonNullable<StateResource["outputs"]> {
  return resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}
