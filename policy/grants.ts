import { kinds, type Resource, type Stack } from "./stack";
import { at, isText, isUnknown, listAt, type Unknown, unknown, type Value } from "./values";

/** Kind of place on which a role is granted, in words. */
export type Place = "organization" | "cloud" | "folder" | "key" | "bucket" | "something else";

/** Places on which the provider's resources grant roles, by the first part of their types. */
const places: Readonly<Record<string, { readonly place: Place; readonly property: string }>> = {
  OrganizationmanagerOrganization: { place: "organization", property: "organizationId" },
  ResourcemanagerCloud: { place: "cloud", property: "cloudId" },
  ResourcemanagerFolder: { place: "folder", property: "folderId" },
  KmsSymmetricKey: { place: "key", property: "symmetricKeyId" },
  StorageBucket: { place: "bucket", property: "bucket" },
};

/** Resource that grants a role. It adds one member, or sets all members of a role, or sets all roles of a place. */
export interface Grant {
  readonly resource: Resource;
  readonly form: "IamMember" | "IamBinding" | "IamPolicy";
  readonly place: Place;
  /** Property that names the place. */
  readonly property: string;
  /** Granted role; absent if the resource sets all roles. */
  readonly role: Value;
  /** Members with the role; unknown if the resource sets all roles, because the provider has these as one text. */
  readonly members: readonly Value[] | Unknown;
  /** Property that names the members. */
  readonly membersProperty: string;
}

/** Returns all grants of roles in a stack. */
export function grantsOf({ resources }: Stack): Grant[] {
  return resources.flatMap((resource) => {
    const [, prefix = "", form] = /^(\w+?)(IamMember|IamBinding|IamPolicy)$/.exec(resource.type) ?? [];
    if (!form) return [];
    const membersProperty = { IamMember: "member", IamBinding: "members" }[form] ?? "policyData";
    const { properties } = resource;
    return {
      resource,
      form: form as Grant["form"],
      ...(places[prefix] ?? { place: "something else", property: "" }),
      role: properties.role,
      members:
        form === "IamMember"
          ? [properties.member]
          : form === "IamBinding"
            ? listAt(properties, "members")
            : unknown,
      membersProperty,
    };
  });
}

/** Answer to a question about values that may be unknown before the update. */
export type Answer = "yes" | "no" | "unknown";

/** Service account of trails: a resource of the stack, or only its id. */
export type Account = { readonly resource: Resource } | { readonly id: string };

/** Returns the name of an account for messages and configurations. */
export const nameOfAccount = (account: Account): string =>
  "id" in account ? account.id : account.resource.name;

/** Checks whether a value is an account's id after a prefix such as `serviceAccount:`. */
export function isAccount(
  stack: Stack,
  account: Account,
  value: Value,
  from: Resource,
  property: string,
  prefix = "",
): Answer {
  if (isUnknown(value)) {
    const found = stack.giverOf("account", from, property);
    if (!found) return "unknown";
    return "resource" in account && found === account.resource ? "yes" : "no";
  }
  if (!isText(value)) return "no";
  const ids = "id" in account ? [account.id] : kinds.account.ids.map((id) => account.resource.properties[id]);
  return ids.some((id) => isText(id) && value === prefix + id) ? "yes" : "no";
}

/** Checks whether a grant is to an account. */
export function isTo(stack: Stack, { members, resource, membersProperty }: Grant, account: Account): Answer {
  const answers = (isUnknown(members) ? [unknown] : members).map((member) =>
    isAccount(stack, account, member, resource, membersProperty, "serviceAccount:"),
  );
  return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
}

/** Place on which a role is needed. */
export interface Target {
  readonly place: Place;
  /** Id of the place. Absent if every place of this kind is accepted, because the stack does not show the right one. */
  readonly id?: Value;
  /** Resource and property from which the id comes. */
  readonly from: Resource;
  readonly property: string;
  /** Resource of the place, if it is in the stack. */
  readonly resource?: Resource;
}

/** Checks whether a grant is on a place. */
export function isOn(stack: Stack, grant: Grant, target: Target): Answer {
  if (grant.place !== target.place) return "no";
  if (target.id === undefined && !target.resource) return "yes";
  const id = at(grant.resource.properties, grant.property);
  if (target.resource && (target.place === "key" || target.place === "bucket")) {
    const found = stack.find(target.place, grant.resource, grant.property);
    if (found.kind === "unknown") return "unknown";
    return found.kind === "in the stack" && found.resource === target.resource ? "yes" : "no";
  }
  if (!isUnknown(id) && !isUnknown(target.id)) return id === target.id ? "yes" : "no";
  const givers = target.from.givers[target.property] ?? [];
  return grant.resource.givers[grant.property]?.some((urn) => givers.includes(urn)) ? "yes" : "unknown";
}
