import type { Preview } from "../stack/preview";
import { isOurs } from "../stack/urn";
import type { Departure } from "./situation";

/** A removal or replacement that protection refuses. */
export interface Refusal {
  readonly urn: string;
  readonly kind: Departure["kind"];
}

/** Reasons why a preview failed. */
export interface Failure {
  readonly refusals: readonly Refusal[];
  /** All other errors of the preview, as the CLI printed them. */
  readonly errors: readonly string[];
}

/** The engine's messages for refusals: pkg/resource/deploy/step_generator.go. */
const refusing: readonly { readonly kind: Departure["kind"]; readonly words: RegExp }[] = [
  { kind: "removed", words: /resource "(urn:[^"]+)" cannot be deleted\s+because it is protected/ },
  {
    kind: "replaced",
    words: /unable to replace resource "(urn:[^"]+)"\s+as it is currently marked for protection/,
  },
];

/** Used where the JSON has no error. The engine prints violated mandatory policies on the terminal only. */
const unexplained = "The preview gives no reason. A policy pack may have refused the change.";

/** The line that the engine prints after all other errors. */
const summary = /^(error: )?(preview|update) failed$/;

/**
 * Returns the errors of a preview. A refusal for a resource outside of this library counts as an ordinary error.
 *
 * @param said Text that the CLI printed in addition to the JSON, if its preview failed.
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

/** Removes the words that the engine puts around an error when it repeats it. */
const bare = (text: string): string =>
  text.replace(/^(error: |\[ERROR\] : |Preview failed: )+/, "").replace(/:$/, "");
