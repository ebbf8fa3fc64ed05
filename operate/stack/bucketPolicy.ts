import type { Answer } from "../../components/roles";
import { allOf, anyOf, not } from "./answers";

/** Access that a bucket policy allows. If the policy leaves an answer open, it is `unknown`. */
export interface PolicyView {
  /** By kind of access: the answer to "is this allowed to everybody?". */
  readonly everybody: Readonly<Record<Access, Answer>>;
  /** Ids to which the policy allows access, by the kind of access. */
  readonly named: Readonly<Record<Access, readonly string[]>>;
  /** Answer to "is everybody denied to delete logs?". */
  readonly deniesDelete: Answer;
  /** Answer to "are requests without TLS denied?". */
  readonly deniesPlain: Answer;
}

export const accesses = ["read", "write", "delete", "administer"] as const;
export type Access = (typeof accesses)[number];

/** Action that represents each kind of access, on the bucket's objects or on the bucket. */
const actions: Readonly<Record<Access, { readonly action: string; readonly onBucket?: boolean }>> = {
  read: { action: "s3:GetObject" },
  write: { action: "s3:PutObject" },
  delete: { action: "s3:DeleteObjectVersion" },
  administer: { action: "s3:PutBucketPolicy", onBucket: true },
};

/** A request that a policy allows or denies. Without a principal it comes from an account that no statement names. */
interface Request {
  readonly principal: string | undefined;
  readonly action: string;
  readonly resource: string;
  readonly isPlain?: boolean;
}

type Json = unknown;
type Statement = Readonly<Record<string, Json>>;

/**
 * Returns the access that any policy allows. Without a statement that allows a request, it is denied; a denial wins
 * (https://yandex.cloud/en/docs/storage/security/policy).
 *
 * @returns undefined if the text is no policy.
 */
export function viewOf(policy: string, bucket: string): PolicyView | undefined {
  const statements = statementsOf(policy);
  if (!statements) return undefined;
  const ids = [...new Set(statements.flatMap(namedIn))].sort();
  const allows = (access: Access, principal: string | undefined) =>
    decide(statements, { principal, action: actions[access].action, resource: resourceOf(access, bucket) });
  const byAccess = <T>(read: (access: Access) => T) =>
    Object.fromEntries(accesses.map((access) => [access, read(access)])) as Record<Access, T>;
  return {
    everybody: byAccess((access) => allows(access, undefined)),
    named: byAccess((access) => ids.filter((id) => allows(access, id) !== "no")),
    deniesDelete: not(anyOf([undefined, ...ids].map((principal) => allows("delete", principal)))),
    deniesPlain: not(
      anyOf(
        [undefined, ...ids].map((principal) =>
          decide(statements, {
            ...{ principal, action: actions.read.action, resource: resourceOf("read", bucket) },
            isPlain: true,
          }),
        ),
      ),
    ),
  };
}

/** Checks whether a policy lets an account upload logs under a prefix. If the text is not a policy, the answer is `unknown`. */
export function letsUpload(policy: string, bucket: string, accountId: string, prefix: string): Answer {
  const statements = statementsOf(policy);
  if (!statements) return "unknown";
  const resource = `arn:aws:s3:::${bucket}/${prefix ? `${prefix}/` : ""}log`;
  return decide(statements, { principal: accountId, action: actions.write.action, resource });
}

const resourceOf = (access: Access, bucket: string) =>
  `arn:aws:s3:::${bucket}${actions[access].onBucket ? "" : "/log"}`;

function statementsOf(policy: string): Statement[] | undefined {
  try {
    const { Statement: given } = JSON.parse(policy);
    const statements: Json[] = Array.isArray(given) ? given : [given];
    const isStatement = (one: Json) =>
      typeof one === "object" &&
      one !== null &&
      ["Allow", "Deny"].includes((one as Statement).Effect as string);
    return statements.every(isStatement) ? (statements as Statement[]) : undefined;
  } catch {
    return undefined;
  }
}

function decide(statements: readonly Statement[], request: Request): Answer {
  const matching = (effect: string) =>
    anyOf(statements.filter(({ Effect }) => Effect === effect).map((one) => applies(one, request)));
  return allOf([not(matching("Deny")), matching("Allow")]);
}

const known = new Set([
  ...["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"],
  "Condition",
]);

function applies(statement: Statement, { principal, action, resource, isPlain = false }: Request): Answer {
  if (Object.keys(statement).some((name) => !known.has(name))) return "unknown";
  const either = (name: string, holds: (value: Json) => Answer): Answer =>
    statement[name] !== undefined
      ? holds(statement[name])
      : statement[`Not${name}`] !== undefined
        ? not(holds(statement[`Not${name}`]))
        : "no";
  return allOf([
    either("Principal", (value) => isPrincipal(value, principal)),
    either("Action", (value) => isAmong(value, action)),
    either("Resource", (value) => isAmong(value, resource)),
    isMet(statement.Condition, isPlain),
  ]);
}

const list = (value: Json): Json[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

function principalsIn(value: Json): Json[] {
  if (typeof value !== "object" || value === null) return [value];
  return Object.values(value).flatMap(list);
}

const namedIn = ({ Principal, NotPrincipal }: Statement): string[] =>
  [Principal, NotPrincipal]
    .flatMap(principalsIn)
    .filter((one): one is string => typeof one === "string" && one !== "*");

const isPrincipal = (value: Json, principal: string | undefined): Answer => {
  const ids = principalsIn(value);
  if (ids.some((one) => one === "*" || (principal !== undefined && one === principal))) return "yes";
  return ids.every((one) => typeof one === "string") ? "no" : "unknown";
};

function isAmong(patterns: Json, text: string): Answer {
  const all = list(patterns);
  if (all.some((one) => typeof one === "string" && patternOf(one).test(text))) return "yes";
  // A path deeper than this one may hold logs too.
  return all.every((one) => typeof one === "string" && !isDeeper(one, text)) ? "no" : "unknown";
}

const patternOf = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[\\^$+.()|[\]{}]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".")}$`,
    "i",
  );

/** Checks whether a pattern matches some of the possible log objects. */
const isDeeper = (pattern: string, resource: string) =>
  resource.includes("/") && pattern.startsWith(resource.slice(0, resource.lastIndexOf("/") + 1));

/** Checks a condition. The service uploads by TLS; other conditions are unknown. */
function isMet(condition: Json, isPlain: boolean): Answer {
  if (condition === undefined) return "yes";
  const isTlsCondition = /^\{"Bool":\{"aws:SecureTransport":\[?"?(true|false)"?\]?\}\}$/i.exec(
    JSON.stringify(condition),
  );
  if (!isTlsCondition) return "unknown";
  return (isTlsCondition[1]?.toLowerCase() === "true") !== isPlain ? "yes" : "no";
}
