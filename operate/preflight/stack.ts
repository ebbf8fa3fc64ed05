import type { Connection } from "../../api/connection";
import { failureOf } from "../diff/failure";
import { situationsOf } from "../diff/situation";
import { UsageError } from "../exitCodes";
import { UnreadableError } from "../stack/engineJson";
import { type Configuration, configurationOf, connectionIn, exportOf } from "../stack/openStack";
import { readPreview } from "../stack/preview";
import { outputOfPulumi } from "../stack/runPulumi";
import { isOurs, splitUrn } from "../stack/urn";
import { type Check, ok, problem, unknown } from "./check";
import type { Plan } from "./plan";
import { planOfStack } from "./planOfStack";

/** The planned resources of a stack. It may not have been updated yet. */
export interface PlannedStack {
  readonly plan: Plan;
  readonly connection: Connection;
  /** Check whether the stack's program runs without errors. */
  readonly check: Check;
}

/**
 * Returns the plan of a stack from a preview of the engine. Any program may use the components, with or without
 * configuration, so only a preview knows the resources.
 *
 * @throws {UsageError} if there is no such stack, or no component of this library in it.
 */
export async function planStack(name: string): Promise<PlannedStack> {
  const state = await exportOf(name);
  const configuration = await configurationOf(name);
  const about = `program of stack ${name}`;
  const failed = (check: Check): PlannedStack => ({
    // The resources of a failed program are unknown.
    plan: planOfStack(new Map()),
    connection: connectionIn(configuration, state.resources),
    check,
  });
  try {
    const args = ["preview", "--json", "--stack", name];
    const preview = readPreview(await outputOfPulumi("Previewing the stack", args));
    const { refusals, errors } = failureOf(preview);
    const refused = refusals.map(
      ({ urn, kind }) => `Protection keeps ${splitUrn(urn).name} from being ${kind}.`,
    );
    if (refused.length + errors.length > 0)
      return failed(problem(about, `Its preview fails: ${[...refused, ...errors.map(plain)].join("\n")}`));
    const { after } = situationsOf(preview, state).change;
    if (![...after.keys()].some(isOurs))
      throw new UsageError(`The program of stack ${name} has no component of this library.`);
    return {
      plan: planOfStack(after, administratorsIn(configuration)),
      connection: connectionIn(configuration, [...after.values()]),
      check: ok(about),
    };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return failed(unknown(about, `Its preview cannot be read: ${plain(error.message)}`));
  }
}

/** Removes the words of the protocol from an error. */
const plain = (error: string): string => error.replace(/^rpc error: code = \w+ desc = /, "");

/**
 * Reads the administrators from this project's key `access`; undefined if it is secret. The policy itself is not known before the
 * trails' account exists.
 */
function administratorsIn(configuration: Configuration): readonly string[] | undefined {
  const [, access] = Object.entries(configuration).find(([key]) => key.endsWith(":access")) ?? [];
  if (access?.secret) return undefined;
  try {
    const { administrators } = JSON.parse(String(access?.value));
    return Array.isArray(administrators) ? administrators.map(String) : undefined;
  } catch {
    return undefined;
  }
}
