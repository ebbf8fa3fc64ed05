import type { Properties } from "../stack/engineJson";
import { canonical } from "../stack/ownPolicy";
import type { Program } from "./program";

/** Configuration that adopt writes, and existing keys that conflict with it. */
export interface ConfigurationChanges {
  /** Values to write, by key without the project's name. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** Conflicts, each a sentence for people with what to do. */
  readonly conflicts: readonly string[];
}

/** Keys that do not describe a set-up: they stay as they are. */
const free = new Set([
  ...["preflight", "rolePropagationTimeoutSeconds", "activeTimeoutSeconds", "activeWindowSeconds"],
]);

/**
 * Compares the configuration that a set-up needs with the stack's.
 *
 * @param wanted Values by key. An absent key must have its default.
 * @param given Configuration of the stack; empty for a stack that does not exist yet.
 */
export function configurationChanges(
  wanted: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, Properties>>,
  { project, defaults }: Program,
): ConfigurationChanges {
  const changes: Record<string, unknown> = {};
  const conflicts: string[] = [];
  for (const [key, byDefault] of defaults) {
    if (free.has(key)) continue;
    const now = givenValue(given[`${project}:${key}`]) ?? byDefault;
    const should = wanted[key] ?? byDefault;
    if (isSame(now, should)) continue;
    if (isSame(now, byDefault)) changes[key] = should;
    else
      conflicts.push(
        `The stack's configuration says ${key}: ${shown(now)}; the existing set-up has ${shown(should)}. Remove the key, or use another stack: pulumi config rm ${key}`,
      );
  }
  return { changes, conflicts };
}

const isSame = (one: unknown, other: unknown): boolean => canonical(plain(one)) === canonical(plain(other));

/** A value as JSON; numbers and truth values as the text that the CLI makes of them. */
const plain = (value: unknown): string =>
  JSON.stringify(value ?? "", (_name, inner) =>
    typeof inner === "number" || typeof inner === "boolean" ? String(inner) : inner,
  );

/** Returns a value of the configuration as text. */
export const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Returns a value of the stack's configuration. */
function givenValue(entry: Properties | undefined): unknown {
  // Nothing is secret in a set-up: a secret value is a conflict.
  if (entry?.secret === true) return "[secret]";
  return entry?.objectValue ?? entry?.value;
}
