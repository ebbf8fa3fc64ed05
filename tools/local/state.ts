import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Name of the project in Pulumi.yaml, which is also the namespace of its configuration. */
export const projectName = "yandex-audit-trails";

/** Name of the stack of Pulumi.dev.yaml. */
export const stackName = "dev";

/** Resource as the engine keeps it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
  /** Place in the program that creates the resource: `project:///<file>#<line>,<column>`. */
  readonly sourcePosition?: string;
  readonly dependencies?: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: inputs and outputs of many types of resources
  readonly inputs?: Readonly<Record<string, any>>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly outputs?: Readonly<Record<string, any>>;
}

/** State of a stack, as `pulumi stack export` shows it in `deployment`. */
export interface StackState {
  readonly resources: readonly StateResource[];
}

/** Returns the folder of the CLI's file backend inside the folder of a run. */
export const backendOf = (folder: string): string => join(folder, "state");

/** Returns the file in which the CLI's file backend keeps the state of a project's stack `dev`. */
export const stackFileOf = (folder: string, project = projectName): string =>
  join(backendOf(folder), ".pulumi", "stacks", project, `${stackName}.json`);

/** Returns the folder in which the file backend keeps the finished updates of a project's stack `dev`. */
export const historyOf = (folder: string, project = projectName): string =>
  join(backendOf(folder), ".pulumi", "history", project, stackName);

/** Reads the state of a project's stack `dev`. */
export function stateOf(folder: string, project = projectName): StackState {
  const { latest } = JSON.parse(readFileSync(stackFileOf(folder, project), "utf8")).checkpoint;
  return { resources: latest?.resources ?? [] };
}

/** Returns the outputs of the stack. */
export function outputsOf({ resources }: StackState): NonNullable<StateResource["outputs"]> {
  return resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}
