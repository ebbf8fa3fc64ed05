import type { Pending } from "../state/engineRecord";
import type { EndedUpdate } from "./updates";

/** Changes that an update still has to make, and the known facts about earlier updates. */
export interface Remainder {
  /** The stack's name, safe for a terminal. */
  readonly name: string;
  /** Options of the stack for `pulumi up`, as text. */
  readonly options: string;
  /** Number of resources by operation, such as `create`. */
  readonly left: Readonly<Record<string, number>>;
  /** Operations that were interrupted. */
  readonly pending: readonly Pending[];
  readonly last: EndedUpdate | undefined;
}

/** Returns what an update still has to do, with the command, in lines for people. */
export function conclusionOf({ name, options, left, pending, last }: Remainder): string[] {
  const counts = Object.entries(left).map(([op, count]) => `${count} to ${op}`);
  if (counts.length === 0) return [`Stack ${name} matches its program.`];
  const wants = `Changes that the program still needs: ${counts.join(", ")}.`;
  const up = `pulumi up ${options}`;
  const destroy = `pulumi destroy --run-program ${options}`;
  if (last?.kind === "destroy" && pending.length === 0)
    return [
      `The last update of stack ${name} was a pulumi destroy, which ${last.succeeded ? "ended" : "failed"}.`,
      ...(last.succeeded ? [] : [`To continue it:  ${destroy}`]),
      `To deploy the stack again:  ${up}`,
      wants,
    ];
  // A destroy deletes and does nothing else.
  const mayBeDestroy = pending.length > 0 && pending.every(({ operation }) => operation === "deleting");
  return [
    wants,
    `To make these changes:  ${up}`,
    ...(mayBeDestroy ? [`If a pulumi destroy was interrupted, continue it:  ${destroy}`] : []),
  ];
}
