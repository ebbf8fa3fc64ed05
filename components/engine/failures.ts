import { grantCommands } from "../places";
import { trailRoles } from "../roles";

/** A failed operation on a resource, as the engine reports it to an error hook. */
export interface Failure {
  /** Type token of the resource, such as `yandex:index/storageBucket:StorageBucket`. */
  readonly type: string;
  /** Logical name of the resource. */
  readonly name: string;
  readonly operation: "create" | "update" | "delete";
  /** Inputs of the operation. */
  readonly inputs: Record<string, unknown>;
  /** The provider's text. Only the code in it is used: the words around it are not documented. */
  readonly error: string;
}

/** What the cloud says about a failed operation, beside the provider's words. */
export interface Circumstances {
  /** What keeps a trail from working, in sentences. */
  readonly wrong?: readonly string[];
  /** What may keep it from working. */
  readonly suspect?: readonly string[];
  /** Those who may do everything by a bucket's policy, where it shuts the deploying account out. */
  readonly shutOutBy?: readonly string[];
  /** The resource of the failed one's name, where there is one in its folder. */
  readonly namesake?: {
    /** The other stack that it belongs to. */
    readonly owner?: string;
    /** The command that takes it into the stack. */
    readonly takeIn: string;
  };
}

/** A role that the deploying account needs, and the resource on which it is granted. */
interface NeededRole {
  /** @default the role that the failed operation was to grant: nobody may grant a role whose permissions they lack */
  readonly role?: string;
  readonly on: keyof typeof grantCommands;
  /** The input that holds the id of that resource, if the failed one has such an input. */
  readonly idInput: string;
}

interface Subject {
  /** What people call the resource. */
  readonly title: string;
  readonly needs: readonly NeededRole[];
  /** Inputs, as paths, that name something which must exist already. */
  readonly refersTo: readonly string[];
  /** Whose missing roles may also be the reason of a denial. */
  readonly alsoNeeds?: string;
  /** What to do where the name is taken. */
  readonly taken?: string;
}

/** Roles as listed at https://yandex.cloud/en/docs/iam/roles-reference. */
const subjects: Readonly<Record<string, Subject>> = {
  "yandex:index/kmsSymmetricKey:KmsSymmetricKey": {
    title: "KMS key",
    needs: [{ role: "kms.admin", on: "folder", idInput: "folderId" }],
    refersTo: ["folderId"],
  },
  "yandex:index/storageBucket:StorageBucket": {
    title: "bucket",
    needs: [{ role: "storage.admin", on: "folder", idInput: "folderId" }],
    refersTo: ["folderId"],
    taken:
      "Bucket names are unique in the whole service, not only in your cloud: choose another `bucketName`.",
  },
  "yandex:index/storageBucketPolicy:StorageBucketPolicy": {
    title: "bucket policy",
    needs: [{ role: "storage.admin", on: "folder", idInput: "folderId" }],
    refersTo: ["bucket"],
    alsoNeeds:
      "Or a policy that is on the bucket already shuts the account out: it must be among the administrators of `access`.",
  },
  "yandex:index/iamServiceAccount:IamServiceAccount": {
    title: "service account",
    needs: [
      { role: "iam.serviceAccounts.admin", on: "folder", idInput: "folderId" },
      // The provider looks up the folder's cloud first.
      { role: "resource-manager.viewer", on: "folder", idInput: "folderId" },
    ],
    refersTo: ["folderId"],
    taken:
      "Names of service accounts are unique in a cloud: choose another `serviceAccountName`, such as by: pulumi config set " +
      "serviceAccountName <another name>",
  },
  "yandex:index/organizationmanagerOrganizationIamMember:OrganizationmanagerOrganizationIamMember": {
    title: "access binding of the organization",
    needs: [
      { role: "organization-manager.admin", on: "organization", idInput: "organizationId" },
      { on: "organization", idInput: "organizationId" },
    ],
    refersTo: ["organizationId"],
  },
  "yandex:index/resourcemanagerCloudIamMember:ResourcemanagerCloudIamMember": {
    title: "access binding of the cloud",
    needs: [
      { role: "resource-manager.admin", on: "cloud", idInput: "cloudId" },
      { on: "cloud", idInput: "cloudId" },
    ],
    refersTo: ["cloudId"],
  },
  "yandex:index/resourcemanagerFolderIamMember:ResourcemanagerFolderIamMember": {
    title: "access binding of the folder",
    needs: [
      { role: "resource-manager.admin", on: "folder", idInput: "folderId" },
      { on: "folder", idInput: "folderId" },
    ],
    refersTo: ["folderId"],
  },
  "yandex:index/kmsSymmetricKeyIamMember:KmsSymmetricKeyIamMember": {
    title: "access binding of the KMS key",
    needs: [{ role: "kms.admin", on: "key", idInput: "symmetricKeyId" }],
    refersTo: ["symmetricKeyId"],
  },
  "yandex:index/auditTrailsTrail:AuditTrailsTrail": {
    title: "trail",
    needs: [
      { role: "audit-trails.editor", on: "folder", idInput: "folderId" },
      { role: "iam.serviceAccounts.user", on: "service account", idInput: "serviceAccountId" },
    ],
    refersTo: ["folderId", "serviceAccountId", "storageDestination.bucketName"],
    alsoNeeds:
      `Or the trail's own service account lacks one of its roles: ${trailRoles.scope} on its scopes, ${trailRoles.bucket} ` +
      `on the bucket's folder, and ${trailRoles.key} on the key if the bucket is encrypted. Roles that were ` +
      "granted just now may take some minutes to work.",
    taken:
      "Names of trails are unique in a folder: choose another `name`, such as by: pulumi config set --path " +
      "trails.<key of the trail>.name <another name>",
  },
};

