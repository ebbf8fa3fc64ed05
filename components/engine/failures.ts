import { grantCommand } from "../places";
import { type FailedResource, failedResources } from "./failedResources";

/** Failed operation on a resource, as the engine reports it to an error hook. */
export interface Failure {
  /** Type token of the resource, such as `yandex:index/storageBucket:StorageBucket`. */
  readonly type: string;
  /** Logical name of the resource. */
  readonly name: string;
  readonly operation: "create" | "update" | "delete";
  /** Inputs of the operation. */
  readonly inputs: Record<string, unknown>;
  /** Provider's error message. Only the code in it is used, since the other words are not documented. */
  readonly error: string;
}

/** Facts from the cloud about a failed operation. */
export interface Circumstances {
  /** Sentences about faults that keep a trail from working. */
  readonly wrong?: readonly string[];
  /** Sentences about conditions that may keep the trail from working. */
  readonly suspect?: readonly string[];
  /** Accounts that a bucket's policy allows every action, if the policy denies access to the deploying account. */
  readonly shutOutBy?: readonly string[];
  /** Existing resource in the same folder with the name of the failed resource; absent if there is none. */
  readonly namesake?: {
    /** Other stack that owns the existing resource; absent if no other stack does. */
    readonly owner?: string;
    /** Command that imports the existing resource into the stack. */
    readonly takeIn: string;
  };
}

type Advice = (subject: FailedResource, failure: Failure, circumstances: Circumstances) => string | undefined;

const valueAt = (inputs: unknown, path: string): unknown =>
  path.split(".").reduce((value, part) => (value as Record<string, unknown> | undefined)?.[part], inputs);

const named = ({ inputs }: Failure, paths: readonly string[]): string =>
  paths.map((path) => `${path.split(".").at(-1)} "${valueAt(inputs, path)}"`).join(" or ");

const list = (sentences: readonly string[]): string =>
  sentences.map((sentence) => `\n  - ${sentence}`).join("");

const permissionDenied: Advice = (subject, failure, { wrong = [], suspect = [], shutOutBy }) => {
  if (shutOutBy) return shutOut(shutOutBy);
  // The check does not see a wider role, a role on a parent, or a role that was granted a moment ago.
  if (wrong.length > 0)
    return (
      `The ${subject.title}'s service account cannot deliver. Found:${list([...wrong, ...suspect])}\n` +
      "AuditTrails grants the role on a bucket's key itself if `encryption` names the key (`key: existing` and `keyId`).\n" +
      "If the account got a wider role a moment ago, that role may take some minutes to work."
    );
  const grants = subject.needs.map(({ role = failure.inputs.role, on, idInput }) => {
    const id = failure.inputs[idInput] ?? `<id of the ${on}>`;
    return (
      `  ${role} on ${on} ${id}:\n` +
      `    ${grantCommand(on, String(id), String(role), "<type>:<id of the deploying account>")}`
    );
  });
  const others = subject.alsoNeeds ? `\n${subject.alsoNeeds}` : "";
  const found = suspect.length > 0 ? `\nOr the cause is:${list(suspect)}` : "";
  return `The deploying account lacks a role. It needs\n${grants.join("\n")}${others}${found}`;
};

const gone = (title: string): string =>
  `The ${title} does not exist any more. Update the state of the stack: pulumi refresh`;

const notFound: Advice = (subject, failure) =>
  failure.operation === "delete"
    ? gone(subject.title)
    : `There is no ${named(failure, subject.refersTo)}, or the deploying account has no permission to see it. Check the id in the stack's configuration.`;

const unauthenticated: Advice = () =>
  "The token is missing, wrong or expired (IAM tokens live for at most 12 hours). Get a new one: export YC_TOKEN=$(yc iam create-token)";

/** Returns the message for a bucket policy that denies access: https://yandex.cloud/en/docs/storage/concepts/policy */
const shutOut = (administrators: readonly string[]): string =>
  `The policy of the bucket denies access to the deploying account, regardless of its roles. It ` +
  `allows everything to these accounts: ${administrators.join(", ") || "none"}. To get access: add the id of the deploying ` +
  "account to `administrators` of `access`, and let one of them run pulumi up. Or let one of them remove the policy from " +
  "the bucket. The vendor's documentation names no other way: if none of them exists, ask the vendor's support.";

