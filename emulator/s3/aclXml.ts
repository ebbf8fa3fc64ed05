import type { IncomingHttpHeaders } from "node:http";
import type { Acl, Grant } from "../backend/storage/bucketAcl";
import { S3Error } from "./errors";
import { elements, parseXml, textAt, toXml, type Xml } from "./xml";

const groups = "http://acs.amazonaws.com/groups/global/";

const groupTypes: Readonly<Record<string, Grant["grantType"]>> = {
  [`${groups}AllUsers`]: "GRANT_TYPE_ALL_USERS",
  [`${groups}AuthenticatedUsers`]: "GRANT_TYPE_ALL_AUTHENTICATED_USERS",
};
const groupUris = Object.fromEntries(Object.entries(groupTypes).map(([uri, type]) => [type, uri]));

/** Maximum number of grants: https://yandex.cloud/en/docs/storage/concepts/acl */
const mostGrants = 100;

const permissions = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];

const toAll = (permission: string): Grant => ({
  permission: `PERMISSION_${permission}`,
  grantType: "GRANT_TYPE_ALL_USERS",
  granteeId: "",
});

/** Predefined ACLs by name: https://yandex.cloud/en/docs/storage/concepts/acl#predefined-acls. */
const canned: Readonly<Record<string, readonly Grant[]>> = {
  private: [],
  "bucket-owner-full-control": [],
  "public-read": [toAll("READ")],
  "public-read-write": [toAll("READ"), toAll("WRITE")],
  "authenticated-read": [
    { permission: "PERMISSION_READ", grantType: "GRANT_TYPE_ALL_AUTHENTICATED_USERS", granteeId: "" },
  ],
};

/** Returns the predefined ACL in a request's headers, if there is one. @throws {S3Error} InvalidArgument for an unknown one. */
export function cannedAclIn({ "x-amz-acl": name }: IncomingHttpHeaders): Acl | undefined {
  if (name === undefined) return undefined;
  const grants = canned[String(name)];
  if (!grants) throw new S3Error(400, "InvalidArgument", `There is no predefined ACL ${name}`);
  return { grants };
}

/** Reads the ACL of a request: by name, or as a document. @throws {S3Error} also MalformedACLError. */
export const aclOf = (headers: IncomingHttpHeaders, body: string, owner: string): Acl =>
  cannedAclIn(headers) ?? aclIn(parseXml(body, "AccessControlPolicy"), owner);

/** Reads the grants of an AccessControlPolicy. @throws {S3Error} MalformedACLError */
function aclIn(document: Xml, owner: string): Acl {
  const grants = elements(document, "AccessControlPolicy", "AccessControlList", "Grant").map(
    (grant): Grant => {
      const permission = textAt(grant, "Permission") ?? "";
      const [id, uri] = ["ID", "URI"].map((name) => textAt(grant, "Grantee", name));
      const grantType = uri === undefined ? "GRANT_TYPE_ACCOUNT" : groupTypes[uri];
      if (!permissions.includes(permission) || !grantType || (id === undefined && uri === undefined))
        throw new S3Error(400, "MalformedACLError");
      return { permission: `PERMISSION_${permission}`, grantType, granteeId: id ?? "" };
    },
  );
  const others = grants.filter(({ granteeId }) => granteeId !== owner);
  if (others.length > mostGrants) throw new S3Error(400, "MalformedACLError");
  const may = (permission: string, { grantType, granteeId }: Grant) =>
    others.some(
      (one) => one.permission === permission && one.grantType === grantType && one.granteeId === granteeId,
    );
  // WRITE requires READ: https://yandex.cloud/en/docs/storage/concepts/acl#permissions-types
  if (others.some((grant) => grant.permission === "PERMISSION_WRITE" && !may("PERMISSION_READ", grant)))
    throw new S3Error(501, "NotImplemented", "WRITE cannot be granted without READ");
  return { grants: others };
}

/** Returns an ACL as XML. Without grants, the owner has full control. */
export function aclXml({ grants }: Acl, owner: string): string {
  const ownerGrant: Grant = {
    permission: "PERMISSION_FULL_CONTROL",
    grantType: "GRANT_TYPE_ACCOUNT",
    granteeId: owner,
  };
  return toXml("AccessControlPolicy", {
    Owner: { ID: owner, DisplayName: owner },
    AccessControlList: {
      Grant: (grants.length > 0 ? grants : [ownerGrant]).map(({ permission, grantType, granteeId }) => ({
        Grantee: {
          "@_xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
          "@_xsi:type": granteeId ? "CanonicalUser" : "Group",
          ...(granteeId ? { ID: granteeId, DisplayName: granteeId } : { URI: groupUris[grantType] }),
        },
        Permission: permission.replace("PERMISSION_", ""),
      })),
    },
  });
}
