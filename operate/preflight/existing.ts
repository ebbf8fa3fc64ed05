import type { Bucket } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import { isShutOut, readBucketUse } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { failureText } from "../../api/failures";
import type { Subject } from "../../api/identity";
import { otherHolders, otherUploadersText } from "../../components/soleUploads";
import { type Check, ok, type PlannedCheck, problem, runCheck, unknown } from "./check";
import type { CloudView } from "./cloudView";
import type { ExistingBucket, Plan, PlannedBucket } from "./plan";
import { uploadCheck } from "./uploads";
import { word } from "./word";

/** Checks whether an existing bucket exists, and has the folder and the key of the plan. */
export async function bucketChecks(
  about: string,
  { name, folderIds, keyIds }: ExistingBucket,
  view: CloudView,
): Promise<Check[]> {
  const bucket = await view.bucket(name);
  if (!bucket)
    return [
      problem(
        about,
        "It does not exist, or may not be read. Correct the name, or remove bucketFolderId: then pulumi up creates the bucket.",
        "pulumi config rm bucketFolderId",
      ),
    ];
  return [
    ok(about),
    ...(folderIds ? [folderFits(bucket, folderIds)] : []),
    keyFits(bucket, keyIds),
    ...(await runCheck([`room in bucket ${name}`, (of) => roomCheck(of, name, view.cloud)])),
  ];
}

function folderFits({ name, folderId }: Bucket, folderIds: readonly string[]): Check {
  const about = `folder of bucket ${name}`;
  if (!folderId) return unknown(about, "The service does not report it.");
  if (folderIds.includes(folderId)) return ok(about);
  return problem(
    about,
    `It is in folder ${folderId}, but the trail's account gets its upload role on ${folderIds.join(", ") || "none"}.`,
    `pulumi config set bucketFolderId ${word(folderId)}`,
  );
}

/** Checks whether the trails' accounts alone have the upload role on a bucket: the provider would revoke it from others. */
export async function soleUploadCheck(
  about: string,
  { bucketName, accountIds }: Plan["soleUploads"][number],
  view: CloudView,
): Promise<Check> {
  if (!(await view.bucket(bucketName))) return ok(about, "There is no such bucket yet.");
  const { bindings, failure } = await view.level({ type: "storage.bucket", id: bucketName });
  if (!bindings) return unknown(about, `The roles on it cannot be read: ${failureText(failure)}.`);
  const members = accountIds.map((id) => `serviceAccount:${id}`);
  const others = otherHolders(bindings, members);
  return others.length === 0 ? ok(about) : problem(about, otherUploadersText(bucketName, others));
}

function keyFits({ name, encryption }: Bucket, keyIds: readonly string[]): Check {
  const keyId = encryption?.rules[0]?.kmsMasterKeyId;
  const about = `key of bucket ${name}`;
  if (keyId && !keyIds.includes(keyId))
    return problem(
      about,
      `It is encrypted with key ${keyId}, but the trail's account gets no role on that key: the trail could not write.`,
      `pulumi config set --path encryption.key existing && pulumi config set --path encryption.keyId ${word(keyId)}`,
    );
  if (!keyId && keyIds.length > 0)
    return problem(
      about,
      `It is not encrypted, although key ${keyIds.join(", ")} is configured: logs would not be encrypted with it.`,
      `yc storage bucket update --name ${word(name)} --encryption key-id=${word(keyIds[0] ?? "")}`,
    );
  return ok(about, keyId ? `It is encrypted with key ${keyId}.` : "It is not encrypted.");
}

/** Minimum size of a log object, in bytes. A bucket with less room is full. */
const leastRoom = 2 ** 20;

