import { type Account, type Answer, type Grant, isOn, type Place, type Target } from "./grants";
import { narrowerKeyRole, neededRoles, otherDestinations, primitiveRoles } from "./roles";
import { allScopes, organization } from "./scopes";
import { keyIdPath, type Stack, type Trail } from "./stack";
import { at, isText, isUnknown, type Properties, show, type Unknown, unknown, type Value } from "./values";

/** Requirement of an account: one of the roles on one of the places. */
export interface Need {
  readonly roles: readonly string[];
  readonly targets: readonly Target[];
  /** Clouds and other places that may contain one of the targets. The stack does not show whether they do. */
  readonly around?: readonly Target[];
  /** Name of the place in messages. */
  readonly on: string;
  /** True if the role is allowed, but may not be needed. */
  readonly optional?: boolean;
}

const placeOfScope: Readonly<Record<string, Place>> = {
  [organization]: "organization",
  "resource-manager.cloud": "cloud",
  "resource-manager.folder": "folder",
};

/** Sentence with the roles of a trail's account, for messages. */
export const needed =
  `a trail's account needs ${neededRoles.scope} on the trail's scopes, ${neededRoles.bucket} on the bucket's folder and ` +
  `${neededRoles.key} on the bucket's key`;

/** Checks whether a grant gives a primitive role. */
export const isPrimitive = ({ role }: Grant): boolean => isText(role) && primitiveRoles.includes(role);

/** Returns the accounts of trails, each with its trails. */
export function accountsOf(stack: Stack): [Account, readonly Trail[]][] {
  const outside = new Map<string, Trail[]>();
  for (const trail of stack.trails)
    if (trail.account.kind === "outside")
      outside.set(trail.account.id, [...(outside.get(trail.account.id) ?? []), trail]);
  return [
    ...stack
      .used("account")
      .map(({ resource, trails }): [Account, readonly Trail[]] => [{ resource }, trails]),
    ...[...outside].map(([id, trails]): [Account, readonly Trail[]] => [{ id }, trails]),
  ];
}

/** Returns the roles that the account of these trails needs; unknown if a trail's scopes are unknown. */
export function needsOf(stack: Stack, trails: readonly Trail[]): Need[] | Unknown {
  const needs = trails.flatMap((trail): (Need | Unknown)[] => {
    const scopes = allScopes(trail.resource);
    if (isUnknown(scopes) || scopes.some((scope) => isUnknown(at(scope, "resourceType")))) return [unknown];
    return [
      ...scopeNeeds(trail, scopes),
      ...bucketNeeds(trail),
      ...keyNeeds(stack, trail),
      ...otherNeeds(trail),
    ];
  });
  return needs.includes(unknown) ? unknown : (needs as Need[]);
}

/**
 * Returns the roles on the scopes of a trail. A role on the organization also covers every scope, because all scopes of
 * a trail are in one organization.
 */
function scopeNeeds({ resource }: Trail, scopes: readonly Value[]): Need[] {
  const any = (place: Place): Target => ({ place, from: resource, property: "" });
  const containers: Partial<Record<Place, readonly Place[]>> = { cloud: [], folder: ["cloud"] };
  return scopes.map((scope) => {
    const { resourceId: id, resourceType: type } = scope as Properties;
    const place = isText(type) ? (placeOfScope[type] ?? "something else") : "something else";
    const property = resource.properties.filteringPolicy ? "filteringPolicy" : "filter";
    const own: Target = { place, id, from: resource, property };
    return {
      roles: [neededRoles.scope],
      targets: place === "organization" ? [own] : [own, any("organization")],
      around: place === "organization" ? [] : (containers[place] ?? ["cloud", "folder"]).map(any),
      on: `the ${place} ${show(id)}`,
    };
  });
}

function bucketNeeds({ resource, bucket }: Trail): Need[] {
  if (bucket.kind === "none") return [];
  if (bucket.kind !== "in the stack") {
    const anyFolder: Target = { place: "folder", from: resource, property: "" };
    return [
      {
        roles: [neededRoles.bucket],
        targets: [anyFolder, { ...anyFolder, place: "bucket" }],
        on: "the bucket's folder",
      },
    ];
  }
  const from = bucket.resource;
  const id = from.properties.folderId;
  return [
    {
      roles: [neededRoles.bucket],
      targets: [
        { place: "folder", id: isText(id) ? id : unknown, from, property: "folderId" },
        { place: "bucket", resource: from, from, property: "bucket" },
      ],
      on: `the folder of the bucket "${from.name}"`,
    },
  ];
}

function keyNeeds(stack: Stack, { resource: trail, bucket, key }: Trail): Need[] {
  const roles = [neededRoles.key, narrowerKeyRole];
  if (bucket.kind === "outside" || bucket.kind === "unknown")
    return [{ roles, targets: [{ place: "key", from: trail, property: "" }], on: "its key", optional: true }];
  if (bucket.kind === "none" || key.kind === "none") return [];
  const [property = ""] = keyIdPath.split(".");
  const from = bucket.resource;
  const target = { place: "key", id: at(from.properties, keyIdPath), from, property } as const;
  const resource =
    stack.giverOf("key", from, property) ?? (key.kind === "in the stack" ? key.resource : undefined);
  return [
    {
      roles,
      targets: [{ ...target, resource }],
      on: `the key ${resource ? `"${resource.name}"` : show(target.id)}`,
    },
  ];
}

function otherNeeds({ resource }: Trail): Need[] {
  return Object.entries(otherDestinations)
    .filter(([property]) => resource.properties[property])
    .map(([, role]) => ({
      roles: [role],
      targets: [{ place: "folder", from: resource, property: "" } as const],
      on: "the folder of its destination",
    }));
}

/** Checks whether a grant satisfies a need. */
export function gives(stack: Stack, grant: Grant, { roles, targets, around = [] }: Need): Answer {
  if (isText(grant.role) && !roles.includes(grant.role)) return "no";
  const answers = targets.map((target) => isOn(stack, grant, target));
  if (answers.includes("yes") && !isUnknown(grant.role)) return "yes";
  const mayBe = [...answers, ...around.map((target) => isOn(stack, grant, target))];
  return mayBe.every((answer) => answer === "no") ? "no" : "unknown";
}
