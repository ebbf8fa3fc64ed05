import * as pulumi from "@pulumi/pulumi";
import { readLastState } from "./components/engine/lastState";
import { heldBy } from "./components/engine/outputs";
import { configuredConnection } from "./components/engine/providerConnection";
import type { Check, CheckAnswer } from "./operate/preflight/check";
import { planOfArgs } from "./operate/preflight/planOfArgs";
import { preflight } from "./operate/preflight/preflight";
import { linesOf as allLinesOf, byCause } from "./operate/preflight/report";
import { isOurs } from "./operate/stack/urn";
import type { Settings } from "./settings/schema";

/**
 * Checks whether the stack can be created, with the provider's own connection. Unknown answers are warnings.
 *
 * @throws {pulumi.RunError} with all problems, each with its remedy.
 */
export async function requireReady(settings: Settings): Promise<void> {
  // Resources of the stack are ignored: they need not be created and block nothing. Leftovers outside of the state may
  // block.
  const own = Object.entries(await readLastState()).flatMap(([urn, one]) => (isOurs(urn) ? [one] : []));
  const plan = planOfArgs(await heldBy(pulumi.output(settings) as pulumi.Output<Settings>), own);
  const { checks } = await preflight(plan, configuredConnection());
  const linesOf = await withoutSecrets(settings);
  const [missing = [], unclear = []] = (["problem", "unknown"] satisfies CheckAnswer[]).map((answer) =>
    checks.filter((check) => check.answer === answer),
  );
  if (unclear.length > 0)
    await pulumi.log.warn(`Preflight, unknown:\n${byCause(unclear).flatMap(linesOf).join("\n")}`);
  if (missing.length > 0)
    throw new pulumi.RunError(
      [
        `Preflight: ${missing.length} problem${missing.length === 1 ? "" : "s"}. Nothing was changed in the cloud.`,
        ...byCause(missing).flatMap(linesOf),
        "Correct the problems and run pulumi up again. To skip these checks: pulumi config set preflight false",
      ].join("\n"),
    );
}

/** Returns a function that prints a check, with the values masked that the configuration marks as secret. */
async function withoutSecrets(settings: Settings): Promise<(check: Check) => string[]> {
  const held = await Promise.all(outputsIn(settings).map((output) => heldBy(output)));
  const secrets = held.flatMap(textsIn).filter((text) => text !== "");
  const mask = (line: string) => secrets.reduce((text, secret) => text.replaceAll(secret, "[secret]"), line);
  return (check) => allLinesOf(check).map(mask);
}

/** Returns the outputs in settings. All of them are secrets. */
function outputsIn(value: unknown): pulumi.Output<unknown>[] {
  if (pulumi.Output.isInstance(value)) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(outputsIn) : [];
}

const textsIn = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [String(value)];