type Advice = (subject: Subject, failure: Failure, circumstances: Circumstances) => string | undefined;

const valueAt = (inputs: unknown, path: string): unknown =>
  path.split(".").reduce((value, part) => (value as Record<string, unknown> | undefined)?.[part], inputs);

const named = ({ inputs }: Failure, paths: readonly string[]): string =>
  paths.map((path) => `${path.split(".").at(-1)} "${valueAt(inputs, path)}"`).join(" or ");

const list = (sentences: readonly string[]): string =>
  sentences.map((sentence) => `\n  - ${sentence}`).join("");

const permissionDenied: Advice = (subject, failure, { wrong = [], suspect = [], shutOutBy }) => {
  if (shutOutBy) return shutOut(shutOutBy);
  // A wider role, or one on what contains the resource, is not looked for, and may have been granted just now.
  if (wrong.length > 0)
    return (
      `The ${subject.title}'s service account cannot deliver. Found:${list([...wrong, ...suspect])}\n` +
      "AuditTrails grants the role on a bucket's key itself where `encryption` names the key (`key: existing` and `keyId`).\n" +
      "If the account was given a wider role instead a moment ago, it may take some minutes to work."
    );
  const grants = subject.needs.map(({ role = failure.inputs.role, on, idInput }) => {
    const id = failure.inputs[idInput] ?? `<id of the ${on}>`;
    return (
      `  ${role} on ${on} ${id}:\n` +
      `    ${grantCommands[on]} --id ${id} --role ${role} --subject <type>:<id of the deploying account>`
    );
  });
  const others = subject.alsoNeeds ? `\n${subject.alsoNeeds}` : "";
  const found = suspect.length > 0 ? `\nOr it is this:${list(suspect)}` : "";
  return `The deploying account lacks a role. It needs\n${grants.join("\n")}${others}${found}`;
};

const gone = (title: string): string =>
  `The ${title} is not there any more. Have the stack take note of it: pulumi refresh`;

const notFound: Advice = (subject, failure) =>
  failure.operation === "delete"
    ? gone(subject.title)
    : `There is no ${named(failure, subject.refersTo)}, or the deploying account may not see it. Check the id in the stack's configuration.`;

const unauthenticated: Advice = () =>
  "The token is missing, wrong or expired (IAM tokens live for at most 12 hours). Get a new one: export YC_TOKEN=$(yc iam create-token)";

/** What the vendor says of a policy: https://yandex.cloud/en/docs/storage/concepts/policy */
const shutOut = (administrators: readonly string[]): string =>
  `The deploying account is shut out by the policy of the bucket: it denies what it does not allow, whatever the roles. It ` +
  `lets these accounts do everything: ${administrators.join(", ") || "none"}. The way back: add the id of the deploying ` +
  "account to `administrators` of `access`, and have one of them run pulumi up. Or have one of them take the policy off " +
  "the bucket. The vendor's documentation names no other way: where none of them is left, ask its support.";

/** What to do, by the code of the failed call: gRPC codes, and the codes of Object Storage. */
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
    `A quota is used up. See the limits of the cloud, have the one for this ${subject.title} raised, or remove what is not needed.`,
  BucketNotEmpty: () =>
    "The bucket holds audit logs. It was not deleted, and no log was. Keep it, or move the logs to where they are safe and empty it by hand.",
};

/**
 * How a code is spelled in a failure's text: `PermissionDenied`, `Permission Denied`, `Permission denied` or
 * `PERMISSION_DENIED`. Releases of the provider differ, and so do their parts. Small letters alone are ordinary words.
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

/** What gRPC prints. No other word in the text is a code then, unless gRPC itself does not know one. */
const grpcPattern = /\bcode = (?!Unknown\b)(\w+( [A-Z]\w*)*)/;

/**
 * Says in plain words what a failed operation lacked and where to put it right.
 *
 * @returns the explanation, or nothing where the provider's own message says all there is.
 */
export function explainFailure(failure: Failure, circumstances: Circumstances = {}): string | undefined {
  const subject = subjects[failure.type];
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
      : "\nThen run the same command again: it continues from what is already there.",
  ].join("");
}

const takenCodes = ["AlreadyExists", "BucketAlreadyExists"];

/** Who creates in several steps and fails in a later one leaves a resource that the provider forgets. */
function wayOnBeside(
  { owner, takeIn }: NonNullable<Circumstances["namesake"]>,
  { title, taken }: Subject,
): string {
  const there = `\nThere is a ${title} of that name in the folder, which this stack does not know. `;
  if (owner) return `${there}It belongs to ${owner}. ${taken}`;
  return (
    `${there}If an update made it and failed half way, or it is left from an earlier stack, take it into the stack:\n` +
    `  ${takeIn}\n` +
    `Then run the same command again: it puts the rest of its settings right. If something else uses it, leave it alone. ${taken}`
  );
}

/** Whether the service refused something for want of a role, or by a policy. */
export const isDenied = (error: string): boolean =>
  ["PermissionDenied", "AccessDenied", "Forbidden"].includes(codeOf(error) ?? "");

const codeOf = (error: string): string | undefined =>
  codeBySpelling.get(grpcPattern.exec(error)?.[1] ?? spellingPattern.exec(error)?.[0] ?? "");

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Whether a failed operation is to be tried again; it may take its time to say so. */
export type Retry = (failure: Failure, circumstances: Circumstances) => Promise<boolean>;
