import { inert } from "../inert";
import { kindOf, kindTitles } from "../stack/kinds";
import { isOurs, splitUrn } from "../stack/urn";
import type { EngineRecord } from "../state/engineRecord";
import type { SetUp } from "./composer";

/** Returns the resources of the stack that are no part of the set-up, or have another name, as sentences for people. */
export function strangersIn(record: EngineRecord | undefined, { parts }: SetUp): string[] {
  return (record?.state.resources ?? []).flatMap((resource) => {
    const { urn, id = "" } = resource;
    const kind = kindOf(resource);
    const { name } = splitUrn(urn);
    const isPart = parts.some((part) => part.kind === kind && part.id === id && part.name === name);
    if (!kind || !isOurs(urn) || isPart) return [];
    return [
      `The stack already manages ${kindTitles[kind]} ${inert(id)} as ${inert(name)}, which is not part of this set-up. Name all trails of the stack, or use another stack.`,
    ];
  });
}

/**
 * Returns the interrupted operations of the stack, as sentences for people: an import would clear them from the state. Interrupted
 * imports of adopt are left out: adopt repeats them.
 */
export const interruptedIn = (record: EngineRecord | undefined): string[] =>
  (record?.pending ?? [])
    .filter(({ isBookkeeping }) => !isBookkeeping)
    .filter(({ operation, resource: { urn } }) => operation !== "importing" || !isOurs(urn))
    .map(
      ({ operation, resource: { urn } }) =>
        `"${inert(operation)}" of ${inert(splitUrn(urn).name)} was interrupted. Recover the stack first, with audit-trails recover or pulumi refresh.`,
    );
