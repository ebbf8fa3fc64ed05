import type { Preview } from "../stack/engineJson";
import { isOurs } from "../stack/urn";
import type { Departure } from "./situation";

/** What protection keeps from happening. */
export interface Refusal {
  readonly urn: string;
  readonly kind: Departure["kind"];
}

/** Why a preview did not come to its end. */
export interface Failure {
  readonly refusals: readonly Refusal[];
  /** Everything else that went wrong, in the words of those who say it. */
  readonly errors: readonly string[];
}

/** The engine's words for what it refuses: pkg/resource/deploy/step_generator.go. */
const refusing: readonly { readonly kind: Departure["kind"]; readonly words: RegExp }[] = [
  { kind: "removed", words: /resource "(urn:[^"]+)" cannot be deleted\s+because it is protected/ },
  {
    kind: "replaced",
    words: /unable to replace resource "(urn:[^"]+)"\s+as it is currently marked for protection/,
  },
];

/** A mandatory rule of a policy pack is told on the terminal, and nowhere in the JSON. */
const unexplained = "It does not say why. A policy pack may have refused the change.";

/** Said after every other error. */
const summary = /^(error: )?(preview|update) failed$/;

/**
 * What went wrong in a preview. What protection refuses of others is an error like any other.
 *
 * @param said What the CLI said beside the JSON, if its preview failed.
 */
export function failureOf({ diagnostics }: Pick<Preview, "diagnostics">, said?: string): Failure {
  const refusals: Refusal[] = [];
  const errors: string[] = [];
  const failures = diagnostics.filter(({ severity }) => severity === "error");
  for (const { message } of failures) {
    const text = message.trim();
    if (summary.test(text)) continue;
    const refused = refusing.flatMap(({ kind, words }) => {
      const urn = words.exec(text)?.[1];
      return urn && isOurs(urn) ? [{ kind, urn }] : [];
    });
    if (refused.length > 0) refusals.push(...refused);
    else errors.push(bare(text));
  }
  if ((failures.length > 0 || said !== undefined) && refusals.length + errors.length === 0)
    errors.push(said?.trim() || unexplained);
  return {
    refusals: refusals.sort((one, other) => (one.urn < other.urn ? -1 : 1)),
    errors: [...new Set(errors)].sort(),
  };
}

/** An error as it is said first: the engine says it once more with words of its own around it. */
const bare = (text: string): string =>
  text.replace(/^(error: |\[ERROR\] : |Preview failed: )+/, "").replace(/:$/, "");
