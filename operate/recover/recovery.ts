import type { EditorOptions } from "../state/stackEditor";
import type { Surplus } from "./surplus";

/** Options of `audit-trails recover`. */
export interface RecoverOptions extends EditorOptions {
  /** True to delete the leftover keys of an interrupted update, unless data may be encrypted with them. */
  readonly deleteSurplusKeys?: boolean;
  /** True to create an empty stack if the state is lost. */
  readonly recreateState?: boolean;
  /** True to restore a copy of the state with resources that the state lost. */
  readonly restoreCopy?: boolean;
  /** Ids of resources to import because the user names them: recover cannot prove that they belong to the stack. */
  readonly take?: readonly string[];
}

/** Result of `audit-trails recover`, for programs. */
export interface Recovery {
  readonly stack: string;
  readonly exitCode: number;
  readonly repaired: readonly string[];
  /** URNs with the operation that was interrupted. */
  readonly interrupted: readonly { readonly urn: string; readonly operation: string }[];
  readonly imported: readonly { readonly urn: string; readonly id: string }[];
  /** Resources with the name of a missing one that may belong to somebody else. */
  readonly unproven: readonly { readonly urn: string; readonly id: string; readonly why: string }[];
  /** Leftovers of an interrupted update that still exist. */
  readonly surplus: readonly Surplus[];
  readonly deletedKeys: readonly string[];
  /** Number of changes that `pulumi up --refresh` still has to make, by operation; absent if unknown. */
  readonly left?: Readonly<Record<string, number>>;
  /** The folder with the states before each change. */
  readonly backup?: string;
}
