import { Hidden, type Resource, type Value } from "./engineJson";
import { parsedJson } from "./ownPolicy";
import type { Referable, Reference, StackReferences } from "./references";
import { at, listOf, textOf } from "./values";

/** A role that members have on a resource. */
export interface Grant {
  readonly resource: Resource;
  readonly role: string;
  /** Resource that the role is granted on. */
  readonly on: Reference;
  readonly onWhat: string;
  /** Members with the role: ids such as `serviceAccount:<id>`, or service accounts of the stack. */
  readonly members: readonly Reference[];
  /** True for a binding: only its members have the role on the resource. */
  readonly isExclusive: boolean;
  /** True for a policy, which sets all roles on the resource: nobody else has a role there. */
  readonly isWhole: boolean;
}

/** Inputs that name the resource of a role, and the noun for each. */
const grantedOn: Readonly<Record<string, string>> = {
  organizationId: "organization",
  cloudId: "cloud",
  folderId: "folder",
  symmetricKeyId: "key",
  bucket: "bucket",
  serviceAccountId: "service account",
};

/** Returns the grants in a resource; none if it grants no roles. */
export function grantsIn(resource: Resource, references: StackReferences): Grant[] {
  const { inputs, type } = resource;
  const by = /Iam(Member|Binding|Policy)$/.exec(type)?.[1];
  if (!by || !type.startsWith("yandex:")) return [];
  const onInput = Object.keys(grantedOn).find((name) => inputs[name] !== undefined);
  const onWhat = onInput && grantedOn[onInput];
  if (!onInput || !onWhat) return [];
  const kind = onWhat === "service account" ? "account" : (onWhat as Referable);
  const place = { resource, on: references.reference(resource, onInput, inputs[onInput], kind), onWhat };
  const grant = (role: Value | undefined, input: string, members: readonly (Value | undefined)[]): Grant => ({
    ...place,
    role: typeof role === "string" ? role : "a role that is not known before the update",
    members: members.map((member) => memberOf(resource, input, member, references)),
    isExclusive: by !== "Member",
    isWhole: by === "Policy",
  });
  if (by === "Member") return [grant(inputs.role, "member", [inputs.member])];
  if (by === "Binding") return [grant(inputs.role, "members", listOf(inputs.members))];
  const bindings = at(parsedJson(textOf(inputs.policyData) ?? ""), "bindings");
  // The bindings of this policy are not known yet.
  if (bindings === undefined) return [grant(undefined, "policyData", [unknown])];
  const all = listOf(bindings).map((one) => grant(at(one, "role"), "policyData", listOf(at(one, "members"))));
  return all.length > 0 ? all : [grant("no role", "policyData", [])];
}

function memberOf(
  grant: Resource,
  input: string,
  member: Value | undefined,
  references: StackReferences,
): Reference {
  if (typeof member !== "string") return references.reference(grant, input, member, "account");
  const id = /^serviceAccount:(.+)$/.exec(member)?.[1];
  if (id === undefined) return { id: member };
  return { urn: references.reference(grant, input, id, "account").urn, id: member };
}

const unknown = new Hidden("unknown");
