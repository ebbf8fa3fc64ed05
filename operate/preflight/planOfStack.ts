import { typeOf } from "../../components/places";
import { collectedBy } from "../stack/collected";
import type { Resource } from "../stack/engineJson";
import type { Grant } from "../stack/grants";
import { accessOf } from "../stack/ownPolicy";
import { isOfStack, isOpen } from "../stack/references";
import { StackView } from "../stack/stackView";
import { isOurs, splitUrn } from "../stack/urn";
import { at, textOf } from "../stack/values";
import {
  type Plan,
  type PlannedBucket,
  type PlannedPart,
  planOf,
  type SetUpGrant,
  type TrailUse,
} from "./plan";

/**
 * Returns the plan of a stack from its planned resources. A resource without an id is new.
 *
 * @param administrators Administrators for policies that are not known before the update, if the configuration names them.
 */
export function planOfStack(
  resources: ReadonlyMap<string, Resource>,
  administrators?: readonly string[],
): Plan {
  const view = new StackView(resources);
  const grants = view.grants().filter(isInLibrary);
  const trails = view.all("trail");
  const named = {
    trails: namedBy("name", trails),
    buckets: namedBy("bucket", view.all("bucket")),
    accounts: namedBy("name", view.all("account").filter(isOfStack)),
  };
  const open = [
    ...trails.filter((trail) => isOpen(view.bucketOf(trail))),
    ...grants.filter(({ on }) => isOpen(on)).map(({ resource }) => resource),
    ...trails.filter((trail) => collectedBy(trail).some(({ scope }) => scope === undefined)),
    ...Object.values(named).flatMap(({ unnamed }) => unnamed),
  ];
  return planOf({
    trails: named.trails.parts.map(({ part }) => part),
    buckets: named.buckets.parts.map(({ part, resource }) => bucketOf(part, resource, view, administrators)),
    accounts: named.accounts.parts.map(({ part }) => part),
    uses: trails.map((trail) => useOf(trail, view)),
    keys: view.all("key").map(({ id, inputs }) => ({ id, folderId: textOf(inputs.folderId) })),
    grants: grants.flatMap((grant) => grantOf(grant, view)),
    open: open.map(({ urn }) => splitUrn(urn).name),
  });
}

const isInLibrary = ({ resource }: Grant): boolean => isOurs(resource.urn);

/** Returns the resources whose name and folder are known, and the others. */
function namedBy(nameInput: string, resources: readonly Resource[]) {
  const parts: { readonly part: PlannedPart; readonly resource: Resource }[] = [];
  const unnamed: Resource[] = [];
  for (const resource of resources) {
    const [name, folderId] = [textOf(resource.inputs[nameInput]), textOf(resource.inputs.folderId)];
    if (name === undefined || folderId === undefined) unnamed.push(resource);
    else parts.push({ part: { name, folderId, isNew: resource.id === undefined }, resource });
  }
  return { parts, unnamed };
}

function bucketOf(
  part: PlannedPart,
  resource: Resource,
  view: StackView,
  administrators: readonly string[] | undefined,
): PlannedBucket {
  const policy = view.policyOf(resource);
  if (!policy) return part;
  const access = typeof policy === "string" ? accessOf(policy, part.name) : undefined;
  return { ...part, administrators: access?.administrators ?? administrators ?? "unknown" };
}

function useOf(trail: Resource, view: StackView): TrailUse {
  const [bucket, account] = [view.bucketOf(trail), view.accountOf(trail)];
  return {
    scopes: collectedBy(trail).flatMap(({ scope }) => {
      const [what = "", id = ""] = scope?.split(" ") ?? [];
      const type = typeOf(what);
      return type ? [{ type, id }] : [];
    }),
    existingBucket: bucket.urn === undefined ? bucket.id : undefined,
    prefix: textOf(at(trail.inputs, "storageDestination", "objectPrefix")) ?? "",
    accountId: account.id ?? view.inStack(account)?.id,
    isExistingAccount: account.urn === undefined,
    grants: view
      .grantsOf(account)
      .filter(isInLibrary)
      .flatMap((grant) => grantOf(grant, view)),
  };
}

/** Returns a grant on a resource with a known id; a bucket has its name before it exists. */
function grantOf({ role, on, onWhat, members }: Grant, view: StackView): SetUpGrant[] {
  const target = view.inStack(on);
  const type = typeOf(onWhat);
  const id = on.id ?? (onWhat === "bucket" ? textOf(target?.inputs.bucket) : undefined);
  if (!type || id === undefined) return [];
  const isOnNew =
    on.id === undefined || (onWhat === "bucket" && target !== undefined && target.id === undefined);
  const accountIds = members.flatMap(
    (member) => view.inStack(member)?.id ?? member.id?.replace(/^serviceAccount:/, "") ?? [],
  );
  return [{ role, on: { type, id }, isOnNew, accountIds }];
}
