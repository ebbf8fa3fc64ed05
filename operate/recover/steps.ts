import type { Pending } from "../state/engineRecord";
import type { SearchedResource } from "./leftovers";
import { clearingOf, deletionOf, takingOf } from "./report";
import type { Surplus } from "./surplus";

/** A resource of the cloud that recover imports into the state. */
export type Taken = SearchedResource & { readonly id: string };

/** A step that recovers the stack. All steps except deletions change only the state. */
export type RecoveryStep =
  | { readonly kind: "release" }
  /** Writes the state unchanged: this backend reports a lock only on a write. */
  | { readonly kind: "releaseIfLocked" }
  | { readonly kind: "take"; readonly found: Taken }
  | { readonly kind: "clear"; readonly pending: Pending }
  | { readonly kind: "deleteKey"; readonly surplus: Surplus };

/** Facts from which recover chooses its steps. */
export interface Situation {
  /** True if the backend has a lock of an engine that has ended. */
  readonly isLocked: boolean;
  /** True if recover can read the backend's locks, because the backend is a folder. */
  readonly showsLocks: boolean;
  readonly found: readonly SearchedResource[];
  /** Interrupted operations of this library and of the engine's own bookkeeping. */
  readonly pending: readonly Pending[];
  /** Interrupted operations of other libraries. */
  readonly foreign: readonly Pending[];
  readonly surplus: readonly Surplus[];
  readonly deleteSurplusKeys: boolean;
}

/** Returns the steps that recover a stack, in their order; none if nothing is left of an interrupted update. */
export function stepsOf(situation: Situation): RecoveryStep[] {
  const { isLocked, showsLocks, found, pending, foreign, surplus, deleteSurplusKeys } = situation;
  const cleared = (all: readonly Pending[]) =>
    all.map((one): RecoveryStep => ({ kind: "clear", pending: one }));
  const deletions = surplus
    .filter(({ kind, doubt }) => deleteSurplusKeys && kind === "key" && !doubt)
    .map((one): RecoveryStep => ({ kind: "deleteKey", surplus: one }));
  const settling: RecoveryStep[] = [
    ...found.flatMap((one): RecoveryStep[] =>
      one.finding.outcome === "ours" ? [{ kind: "take", found: { ...one, id: one.finding.id } }] : [],
    ),
    ...cleared(pending),
  ];
  if (!showsLocks && settling.length === 0 && (foreign.length === 0 || deletions.length > 0))
    settling.push({ kind: "releaseIfLocked" });
  return [
    ...(isLocked ? [{ kind: "release" } as const] : []),
    ...settling,
    // `pulumi stack import` clears all that is pending, also what the text that it imports has:
    // https://github.com/pulumi/pulumi/blob/1f2ac952473921857cc831a93a27441c2fd2e8cf/pkg/cmd/pulumi/stack/io.go
    ...(settling.length > 0 ? cleared(foreign) : []),
    ...deletions,
  ];
}

/** Returns a step as a line of the plan, for people. */
export function textOfStep(step: RecoveryStep): string {
  switch (step.kind) {
    case "release":
      return "release the lock of an engine that has ended";
    case "releaseIfLocked":
      return "release the lock of an engine that has ended, if there is one: recover finds it by writing the same state again";
    case "take":
      return takingOf(step.found, step.found.id);
    case "clear":
      return clearingOf(step.pending);
    case "deleteKey":
      return deletionOf(step.surplus);
  }
}

/** Returns the steps of one kind. */
export const stepsOfKind = <K extends RecoveryStep["kind"]>(steps: readonly RecoveryStep[], kind: K) =>
  steps.filter((step): step is Extract<RecoveryStep, { readonly kind: K }> => step.kind === kind);

/** Checks whether a step changes the state. */
export const changesState = ({ kind }: RecoveryStep): boolean =>
  kind === "take" || kind === "clear" || kind === "releaseIfLocked";
