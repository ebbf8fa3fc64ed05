import { and, any, like, not, oneOf, or } from "../conditions";
import { type NamedQuestion, type, typePattern } from "./question";

/** Returns the condition on a federation event, by its new and its old type: https://yandex.cloud/en/docs/audit-trails/concepts/events */
const ofFederation = (event: string) => type(`organizationmanager.saml.${event}`, `iam.${event}`);

/**
 * Returns the condition that a call granted a role. One of its deltas adds the role; a delta without an action adds too, as in the
 * API. Calls that set all bindings have the whole list.
 */
const grants = (role: string | undefined) => {
  const isRole = (field: string) => (role === undefined ? like(field, "*") : oneOf(field, role));
  return or(
    any(
      "details.access_binding_deltas",
      and(isRole("access_binding.role_id"), not(oneOf("action", "REMOVE"))),
    ),
    any("details.access_bindings", isRole("role_id")),
  );
};

/** Questions about roles, keys, secrets and federations. */
export const questions: readonly NamedQuestion[] = [
  {
    name: "role-granted",
    meaning: "A role was granted, alone or with others in one call; with --role, only that role.",
    options: { role: "optional" },
    condition: ({ role }) => grants(role),
    columns: ["resource_name", "details.access_binding_deltas"],
  },
  {
    name: "keys-created",
    meaning: "A static key, an authorized key or an API key of a service account was created.",
    condition: () => type("iam.CreateAccessKey", "iam.CreateKey", "iam.CreateApiKey"),
    columns: ["details.service_account_id"],
  },
  {
    name: "key-roles",
    meaning: "Roles on a KMS key were changed.",
    condition: () => like("event_type", typePattern("kms.*AccessBindings")),
    columns: ["resource_name", "details.access_binding_deltas"],
  },
  {
    name: "secret-roles",
    meaning: "Roles on a Lockbox secret were changed.",
    condition: () => type("lockbox.UpdateSecretAccessBindings", "lockbox.SetSecretAccessBindings"),
    columns: ["resource_name", "details.access_binding_deltas"],
  },
  {
    name: "secret-read",
    meaning: "The contents of a Lockbox secret were read.",
    condition: () => type("lockbox.GetPayload", "lockbox.GetPayloadEx"),
    columns: ["resource_name", "details.secret_id"],
  },
  {
    name: "credential-leaked",
    meaning: "Yandex Cloud found one of the organization's secrets in public.",
    condition: () => type("organizationmanager.DetectLeakedCredential", "iam.DetectLeakedCredential"),
    columns: ["details"],
  },
  {
    name: "federation-created",
    meaning: "A federation of identities was created.",
    condition: () => ofFederation("CreateFederation"),
    columns: ["details.federation_name"],
  },
  {
    name: "federation-changed",
    meaning: "A federation of identities was changed.",
    condition: () => ofFederation("UpdateFederation"),
    columns: ["details.federation_name"],
  },
  {
    name: "federation-certificate",
    meaning: "A certificate was added to a federation of identities.",
    condition: () => ofFederation("CreateCertificate"),
    columns: ["details.federation_id"],
  },
];
