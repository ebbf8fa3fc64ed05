import type { Preview, Resource } from "../stack/engineJson";
import { type Kind, kindOf } from "../stack/stackView";
import { isOurs } from "../stack/urn";
import type { EngineRecord } from "../state/engineRecord";
import { creationsIn, replacementsIn } from "../state/importFile";

/** A resource that the program wants or an interrupted update was making, and that the state does not have. */
export interface Wanted {
  readonly kind: Kind;
  readonly resource: Resource;
  /** Whether the engine had begun to make it when it was stopped. */
  readonly isBegun: boolean;
  /** Whether it is to take the place of one that the state has. */
  readonly isReplacement: boolean;
}

/** What is missing in the state, of the kinds that must not be made twice. A role that is granted again is the same role. */
export function wantedOf(record: EngineRecord, preview: Preview | undefined): Wanted[] {
  const inState = new Set(record.state.resources.map(({ urn }) => urn));
  const begun = record.pending
    .filter(({ operation }) => operation === "creating")
    .map(({ resource }) => resource);
  const creations = [...creationsIn(preview), ...replacementsIn(preview)];
  const isPlanned = (urn: string) => creations.some((one) => one.urn === urn);
  const planned = creations.filter(({ urn }) => !begun.some((one) => one.urn === urn));
  return (
    [...begun, ...planned]
      .filter(({ urn }) => isOurs(urn))
      // The engine keeps what it had noted, also when a later update made the resource after all.
      .filter(({ urn }) => !inState.has(urn) || isPlanned(urn))
      .flatMap((resource) => {
        const kind = kindOf(resource);
        const isReplacement = inState.has(resource.urn);
        return kind ? [{ kind, resource, isBegun: begun.includes(resource), isReplacement }] : [];
      })
  );
}
