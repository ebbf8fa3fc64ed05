import { kinds, type Resource, type Stack } from "./stack";
import { at, isText, isUnknown, listAt, type Unknown, unknown, type Value } from "./values";

/** What a role is granted on, by what people call it. */
export type Place = "organization" | "cloud" | "folder" | "key" | "bucket" | "something else";

/** Places on which the provider's resources grant roles, by how their types begin. */
const places: Readonly<Record<string, { readonly place: Place; readonly property: string }>> = {
  OrganizationmanagerOrganization: { place: "organization", property: "organizationId" },
  ResourcemanagerCloud: { place: "cloud", property: "cloudId" },
  ResourcemanagerFolder: { place: "folder", property: "folderId" },
  KmsSymmetricKey: { place: "key", property: "symmetricKeyId" },
  StorageBucket: { place: "bucket", property: "bucket" },
};

/** A resource that grants a role: one that adds a member, or one that rules alone on who has the role, or any role. */
export interface Grant {
  readonly resource: Resource;
  readonly form: "IamMember" | "IamBinding" | "IamPolicy";
  readonly place: Place;
  /** The property that names the place. */
  readonly property: string;
  /** Absent from policies. */
  readonly role: Value;
  /** Of policies unknown: the provider has them as one text. */
  readonly members: readonly Value[] | Unknown;
  /** The property that names the members. */
  readonly membersProperty: string;
}

/** All that grants roles in a stack. */
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

/** An answer about values of which some may come late. */
export type Answer = "yes" | "no" | "unknown";

/** A service account that trails use: in the stack, or known by its id alone. */
export type Account = { readonly resource: Resource } | { readonly id: string };

/** Names by which messages and configurations call an account. */
export const nameOfAccount = (account: Account): string =>
  "id" in account ? account.id : account.resource.name;

/** Whether a value is an account's id, behind a prefix such as `serviceAccount:`. */
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

/** Whether a grant is to an account. */
export function isTo(stack: Stack, { members, resource, membersProperty }: Grant, account: Account): Answer {
  const answers = (isUnknown(members) ? [unknown] : members).map((member) =>
    isAccount(stack, account, member, resource, membersProperty, "serviceAccount:"),
  );
  return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
}

/** A place on which a role is needed. */
export interface Target {
  readonly place: Place;
  /** Its id; absent where every such place will do, since the right one cannot be known here. */
  readonly id?: Value;
  /** The resource and the property that the id is from. */
  readonly from: Resource;
  readonly property: string;
  /** The resource itself, where it is in the stack. */
  readonly resource?: Resource;
}

/** Whether a grant is on a place. */
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
