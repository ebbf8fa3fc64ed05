import * as pulumi from "@pulumi/pulumi";
import { leavingPart, wayOn } from "../protectedParts";
import { type LastState, readLastState } from "./lastState";
import { heldBy } from "./outputs";
import { isMocked, programContext } from "./program";

/** What a component is about to have, as far as protection cares. */
interface Planned {
  /** Names of the component's parts, by their class. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** The trails' destinations, by the names of their parts. */
  readonly destinations: Readonly<Record<string, Destination>>;
  /** Roles that the choice of roles does not grant: the class of the resource that would, and the role. */
  readonly otherRoles?: readonly (readonly [className: string, role: string])[];
}

/** A plan whose values may come late. */
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
 * Tells beforehand, in a preview too, what protection is about to refuse. The engine refuses it before any hook is called, and
 * in words that name neither our setting nor the way on.
 *
 * @returns when all is told.
 * @throws {pulumi.RunError} where a role is to be replaced. The engine would grant the new one, and then refuse to remove the old one.
 */
export async function tellRefusals(component: pulumi.ComponentResource, planned: LatePlan): Promise<void> {
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
 * A hook for a new service account: where roles of an earlier one are still in the state, protection is about to refuse that
 * the new one takes its place. A refresh in the same run shows in no state that can be read, hence a hook.
 */
export function tellLostAccount(
  component: pulumi.ComponentResource,
  name: string,
): pulumi.ResourceHookBinding {
  if (isMocked()) return {};
  const inProgram = programContext();
  const hook = new pulumi.ResourceHook(
    `${name} before a service account is made`,
    ({ urn }) =>
      inProgram(async () => {
        const parent = urn.slice(0, urn.lastIndexOf("$"));
        const bindings = Object.keys(await readLastState().catch(() => ({}))).filter(
          (other) => other.startsWith(`${parent}$`) && splitUrn(other)[1].startsWith(`${name}-`),
        );
        if (bindings.length > 0)
          await pulumi.log.warn(
            `The service account of "${name}" is replaced: the earlier one is gone in the cloud, or differs from this one. Its roles ` +
              "have to be replaced with it, which is refused while they are protected. Set `protected: false` (in a program: " +
              "the option `protect: false`) and run pulumi up; then set it back and run pulumi up again.",
            component,
          );
      }),
    { onDryRun: true },
  );
  return { beforeCreate: [hook] };
}

/** What takes down what is protected, in this order. */
const wayDown = "pulumi config set protected false; pulumi up; pulumi destroy --run-program";

/**
 * A hook for protected trails, which leave first. A destroy that runs the program is refused in our words. One that does not
 * has no hook to call, and the engine prints the hook's name. Unprotected trails have no such hook: they could not leave together
 * with the component that registers it.
 */
export function refuseDestroy(name: string): pulumi.ResourceHookBinding {
  if (isMocked()) return {};
  const hook = new pulumi.ResourceHook(`${name} is protected (to take it down: ${wayDown})`, (leaving) => {
    throw new Error(
      `"${leaving.name}" was not deleted: it is protected. To take all of "${name}" down, run these (in a program, the option ` +
        `\`protect: false\` takes the place of the first one):\n  ${wayDown.replaceAll("; ", "\n  ")}`,
    );
  });
  return { beforeDelete: [hook] };
}

/** What protection refuses of a plan, in the user's words. */
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
        `"${part}" is not in the program any more, and is protected: its removal will be refused. It is a ${leavingPart(className)} ` +
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
        `Trail "${part}" is to get another destination (${key} "${wanted[key] ?? ""}", now "${now?.[key] ?? ""}"). That makes ` +
        "it another trail, and events may be lost between the two, so the change will be refused. Better add a second trail " +
        `with the new destination to \`trails\`, and take the first one out when the second delivers. ${wayOn}`,
    );
  });
  return [...leavings, ...moves];
}

/** The protected roles of a state that the choice of roles does not grant, in the user's words. */
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

/** Beginnings of the names of other components of the class, whose names begin alike. */
function siblingsOf(state: LastState, urn: string): string[] {
  const [base, name] = splitUrn(urn);
  return Object.keys(state)
    .map(splitUrn)
    .flatMap(([type, other]) => (type === base && other.startsWith(`${name}-`) ? [`${other}-`] : []));
}

/** Destinations that are known in time; the others cannot be compared. */
function known(late: LatePlan["destinations"]): Planned["destinations"] {
  const isText = ({ bucketName, objectPrefix = "" }: Late<Destination>) =>
    typeof bucketName === "string" && typeof objectPrefix === "string";
  return Object.fromEntries(Object.entries(late).filter(([, one]) => isText(one))) as Planned["destinations"];
}

/** The types of a URN with all that is before them, and the name. */
function splitUrn(urn: string): [string, string] {
  const end = urn.lastIndexOf("::");
  return [urn.slice(0, end), urn.slice(end + 2)];
}
