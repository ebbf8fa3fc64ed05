import type { Resource, State } from "../stack/engineJson";
import type { Preview, Step } from "../stack/preview";
import type { Resources } from "../stack/references";
import type { StackView } from "../stack/stackView";

/** A resource that is removed from the stack, or replaced. */
export interface Departure {
  readonly kind: "removed" | "replaced";
  readonly resource: Resource;
  /** True if the old resource stays in the cloud. */
  readonly stays: boolean;
}

/** Change of the stack: its resources before and after. */
export interface Transition {
  readonly before: Resources;
  readonly after: Resources;
  /** Old URNs of renamed resources, by their new URNs. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly departures: readonly Departure[];
  /** Inputs that the provider lists as changed, by URN. */
  readonly changed: ReadonlyMap<string, readonly string[]>;
}

/** A transition with the views of the stack before and after it. */
export interface ViewedTransition {
  readonly before: StackView;
  readonly after: StackView;
  readonly transition: Transition;
}

/** Transitions in a preview. If there is a drift, the change begins from the resources after the drift. */
export interface Situations {
  /** Change from the state to the cloud, which others made; absent if the preview ran without a refresh. */
  readonly drift?: Transition;
  /** Change from the present resources to those that the program wants. */
  readonly change: Transition;
}

const replacing = new Set(["replace", "create-replacement", "import-replacement", "read-replacement"]);
const removing = new Set(["delete", "discard", "read-discard"]);
/** Steps that only complete another step, or only read. */
const silent = new Set(["refresh", "delete-replaced", "discard-replaced", "remove-pending-replace"]);

/** Applies the steps of a preview to the state before it. */
export function situationsOf({ steps }: Preview, state?: State): Situations {
  const refreshes = steps.filter(({ op }) => op === "refresh");
  const acts = steps.filter(({ op }) => !silent.has(op));
  const statesBefore = (some: readonly Step[]) => some.flatMap(({ before }) => before ?? []);
  const recorded = byUrn(state?.resources ?? statesBefore(refreshes.length > 0 ? refreshes : acts));
  const found = foundBy(refreshes, acts, recorded);
  return { drift: refreshes.length > 0 ? found : undefined, change: changeBy(acts, found.after) };
}

const byUrn = (resources: readonly Resource[]): Resources =>
  new Map(resources.map((resource) => [resource.urn, resource]));

/**
 * Returns the transition from the state to the resources that a refresh found. Most refresh steps repeat the state in both
 * halves. The other steps begin with the found resource. If a step creates a resource of the state, the refresh did not find it.
 */
function foundBy(refreshes: readonly Step[], acts: readonly Step[], recorded: Resources): Transition {
  const after = new Map(recorded);
  const departures: Departure[] = [];
  for (const { before, after: found } of refreshes)
    if (found && JSON.stringify(found) !== JSON.stringify(before)) after.set(found.urn, found);
  for (const { urn, before } of acts) {
    const was = recorded.get(urn);
    if (before) after.set(before.urn, before);
    else if (was) {
      after.delete(urn);
      departures.push({ kind: "removed", resource: was, stays: false });
    }
  }
  return { before: recorded, after, renamed: new Map(), departures, changed: new Map() };
}

function changeBy(acts: readonly Step[], before: Resources): Transition {
  const after = new Map(before);
  const renamed = new Map<string, string>();
  const departures: Departure[] = [];
  const changed = new Map<string, readonly string[]>();
  for (const { op, urn, before: was, after: is, changed: inputs } of acts) {
    if (was && was.urn !== urn) {
      after.delete(was.urn);
      renamed.set(urn, was.urn);
    }
    if (!is || removing.has(op)) {
      after.delete(urn);
      if (was) departures.push({ kind: "removed", resource: was, stays: was.retainOnDelete });
      continue;
    }
    const isReplaced = replacing.has(op) && was !== undefined;
    if (isReplaced) departures.push({ kind: "replaced", resource: was, stays: was.retainOnDelete });
    if (was) changed.set(urn, inputs);
    after.set(urn, isReplaced || !was ? is : continued(was, is));
  }
  return { before, after, renamed, departures, changed };
}

/** Returns a resource after an update. A preview has neither its id nor its outputs. */
const continued = (was: Resource, is: Resource): Resource => ({
  ...is,
  id: is.id ?? was.id,
  outputs: Object.keys(is.outputs).length > 0 ? is.outputs : was.outputs,
});