/** Checks whether an existing bucket has room for logs. A trail with a full bucket delivers nothing. */
async function roomCheck(about: string, name: string, cloud: CloudApi): Promise<Check> {
  const { usedBytes, mostBytes } = await readBucketUse(name, cloud);
  if (mostBytes === undefined) return ok(about, "It has no size limit.");
  const state = `It holds ${sizeOf(usedBytes)} of ${sizeOf(mostBytes)} at most, counted up to 20 minutes ago.`;
  if (mostBytes - usedBytes >= leastRoom) return ok(about, state);
  return problem(
    about,
    `It is full: no log can be written. ${state} Raise its size limit, or delete objects that nobody needs.`,
    `yc storage bucket update --name ${word(name)} --max-size ${Math.max(2 * mostBytes, usedBytes + 2 ** 30)}`,
  );
}

const sizeOf = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${bytes} bytes`;

/** Checks whether a key is active and not scheduled for deletion. */
export async function keyCheck(about: string, keyId: string, view: CloudView): Promise<Check> {
  const key = await view.key(keyId);
  if (!key) return problem(about, "It does not exist, is deleted, or may not be read.");
  if (key.status !== "ACTIVE")
    return problem(
      about,
      `It is ${key.status}, not ACTIVE.`,
      `yc kms symmetric-key update --id ${word(keyId)} --status active`,
    );
  const version = key.primaryVersion;
  if (!version) return unknown(about, "The service does not report its primary version.");
  if (version.status !== "ACTIVE")
    return problem(
      about,
      `Its primary version ${version.id} is ${version.status}: data that it encrypts will be lost.`,
      `yc kms symmetric-key cancel-version-destruction --id ${word(keyId)} --version-id ${word(version.id)}`,
    );
  return ok(about);
}

/** Checks whether an existing service account exists. */
export async function accountCheck(about: string, accountId: string, view: CloudView): Promise<Check> {
  const account = await view.account(accountId);
  return account
    ? ok(about, `Its name is ${account.name}.`)
    : problem(
        about,
        "It does not exist, or may not be read. Correct the id, or remove serviceAccountId: then pulumi up creates an account.",
        "pulumi config rm serviceAccountId",
      );
}

/** Returns checks whether existing and planned policies admit the deployer and the trails' accounts. */
export function policyChecks({ buckets, existingBuckets }: Plan, view: CloudView): PlannedCheck[] {
  const there = [...buckets.filter(({ isNew }) => !isNew), ...existingBuckets];
  return [
    ...there.map(
      ({ name }): PlannedCheck => [
        `policy of bucket ${name} for the deployer`,
        (about) => policyLetsIn(about, name, view),
      ],
    ),
    ...existingBuckets.flatMap(({ name, uploads }) =>
      uploads.map(
        (upload): PlannedCheck => [
          `policy of bucket ${name} for uploads of ${upload.accountId ?? "the trail's new account"}`,
          (about) => uploadCheck(about, name, upload, view),
        ],
      ),
    ),
    ...buckets
      .filter(({ administrators }) => administrators)
      .map(
        (bucket): PlannedCheck => [
          `planned policy of bucket ${bucket.name} for the deployer`,
          async (about) => policyWillLetIn(about, bucket, view.deployer),
        ],
      ),
  ];
}

async function policyLetsIn(about: string, name: string, view: CloudView): Promise<Check> {
  const bucket = await view.bucket(name);
  if (!bucket) return unknown(about, "There is no such bucket.");
  if (!bucket.policy) return ok(about, "It has none.");
  if (!(await isShutOut(name, view.cloud))) return ok(about);
  return problem(
    about,
    "It denies requests that the deployer has roles for. An administrator named in the policy must add the deployer.",
    `yc storage bucket get ${word(name)} --full`,
  );
}

function policyWillLetIn(
  about: string,
  { administrators = [] }: PlannedBucket,
  subject: Subject | undefined,
): Check {
  if (administrators === "unknown") return unknown(about, "Its members are not known before the update.");
  if (!subject)
    return unknown(
      about,
      `The owner of the credentials is unknown. The administrators of the policy are ${administrators.join(", ")}.`,
    );
  if (administrators.includes(subject.id)) return ok(about);
  return problem(
    about,
    `Its administrators are ${administrators.join(", ")}. ${subject.id} is not among them, and would lock itself out.`,
    `pulumi config set --path 'access.administrators[${administrators.length}]' ${word(subject.id)}`,
  );
}
