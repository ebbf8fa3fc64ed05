import type { Bucket } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import { unlessCloudFails } from "../../api/failures";
import { type Check, ok, problem, unknown } from "./check";
import type { CloudView } from "./cloudView";
import type { Upload } from "./plan";
import { word } from "./word";

/** Answer to a question about a policy. */
type Certainty = "yes" | "no" | "perhaps";

/** Upload request that a policy allows or denies. */
interface Request {
  /** Absent for a new account: no policy can name its id. */
  readonly accountId?: string;
  /** Bucket, `/`, and the prefix of the keys. */
  readonly start: string;
  /** Ids that are certainly not groups. The account may be in any other id. */
  readonly single: ReadonlySet<string>;
}

type Statement = Readonly<Record<string, unknown>>;

/** Checks whether the policy of an existing bucket allows uploads of a trail's account. */
export async function uploadCheck(
  about: string,
  bucketName: string,
  { accountId, prefix }: Upload,
  view: CloudView,
): Promise<Check> {
  const bucket = await view.bucket(bucketName);
  if (!bucket) return unknown(about, "There is no such bucket.");
  if (!bucket.policy || statementsOf(bucket.policy).length === 0) return ok(about, "It has none.");
  const start = `${bucketName}/${prefix && `${prefix}/`}`;
  const single = await singleAmong(namedIn(bucket.policy), view);
  const answer = policyAllows(bucket.policy, { accountId, start, single });
  if (answer === "yes") return ok(about);
  const account = accountId ?? "the new account";
  const command = `yc storage bucket get ${word(bucketName)} --full`;
  if (answer === "perhaps")
    return unknown(
      about,
      `It is unknown whether it allows s3:PutObject on ${start}* to ${account}: a condition, a group, or an unknown part of the policy decides.`,
      command,
    );
  return problem(
    about,
    `It does not allow s3:PutObject on ${start}* to ${account}: the trail could not write. Add a statement that allows it, like ` +
      "trails-upload in the policy of new buckets.",
    command,
  );
}

/** Returns the ids of accounts, which are not groups. */
async function singleAmong(ids: readonly string[], view: CloudView): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    ids.map(async (id) => {
      if (id === view.deployer?.id) return [id];
      const account = await unlessCloudFails(view.account(id), () => undefined);
      return account ? [id] : [];
    }),
  );
  return new Set(found.flat());
}

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

const statementsOf = (policy: NonNullable<Bucket["policy"]>): Statement[] =>
  listOf((policy as Statement).Statement).map(Object);

function namedIn(policy: NonNullable<Bucket["policy"]>): string[] {
  const principals = statementsOf(policy).flatMap(({ Principal, NotPrincipal }) => [Principal, NotPrincipal]);
  const ids = principals.flatMap((one) => listOf(Object(one).CanonicalUser)).map(String);
  return [...new Set(ids)].filter((id) => id !== "*");
}

/**
 * Checks whether a policy allows a request. A statement must allow it, and none may deny it:
 * https://yandex.cloud/en/docs/storage/security/policy
 */
function policyAllows(policy: NonNullable<Bucket["policy"]>, request: Request): Certainty {
  const having = (effect: string) =>
    anyOf(
      statementsOf(policy).map((statement) => {
        if (["Allow", "Deny"].includes(String(statement.Effect)))
          return statement.Effect === effect ? applies(statement, request) : "no";
        return allOf([applies(statement, request), "perhaps"]);
      }),
    );
  return allOf([having("Allow"), not(having("Deny"))]);
}

/** Members of a statement that this program understands. */
const members = [
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

function applies(statement: Statement, request: Request): Certainty {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const isAction = (pattern: string) => matching(pattern, "s3:PutObject", "");
  const isResource = (pattern: string) => matching(pattern, `arn:aws:s3:::${request.start}`, "more");
  return allOf([
    unless(Principal, NotPrincipal, (principal) => isPrincipal(principal, request)),
    unless(Action, NotAction, (list) => anyOf(listOf(list).map(String).map(isAction))),
    unless(Resource, NotResource, (list) => anyOf(listOf(list).map(String).map(isResource))),
    isMet(Condition),
    Object.keys(statement).every((member) => members.includes(member)) ? "yes" : "perhaps",
  ]);
}

/** Checks a member of a statement, or the opposite of its `Not…` member. A statement must have one of the two. */
function unless(member: unknown, contrary: unknown, isIn: (value: unknown) => Certainty): Certainty {
  if (member !== undefined) return contrary === undefined ? isIn(member) : "perhaps";
  return contrary === undefined ? "perhaps" : not(isIn(contrary));
}

function isPrincipal(principal: unknown, { accountId, single }: Request): Certainty {
  if (principal === "*") return "yes";
  const { CanonicalUser, ...others } = Object(principal) as Record<string, unknown>;
  const ids = listOf(CanonicalUser).map(String);
  if (ids.some((id) => id === "*" || id === accountId)) return "yes";
  const mayBeGroup = accountId !== undefined && ids.some((id) => !single.has(id));
  return mayBeGroup || Object.keys(others).length > 0 ? "perhaps" : "no";
}

/** Checks a condition. The service uploads by TLS; whether other conditions hold is unknown. */
function isMet(condition: unknown): Certainty {
  if (condition === undefined) return "yes";
  const [tls, ...others] = Object.entries(Object(condition)).flatMap(([operator, keys]) =>
    Object.entries(Object(keys)).map(([key, value]) => `${operator} ${key} ${value}`.toLowerCase()),
  );
  if (others.length > 0) return "perhaps";
  if (tls === "bool aws:securetransport true") return "yes";
  return tls === "bool aws:securetransport false" ? "no" : "perhaps";
}

/**
 * Checks whether a pattern matches a text with a known beginning. `*` matches any text, `?` any character.
 *
 * @param rest `more` if unknown text follows: the trail's id, dates.
 */
function matching(pattern: string, start: string, rest: "" | "more"): Certainty {
  if (!/[*?]/.test(pattern)) {
    if (rest === "more") return pattern.startsWith(start) ? "perhaps" : "no";
    return pattern === start ? "yes" : pattern.toLowerCase() === start.toLowerCase() ? "perhaps" : "no";
  }
  const [head = ""] = pattern.split(/[*?]/);
  if (pattern === `${head}*` && start.startsWith(head)) return "yes";
  const isApart = !start.toLowerCase().startsWith(head.toLowerCase()) && !(rest && head.startsWith(start));
  return isApart ? "no" : "perhaps";
}

const not = (one: Certainty): Certainty => ({ yes: "no", no: "yes", perhaps: "perhaps" })[one] as Certainty;
const anyOf = (all: readonly Certainty[]): Certainty =>
  all.includes("yes") ? "yes" : all.includes("perhaps") ? "perhaps" : "no";
const allOf = (all: readonly Certainty[]): Certainty => not(anyOf(all.map(not)));