/** Advice by the code of the failed call: codes of gRPC and of Object Storage. */
const advice: Readonly<Record<string, Advice>> = {
  PermissionDenied: permissionDenied,
  AccessDenied: permissionDenied,
  Forbidden: permissionDenied,
  NotFound: notFound,
  NoSuchBucket: () => gone("bucket"),
  Unauthenticated: unauthenticated,
  AlreadyExists: (subject) => subject.taken,
  BucketAlreadyExists: (subject) => subject.taken,
  ResourceExhausted: (subject) =>
    `A quota is used up. Check the quotas of the cloud. Ask support to raise the one for this ${subject.title}, or delete unused resources.`,
  BucketNotEmpty: () =>
    "The bucket holds audit logs. Neither the bucket nor any log was deleted. Keep it, or copy the logs to a safe place and empty the bucket by hand.",
};

/**
 * Returns the spellings of a code in a failure's text: `PermissionDenied`, `Permission Denied`, `Permission denied` and
 * `PERMISSION_DENIED`. They differ between releases of the provider and inside one release. Lower-case words are
 * ordinary text.
 */
function spellingsOf(code: string): string[] {
  const [first = "", ...rest] = code.split(/(?=[A-Z])/);
  const words = [first, ...rest];
  return [
    code,
    words.join(" "),
    [first, ...rest.map((word) => word.toLowerCase())].join(" "),
    words.join("_").toUpperCase(),
  ];
}

const codeBySpelling = new Map(
  Object.keys(advice).flatMap((code) => spellingsOf(code).map((spelling) => [spelling, code] as const)),
);
const spellingPattern = new RegExp(`\\b(?:${[...codeBySpelling.keys()].join("|")})\\b`);

/** Pattern of a gRPC error. If it matches, no other word in the text is a code, unless gRPC reports `Unknown`. */
const grpcPattern = /\bcode = (?!Unknown\b)(\w+( [A-Z]\w*)*)/;

/**
 * Explains a failed operation: the missing role, resource or setting, and the next step.
 *
 * @returns undefined if the provider's own message says everything.
 */
export function explainFailure(failure: Failure, circumstances: Circumstances = {}): string | undefined {
  const subject = failedResources[failure.type];
  const code = codeOf(failure.error);
  if (!subject) return undefined;
  const { namesake } = circumstances;
  const isTaken = code !== undefined && takenCodes.includes(code);
  const remedy = isTaken && namesake ? undefined : code && advice[code]?.(subject, failure, circumstances);
  if (!remedy && !namesake) return undefined;
  return [
    `${capitalized(failure.operation)} of the ${subject.title} "${failure.name}" failed${code ? ` (${code})` : ""}.`,
    remedy ? ` ${remedy}` : "",
    namesake
      ? wayOnBeside(namesake, subject)
      : "\nThen run the same command again: it continues with the existing resources.",
  ].join("");
}

const takenCodes = ["AlreadyExists", "BucketAlreadyExists"];

/**
 * Returns advice about an existing resource with the same name. If an operation fails halfway, the provider may forget
 * a resource that it has created.
 */
function wayOnBeside(
  { owner, takeIn }: NonNullable<Circumstances["namesake"]>,
  { title, taken }: FailedResource,
): string {
  const there = `\nThe folder already has a ${title} with that name, which is not in this stack. `;
  if (owner) return `${there}It belongs to ${owner}. ${taken}`;
  return (
    `${there}If a failed update created it, or an earlier stack left it, import it into the stack:\n` +
    `  ${takeIn}\n` +
    `Then run the same command again: it corrects the other settings. If something else uses it, do not import it. ${taken}`
  );
}

/** Checks whether the service denied a request because of a missing role or a policy. */
export const isDenied = (error: string): boolean =>
  ["PermissionDenied", "AccessDenied", "Forbidden"].includes(codeOf(error) ?? "");

const codeOf = (error: string): string | undefined =>
  codeBySpelling.get(grpcPattern.exec(error)?.[1] ?? spellingPattern.exec(error)?.[0] ?? "");

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Function that decides whether to retry a failed operation. It may wait before it answers. */
export type Retry = (failure: Failure, circumstances: Circumstances) => Promise<boolean>;
