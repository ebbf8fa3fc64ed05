import { Hidden, type Resource, type Value } from "../../stack/engineJson";
import type { StackView } from "../../stack/stackView";
import { at, listOf, textOf } from "../../stack/values";

/** Checks whether a resource type is a grant on a bucket. */
export const isGrant = (type: string) => type.endsWith(":StorageBucketGrant");

/** Returns the inputs that grant access to a bucket: its own, and those of separate grants. */
const grantingInputs = (bucket: Resource, view: StackView): Resource["inputs"][] => [
  bucket.inputs,
  ...view
    .others(bucket)
    .filter(({ type }) => isGrant(type))
    .map(({ inputs }) => inputs),
];

const isEverybody = (grant: Value) => /AllUsers|AuthenticatedUsers/.test(textOf(at(grant, "uri")) ?? "");

/** Returns the ways in which a bucket is open to everybody. */
export function openings(bucket: Resource, view: StackView): readonly string[] | Hidden {
  const flags = bucket.inputs.anonymousAccessFlags;
  const granting = grantingInputs(bucket, view);
  const hidden = [flags, ...granting.flatMap(({ acl, grants }) => [acl, grants])].find(
    (value) => value instanceof Hidden,
  );
  if (hidden instanceof Hidden) return hidden;
  const open = ["read", "list", "configRead"].filter((name) => at(flags, name) === true);
  return [
    ...open.map((name) => `anonymous ${name}`),
    ...granting.flatMap(({ acl, grants }) => [
      ...(isPublic(textOf(acl)) ? [`ACL ${textOf(acl)}`] : []),
      ...listOf(grants)
        .filter(isEverybody)
        .map((grant) => `grant to ${textOf(at(grant, "uri"))?.split("/").at(-1)}: ${permissionsOf(grant)}`)
        .sort(),
    ]),
    ...(bucket.inputs.website ? ["website"] : []),
  ];
}

/** Returns the grants in a bucket's ACL to single users and groups. Grants to everybody are left out. */
export function grantees(bucket: Resource, view: StackView): readonly string[] | Hidden {
  const granting = grantingInputs(bucket, view);
  const hidden = granting
    .flatMap(({ acl, grants }) => [acl, grants])
    .find((value) => value instanceof Hidden);
  if (hidden instanceof Hidden) return hidden;
  return granting.flatMap(({ acl, grants }) => [
    ...(["", "private"].includes(textOf(acl) ?? "") || isPublic(textOf(acl)) ? [] : [`ACL ${textOf(acl)}`]),
    ...listOf(grants)
      .filter((grant) => !isEverybody(grant))
      .map((grant) => {
        const who = ["type", "id", "uri"].flatMap((name) => textOf(at(grant, name)) || []);
        return `${permissionsOf(grant)} for ${who.join(" ")}`;
      })
      .sort(),
  ]);
}

const isPublic = (acl: string | undefined) => acl?.startsWith("public") || acl === "authenticated-read";

const permissionsOf = (grant: Value) =>
  listOf(at(grant, "permissions"))
    .flatMap((one) => textOf(one) ?? [])
    .sort()
    .join(", ");
