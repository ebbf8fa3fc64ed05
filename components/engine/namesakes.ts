import * as pulumi from "@pulumi/pulumi";
import { name as validName } from "../values";
import { findNamesake } from "./circumstances";
import { earlyHook } from "./earlyHook";
import { type LastState, readLastState } from "./lastState";
import { withPatience } from "./program";
import { openCloudOf } from "./providerConnection";

/** Service account or trail that a component creates. */
export interface Named {
  readonly kind: "service account" | "trail";
  /** Logical name of the resource. */
  readonly resource: string;
  /** Name in the cloud. A name that is not known yet is not checked. */
  readonly name: pulumi.Input<string>;
  /** Arguments that set the name, such as `trails.organization.name`. */
  readonly namedBy: readonly string[];
}

/** Name that another resource has already. */
interface Clash extends Omit<Named, "name"> {
  readonly name: string;
  readonly id: string;
  /** Other stack that owns that resource; absent if the owner is unknown. */
  readonly owner?: string;
}

const types: Readonly<Record<Named["kind"], string>> = {
  "service account": "yandex:index/iamServiceAccount:IamServiceAccount",
  trail: "yandex:index/auditTrailsTrail:AuditTrailsTrail",
};

/**
 * Returns a hook for new service accounts and trails. Before the first of them is created, and in a preview, it warns
 * of all names that are taken in their folder. Without the hook, the engine would stop at the first taken name. Failed calls to the
 * cloud are ignored, because an account for previews may lack the roles.
 *
 * @param component Resource whose provider is used.
 */
export function warnOfNamesakes(
  component: pulumi.ComponentResource,
  name: string,
  planned: readonly Named[],
): pulumi.ResourceHookBinding {
  let checked: Promise<void> | undefined;
  const check = async (folderId: unknown) => {
    if (typeof folderId !== "string") return;
    const clashes = await clashesIn(folderId, component, planned);
    if (clashes.length > 0) await pulumi.log.warn(clashText(clashes, folderId, pulumi.getStack()), component);
  };
  const hookName = `${name} before a service account or a trail is made`;
  return earlyHook(["beforeCreate"], hookName, ({ newInputs }) => {
    checked ??= check(newInputs?.folderId).catch(() => {});
    return withPatience(checked);
  });
}

async function clashesIn(
  folderId: string,
  component: pulumi.Resource,
  planned: readonly Named[],
): Promise<Clash[]> {
  const state = await readLastState();
  const missing = planned.filter((one) => !isInState(one, state));
  if (missing.length === 0) return [];
  const cloud = await openCloudOf(component);
  const found = await Promise.all(
    missing.map(async ({ kind, name, ...one }) => {
      if (typeof name !== "string") return [];
      const namesake = await findNamesake(types[kind], { folderId, name }, cloud).catch(() => undefined);
      return namesake && !namesake.isOwn ? [{ ...one, ...namesake, kind, name }] : [];
    }),
  );
  return found.flat();
}

const isInState = ({ kind, resource }: Named, state: LastState): boolean =>
  Object.keys(state).some((urn) => urn.endsWith(`$${types[kind]}::${resource}`));

/** Returns the message that lists the taken names and the commands that set other names. */
export function clashText(clashes: readonly Clash[], folderId: string, stack: string): string {
  const taken = clashes.map(
    ({ kind, name, id, owner = "something outside of this stack" }) =>
      `  - ${kind} "${name}": ${id} belongs to ${owner}`,
  );
  const commands = clashes.flatMap(({ namedBy, name }) =>
    namedBy.map(
      (key) => `  pulumi config set ${key.includes(".") ? "--path " : ""}${key} ${otherName(name, stack)}`,
    ),
  );
  const args = clashes.flatMap(({ namedBy }) => namedBy.map((key) => `\`${key}\``)).join(" and ");
  const [count, choose] =
    clashes.length === 1
      ? ["A name is", "Choose another name"]
      : [`${clashes.length} names are`, "Choose other names"];
  return (
    `${count} taken in folder ${folderId}, so pulumi up will fail:\n${taken.join("\n")}\n` +
    `${choose} (in a program: ${args}):\n${commands.join("\n")}`
  );
}

/** Returns the name with the stack's name at its end, if that is a valid name. */
function otherName(name: string, stack: string): string {
  const other = `${name}-${stack.toLowerCase()}`;
  return validName.safeParse(other).success ? other : "<another name>";
}
