import * as pulumi from "@pulumi/pulumi";
import { leavingPart, wayOn } from "../protectedParts";
import { earlyHook } from "./earlyHook";
import { type LastState, readLastState } from "./lastState";
import { heldBy } from "./outputs";
import { isMocked } from "./program";

/** Planned parts of a component, as far as protection needs them. */
interface Planned {
  /** Names of the component's parts, by class. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** Destinations of the trails, by the names of their parts. */
  readonly destinations: Readonly<Record<string, Destination>>;
  /** Roles that the choice of roles leaves out, each after the class of the resource that would grant it. */
  readonly otherRoles?: readonly (readonly [className: string, role: string])[];
}

/** Plan with values that may be unknown during a preview. */
export interface LatePlan extends Omit<Planned, "destinations"> {
  readonly destinations: Readonly<Record<string, Late<Destination>>>;
}

type Late<T> = { readonly [Key in keyof T]: pulumi.Input<NonNullable<T[Key]>> | undefined };

interface Destination {
  readonly bucketName?: string;
  readonly objectPrefix?: string;
}

const library = "yandex-audit-trails:index";

/**
 * Warns in advance, also in a preview, of changes that protection will refuse. The engine refuses them before it calls
 * any hook, and its message names neither our setting nor a solution.
 *
 * @returns after all warnings are printed.
 * @throws {pulumi.RunError} if a role must be replaced. The engine would grant the new one, and then refuse to remove the old one.
 */
export async function warnOfRefusals(component: pulumi.ComponentResource, planned: LatePlan): Promise<void> {
  if (isMocked()) return;
  const read = Promise.all([readLastState(), heldBy(component.urn)]);
  // Without the state there is nothing to compare; the engine's own words are left.
  const found = await read.catch(() => undefined);
  if (!found) return;
  const [state, urn] = found;
  const destinations = known(planned.destinations);
  for (const refusal of refusalsOf(state, urn, { ...planned, destinations }))
    await pulumi.log.warn(refusal, component);
  const roles = roleRefusalsOf(state, urn, planned.otherRoles);
  if (roles.length > 0) throw new pulumi.RunError(roles.join("\n"));
}

/**
 * Returns a hook for a new service account. If roles of an earlier account are still in the state, protection will refuse the
 * replacement. The check runs in a hook, because a program cannot read the state after a refresh in the same run.
 */
export function warnOfLostAccount(
  component: pulumi.ComponentResource,
  name: string,
): pulumi.ResourceHookBinding {
  return earlyHook(["beforeCreate"], `${name} before a service account is made`, async ({ urn }) => {
    const parent = urn.slice(0, urn.lastIndexOf("$"));
    const bindings = Object.keys(await readLastState().catch(() => ({}))).filter(
      (other) => other.startsWith(`${parent}$`) && splitUrn(other)[1].startsWith(`${name}-`),
    );
    if (bindings.length > 0)
      await pulumi.log.warn(
        `The service account of "${name}" is replaced: the earlier one was deleted in the cloud, or has other properties. Pulumi must ` +
          "also replace its roles, and refuses that while they are protected. Set `protected: false` (in a program: " +
          "the option `protect: false`) and run pulumi up. Then set it back and run pulumi up again.",
        component,
      );
  });
}

/** Commands that delete protected resources, in this order. */
const wayDown = "pulumi config set protected false; pulumi up; pulumi destroy --run-program";

/**
 * Returns a hook for protected trails, which a destroy deletes first. A destroy that runs the program fails with our
 * message. Without the program the engine cannot call the hook, and prints its name. Unprotected trails have no such
 * hook: they could not be deleted together with the component that registers it.
 */
export function refuseDestroy(name: string): pulumi.ResourceHookBinding {
  if (isMocked()) return {};
  const hook = new pulumi.ResourceHook(`${name} is protected (to take it down: ${wayDown})`, (leaving) => {
    throw new Error(
      `"${leaving.name}" was not deleted: it is protected. To delete all of "${name}", run these commands (in a program, the option ` +
        `\`protect: false\` replaces the first one):\n  ${wayDown.replaceAll("; ", "\n  ")}`,
    );
  });
  return { beforeDelete: [hook] };
}

