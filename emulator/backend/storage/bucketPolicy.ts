import { BlockList, isIPv6 } from "node:net";
import { CloudError } from "../errors";
import type { Subject } from "../iam/access";

/** A policy: https://yandex.cloud/en/docs/storage/s3/api-ref/policy/scheme. */
export interface BucketPolicy {
  readonly Statement: readonly Statement[] | Statement;
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

type OneOrMore = string | readonly string[];
type Principal = "*" | { readonly CanonicalUser?: OneOrMore; readonly AWS?: OneOrMore };

/** Properties of a request that a policy uses. */
export interface PolicyRequest {
  readonly subject: Subject;
  /** Action, such as `s3:PutObject`. */
  readonly action: string;
  /** Name of the bucket, or bucket and key. */
  readonly resource: string;
  /** Values by the names of conditions in lower case, such as `aws:sourceip`. */
  readonly context: Readonly<Record<string, string>>;
}

const list = (value: OneOrMore | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;

/** Checks whether a pattern matches a text. `*` matches any text, `?` any character. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}

const operators: Readonly<Record<string, (wanted: string, seen: string) => boolean>> = {
  Bool: (wanted, seen) => String(wanted) === seen,
  IpAddress: isWithin,
  NotIpAddress: (wanted, seen) => !isWithin(wanted, seen),
};

/** Checks whether an address is within a network, such as `10.0.0.0/8`. */
function isWithin(network: string, address: string): boolean {
  const [start = "", bits] = network.split("/");
  const family = isIPv6(start) ? "ipv6" : "ipv4";
  const networks = new BlockList();
  networks.addSubnet(start, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  return networks.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** Supported keys of conditions: https://yandex.cloud/en/docs/storage/s3/api-ref/policy/conditions has more. */
const conditionKeys = ["aws:securetransport", "aws:sourceip"];
const members = ["Version", "Id", "Statement"];
const statementMembers = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];
const principals = ["CanonicalUser", "AWS"];

/**
 * Refuses a policy with parts that are not supported: it would forbid less than it says.
 *
 * @throws {CloudError} UNIMPLEMENTED; INVALID_ARGUMENT for an invalid network.
 */
export function requireServedPolicy(policy: object): void {
  requireAmong("members", Object.keys(policy), members);
  for (const statement of statementsOf(policy as BucketPolicy)) {
    if (typeof statement !== "object" || statement === null)
      throw new CloudError("INVALID_ARGUMENT", "A policy needs statements");
    requireAmong("members of a statement", Object.keys(statement), statementMembers);
    for (const principal of [statement.Principal, statement.NotPrincipal])
      if (typeof principal === "object") requireAmong("principals", Object.keys(principal), principals);
    requireAmong("operators", Object.keys(statement.Condition ?? {}), Object.keys(operators));
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
      const names = Object.keys(keys).map((key) => key.toLowerCase());
      requireAmong("conditions", names, conditionKeys);
      if (operator.endsWith("IpAddress"))
        for (const one of Object.values(keys)) list(one).forEach(requireNetwork);
    }
  }
}

function requireAmong(what: string, names: readonly string[], known: readonly string[]): void {
  const other = names.find((name) => !known.includes(name));
  if (other !== undefined)
    throw new CloudError("UNIMPLEMENTED", `${other} is not supported among ${what} of a policy`);
}

function requireNetwork(network: string): void {
  try {
    isWithin(network, "127.0.0.1");
  } catch {
    throw new CloudError("INVALID_ARGUMENT", `${network} is not a network`);
  }
}

const statementsOf = ({ Statement }: BucketPolicy): readonly Statement[] =>
  Array.isArray(Statement) ? Statement : [Statement as Statement];

function isMet(condition: Statement["Condition"], context: PolicyRequest["context"]): boolean {
  return Object.entries(condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const seen = context[key.toLowerCase()];
      const holds = operators[operator];
      const values = Array.isArray(wanted) ? wanted : [wanted];
      const isNegative = operator.includes("Not");
      if (seen === undefined || !holds) return isNegative && holds !== undefined;
      return isNegative
        ? values.every((value) => holds(value, seen))
        : values.some((value) => holds(value, seen));
    }),
  );
}

function isPrincipal(principal: Principal, { id }: Subject): boolean {
  if (principal === "*") return true;
  return [...list(principal.CanonicalUser), ...list(principal.AWS)].some((one) => one === "*" || one === id);
}

function applies(statement: Statement, { subject, action, resource, context }: PolicyRequest): boolean {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const arn = `arn:aws:s3:::${resource}`;
  return (
    (Principal
      ? isPrincipal(Principal, subject)
      : NotPrincipal
        ? !isPrincipal(NotPrincipal, subject)
        : false) &&
    (Action
      ? list(Action).some((pattern) => matches(pattern, action))
      : !list(NotAction).some((pattern) => matches(pattern, action))) &&
    (Resource
      ? list(Resource).some((pattern) => matches(pattern, arn))
      : !list(NotResource).some((pattern) => matches(pattern, arn))) &&
    isMet(Condition, context)
  );
}

/** Checks whether a policy allows a request: one statement must allow it, and none may deny it. */
export function policyAllows(policy: BucketPolicy, request: PolicyRequest): boolean {
  const effects = statementsOf(policy)
    .filter((statement) => applies(statement, request))
    .map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}
