import { readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import type { Preview } from "../stack/engineJson";
import { type Kind, resourceTypes, textOf } from "../stack/stackView";
import { isOurs } from "../stack/urn";
import type { EngineRecord } from "../state/engineRecord";
import { type Outside, outsideOf } from "./outside";
import { type Finding, type SearchContext, search } from "./search";
import { type Surplus, surplusOf } from "./surplus";
import { type Wanted, wantedOf } from "./wanted";

/** A missing resource, and what the cloud has of it. */
export interface Found extends Wanted {
  readonly finding: Finding;
}

/** What the cloud has that the state does not. */
export interface Look {
  readonly found: readonly Found[];
  readonly surplus: readonly Surplus[];
  /** Without a preview: what has the stack's marks and is not in its state, whatever the program wants of it. */
  readonly outside: readonly Outside[];
}

/** What is known of the stack beside its state and its preview. */
export interface Past extends Pick<SearchContext, "updates" | "isAnew" | "given"> {
  /** Ids that the state had when an update ended: what it lacks of them left the stack as the program wanted. */
  readonly pastIds: readonly string[];
}

/** @throws {ServiceError} if the cloud does not say. */
export async function look(
  record: EngineRecord,
  preview: Preview | undefined,
  { updates, isAnew, given, pastIds }: Past,
  cloud: CloudApi,
): Promise<Look> {
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
  const found: Found[] = [];
  for (const one of wanted) {
    const finding = await search(one, { ids: taken, updates, isAnew, keysInUse, given }, cloud);
    if (finding.outcome === "ours") taken.add(finding.id);
    found.push({ ...one, finding });
  }
  // What the program wants of it is not known without a preview.
  if (!preview) return { found, surplus: [], outside: await outsideOf(stateResources, taken, cloud) };
  const known = new Set([...taken, ...pastIds]);
  return { found, surplus: await surplusOf(ofKind, known, updates, cloud), outside: [] };
}