/** Returns messages about changes in a plan that protection refuses. */
export function refusalsOf(state: LastState, urn: string, { parts, destinations }: Planned): string[] {
  const [base = "", name = ""] = splitUrn(urn);
  const siblings = siblingsOf(state, urn);
  const partsInState = Object.keys(state).flatMap((key) => {
    const [type, part] = splitUrn(key);
    const [, className = ""] = type.split(`${base}$${library}:`);
    const isOwn = part.startsWith(`${name}-`) && !siblings.some((sibling) => part.startsWith(sibling));
    return isOwn && leavingPart(className) ? [{ className, part }] : [];
  });
  const inPart = (className: string, type: string, part: string) =>
    state[`${base}$${library}:${className}$${type}::${part}`]?.outputs;

  const leavings = partsInState
    .filter(({ className, part }) => !parts[className]?.includes(part))
    .map(
      ({ className, part }) =>
        `"${part}" is not in the program any more, but is protected: Pulumi will refuse its removal. It is a ${leavingPart(className)} ` +
        wayOn,
    );
  const moves = Object.entries(destinations).flatMap(([part, wanted]) => {
    const trail = inPart("Trail", "yandex:index/auditTrailsTrail:AuditTrailsTrail", part);
    const now = trail?.storageDestination as Destination | undefined;
    const changed = (["bucketName", "objectPrefix"] as const).filter(
      (key) => now && (now[key] ?? "") !== (wanted[key] ?? ""),
    );
    return changed.map(
      (key) =>
        `The destination of trail "${part}" changes (${key} "${wanted[key] ?? ""}", now "${now?.[key] ?? ""}"). That replaces ` +
        "the trail, and events between the two may be lost, so Pulumi will refuse the change. Add a second trail " +
        `with the new destination to \`trails\` instead, and remove the first one when the second delivers. ${wayOn}`,
    );
  });
  return [...leavings, ...moves];
}

/** Returns a refusal for each protected role of a state that the choice of roles does not grant, as a message. */
export function roleRefusalsOf(
  state: LastState,
  urn: string,
  otherRoles: Planned["otherRoles"] = [],
): string[] {
  const [base = "", name = ""] = splitUrn(urn);
  const siblings = siblingsOf(state, urn);
  return Object.keys(state)
    .map(splitUrn)
    .filter(([types, part]) => {
      const isOwn = types.startsWith(`${base}$`) && part.startsWith(`${name}-`);
      const isOther = ([className, role]: readonly [string, string]) =>
        types.endsWith(`:${className}`) && (part.endsWith(`-${role}`) || part.includes(`-${role}-`));
      return isOwn && !siblings.some((sibling) => part.startsWith(sibling)) && otherRoles.some(isOther);
    })
    .map(
      ([, part]) =>
        `"${part}" grants a role that \`roles\` does not choose any more, and is protected. Nothing was changed. ${wayOn}`,
    );
}

/** Returns the name prefixes of other components of the class whose names begin with this one's. */
function siblingsOf(state: LastState, urn: string): string[] {
  const [base, name] = splitUrn(urn);
  return Object.keys(state)
    .map(splitUrn)
    .flatMap(([type, other]) => (type === base && other.startsWith(`${name}-`) ? [`${other}-`] : []));
}

/** Returns the destinations that are known already. The others cannot be compared. */
function known(late: LatePlan["destinations"]): Planned["destinations"] {
  const isText = ({ bucketName, objectPrefix = "" }: Late<Destination>) =>
    typeof bucketName === "string" && typeof objectPrefix === "string";
  return Object.fromEntries(Object.entries(late).filter(([, one]) => isText(one))) as Planned["destinations"];
}

/** Splits a URN into its name and everything before the name. */
function splitUrn(urn: string): [string, string] {
  const end = urn.lastIndexOf("::");
  return [urn.slice(0, end), urn.slice(end + 2)];
}
