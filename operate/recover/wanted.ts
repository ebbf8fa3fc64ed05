import type { Resource } from "../stack/engineJson";
import { type Kind, kindOf } from "../stack/kinds";
import type { Preview } from "../stack/preview";
import { isOurs } from "../stack/urn";
import type { EngineRecord } from "../state/engineRecord";
import { creationsIn, replacementsIn } from "../state/importFile";

/** A missing resource: the program wants it or an interrupted update was creating it, but the state lacks it. */
export interface Wanted {
  readonly kind: Kind;
  readonly resource: Resource;
  /** True if the engine had begun to create the resource. */
  readonly isBegun: boolean;
  /** True if the missing resource replaces a resource of the state. */
  readonly isReplacement: boolean;
}

/** Returns the missing resources of those kinds that must not be created twice. Roles are left out: a second grant changes nothing. */
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
      // The engine keeps a pending operation even if a later update created the resource.
      .filter(({ urn }) => !inState.has(urn) || isPlanned(urn))
      .flatMap((resource) => {
        const kind = kindOf(resource);
        const isReplacement = inState.has(resource.urn);
        return kind ? [{ kind, resource, isBegun: begun.includes(resource), isReplacement }] : [];
      })
  );
}
