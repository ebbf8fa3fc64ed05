import { readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { type Kind, resourceTypes } from "../stack/kinds";
import type { Preview } from "../stack/preview";
import { isOurs } from "../stack/urn";
import { textOf } from "../stack/values";
import type { EngineRecord } from "../state/engineRecord";
import { type Outside, outsideOf } from "./outside";
import { type Finding, type SearchContext, search } from "./search";
import { type Surplus, surplusOf } from "./surplus";
import { type Wanted, wantedOf } from "./wanted";

/** A missing resource, and the result of the search for it. */
export interface SearchedResource extends Wanted {
  readonly finding: Finding;
}

/** Resources in the cloud that the state lacks. */
export interface Leftovers {
  readonly found: readonly SearchedResource[];
  readonly surplus: readonly Surplus[];
  /** Only without a preview: resources with the stack's marks that are not in its state. */
  readonly outside: readonly Outside[];
}

/** Known facts about the stack, in addition to its state and its preview. */
export interface Past extends Pick<SearchContext, "updates" | "isRecreated" | "given"> {
  /** Ids that were in the state at the end of an update. If the state lacks one now, the program removed that resource. */
  readonly pastIds: readonly string[];
}

/** Finds resources in the cloud that the state lacks. @throws {ServiceError} if a call fails. */
export async function readLeftovers(
  record: EngineRecord,
  preview: Preview | undefined,
  { updates, isRecreated, given, pastIds }: Past,
  cloud: CloudApi,
): Promise<Leftovers> {
  const wanted = wantedOf(record, preview);
  const stateResources = record.state.resources.filter(({ urn }) => isOurs(urn));
  const ofKind = (kind: Kind) => [
    ...stateResources.filter(({ type }) => type === resourceTypes[kind]),
    ...wanted.flatMap((one) => (one.kind === kind ? [one.resource] : [])),
  ];
  const keysInUse = async () => {
    const names = ofKind("bucket").flatMap(({ inputs }) => textOf(inputs.bucket) ?? []);
    const buckets = await Promise.all(names.map((name) => readBucket(name, cloud)));
    return new Set(
      buckets.flatMap((bucket) => bucket?.encryption?.rules.map((rule) => rule.kmsMasterKeyId) ?? []),
    );
  };
  const taken = new Set(record.ids);
  const found: SearchedResource[] = [];
  for (const one of wanted) {
    const finding = await search(one, { ids: taken, updates, isRecreated, keysInUse, given }, cloud);
    if (finding.outcome === "ours") taken.add(finding.id);
    found.push({ ...one, finding });
  }
  // Without a preview, the wishes of the program are unknown.
  if (!preview) return { found, surplus: [], outside: await outsideOf(stateResources, taken, cloud) };
  const known = new Set([...taken, ...pastIds]);
  return { found, surplus: await surplusOf(ofKind, known, updates, cloud), outside: [] };
}
