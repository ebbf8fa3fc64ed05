import type * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import type { ScopeType } from "./choices";

/** Resource on which a role is granted. */
export interface Place {
  readonly type: ScopeType | "kms.symmetricKey";
  readonly id: pulumi.Input<string>;
  /** Suffix of the binding's resource name; may be empty. */
  readonly suffix: string;
}

/** Returns places of one type. @param ids Ids by suffix. */
export const placesOf = (type: Place["type"], ids: Record<string, pulumi.Input<string>>): Place[] =>
  Object.entries(ids).map(([suffix, id]) => ({ type, id, suffix }));

/**
 * Grants a role to a member on one resource. The access of others is not changed.
 *
 * @param name Name of the component. The binding's resource name begins with it.
 */
export const bindRole = (
  name: string,
  role: string,
  { type, id, suffix }: Place,
  member: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): pulumi.CustomResource =>
  bindings[type](`${name}-${role}${suffix && `-${suffix}`}`, id, { role, member }, options);

type Bind = (
  name: string,
  id: pulumi.Input<string>,
  args: { readonly role: string; readonly member: pulumi.Output<string> },
  options: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/** Functions that create a role binding, by the type of the resource on which the role is granted. */
const bindings: Readonly<Record<Place["type"], Bind>> = {
  "organization-manager.organization": (name, organizationId, args, options) =>
    new yandex.OrganizationmanagerOrganizationIamMember(name, { organizationId, ...args }, options),
  "resource-manager.cloud": (name, cloudId, args, options) =>
    new yandex.ResourcemanagerCloudIamMember(name, { cloudId, ...args }, options),
  "resource-manager.folder": (name, folderId, args, options) =>
    new yandex.ResourcemanagerFolderIamMember(name, { folderId, ...args }, options),
  "kms.symmetricKey": (name, symmetricKeyId, args, options) =>
    new yandex.KmsSymmetricKeyIamMember(name, { symmetricKeyId, ...args }, options),
};
