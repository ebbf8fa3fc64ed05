import { type Grant, grantsOf, isOn, type Target } from "../grants";
import { primitiveRoles } from "../roles";
import { type Finding, type Rule, unknownFinding } from "../rule";
import { keyIdPath, type Resource, type Stack, type Trail } from "../stack";
import { at, isText, isUnknown, listAt, type Properties, show, unknown, type Value } from "../values";

/** Members that mean everybody, in roles. */
const everybody = /^(system:)?all(Authenticated)?Users$/;
/** Groups that mean everybody, in grants of Object Storage. */
const everybodysGroup = /\/(AllUsers|AuthenticatedUsers)$/;

export const noPublicAccess: Rule = {
  name: "no-public-access",
  description: "The bucket of a trail has no public access.",
  level: "mandatory",
  check: (stack) =>
    stack
      .used("bucket")
      .flatMap(({ resource, trails }) => [
        ...partsOf(stack, resource).flatMap((part) => partFindings(resource, part)),
        ...publicRoleFindings(stack, resource, trails),
      ]),
};

/** Returns a bucket and the resources that set parts of it, such as StorageBucketPolicy. */
function partsOf(stack: Stack, bucket: Resource): Resource[] {
  const others = stack.resources.filter(({ type }) => /^StorageBucket(?!Iam)./.test(type));
  return [
    bucket,
    ...others.filter((part) => {
      const found = stack.find("bucket", part, "bucket");
      return found.kind === "in the stack" && found.resource === bucket;
    }),
  ];
}

/** Properties that can open a bucket to the public, each with a check of its value and the advice. */
const openings: readonly {
  readonly path: string;
  readonly opens: (value: Value) => boolean;
  readonly instead: string;
}[] = [
  {
    path: "acl",
    opens: (value) => isText(value) && value !== "private",
    instead: 'Remove it, or set it to "private"',
  },
  ...["read", "list", "configRead"].map((flag) => ({
    path: `anonymousAccessFlags.${flag}`,
    opens: (value: Value) => value === true,
    instead: "Set it to false",
  })),
  {
    path: "website",
    opens: (value: Value) => value instanceof Object && Object.values(value).some(isText),
    instead: "Remove it: a bucket of logs must not be a website",
  },
];

function partFindings(bucket: Resource, part: Resource): Finding[] {
  const of =
    part === bucket ? `The bucket "${bucket.name}"` : `"${part.name}", of the bucket "${bucket.name}",`;
  const names = [bucket.name];
  const simple = openings.flatMap(({ path, opens, instead }): Finding[] => {
    const value = at(part.properties, path);
    if (isUnknown(value)) return [unknownFinding(part, `${path} of "${part.name}".`)];
    return opens(value)
      ? [{ resource: part, names, message: `${of} has ${path} ${show(value)}. ${instead}.` }]
      : [];
  });
  return [...simple, ...grantFindings(part, of, names), ...policyFindings(part, of, names)];
}

function grantFindings(part: Resource, of: string, names: readonly string[]): Finding[] {
  const grants = listAt(part.properties, "grants");
  if (isUnknown(grants)) return [unknownFinding(part, `grants of "${part.name}".`)];
  return grants.flatMap((grant): Finding[] => {
    const uri = at(grant, "uri");
    if (isUnknown(uri)) return [unknownFinding(part, `the groups in grants of "${part.name}".`)];
    if (!isText(uri) || !everybodysGroup.test(uri)) return [];
    return [
      {
        resource: part,
        names,
        message: `${of} grants ${show(at(grant, "permissions"))} to ${uri}. Remove this grant.`,
      },
    ];
  });
}

function policyFindings(part: Resource, of: string, names: readonly string[]): Finding[] {
  const { policy } = part.properties;
  if (isUnknown(policy)) return [unknownFinding(part, `the policy of "${part.name}".`)];
  if (!isText(policy)) return [];
  const statements = readStatements(policy);
  if (!statements)
    return [
      {
        resource: part,
        names,
        message: `${of} has a policy that is not JSON with statements, so it cannot be checked. Correct it.`,
      },
    ];
  return statements
    .filter(
      ({ Effect, Principal, NotPrincipal }) =>
        Effect !== "Deny" && (NotPrincipal !== undefined || isEverybody(Principal)),
    )
    .map(({ Sid, Condition }) => ({
      resource: part,
      names,
      advisory: Condition !== undefined,
      message:
        `${of} has a policy whose statement ${show(Sid)} gives access to everybody` +
        (Condition === undefined
          ? '. Name the accounts as its Principal: { "CanonicalUser": [ids] }.'
          : " who meets its Condition. Check that only the intended accounts can meet it."),
    }));
}

/** Returns the statements of a policy; undefined if it has no readable statements. */
function readStatements(policy: string): Properties[] | undefined {
  try {
    const statement: unknown = JSON.parse(policy)?.Statement;
    if (!(statement instanceof Object)) return undefined;
    return (Array.isArray(statement) ? statement : [statement]) as Properties[];
  } catch {
    return undefined;
  }
}

const isEverybody = (principal: Value): boolean =>
  principal === "*" ||
  (principal instanceof Object &&
    Object.values(principal)
      .flat()
      .some((who) => who === "*"));

/** Reports roles for everybody on the bucket, on its parents, or on its key. */
function publicRoleFindings(stack: Stack, bucket: Resource, trails: readonly Trail[]): Finding[] {
  const { folderId } = bucket.properties;
  const [property = ""] = keyIdPath.split(".");
  const [key] = trails.map((trail) => trail.key);
  const targets: Target[] = [
    { place: "bucket", resource: bucket, from: bucket, property: "bucket" },
    { place: "folder", id: isText(folderId) ? folderId : unknown, from: bucket, property: "folderId" },
    { place: "cloud", from: bucket, property: "" },
    { place: "organization", from: bucket, property: "" },
    {
      place: "key",
      id: at(bucket.properties, keyIdPath),
      resource: key?.kind === "in the stack" ? key.resource : undefined,
      from: bucket,
      property,
    },
  ];
  return grantsOf(stack)
    .filter((grant) => isToEverybody(grant) && reachesLogs(grant))
    .filter((grant) => targets.some((target) => isOn(stack, grant, target) !== "no"))
    .map(({ resource, role, place, members }) => ({
      resource,
      names: [bucket.name],
      message:
        `"${resource.name}" grants the role ${show(role)} on the ${place} to ${show((members as Value[]).find(isEverybodysName))}, ` +
        `which gives access to the bucket "${bucket.name}" or its key. Remove it, or grant the role only to accounts that need it.`,
    }));
}

const isEverybodysName = (member: Value): boolean => isText(member) && everybody.test(member);

const isToEverybody = ({ members }: Grant): boolean => !isUnknown(members) && members.some(isEverybodysName);

const reachesLogs = ({ role }: Grant): boolean =>
  !isText(role) || primitiveRoles.includes(role) || /^(storage|kms)\./.test(role);
