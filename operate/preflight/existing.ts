import type { Bucket } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import { isShutOut, readBucketUse } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { failureText } from "../../api/failures";
import type { Subject } from "../../api/identity";
import { otherHolders, otherUploadersText } from "../../components/soleUploads";
import { type Check, type Look, looked, ok, problem, unknown } from "./check";
import type { CloudView } from "./cloudView";
import type { ExistingBucket, Plan, PlannedBucket } from "./plan";
import { uploadCheck } from "./uploads";
import { word } from "./word";

/** Whether an existing bucket is there, and fits the folder and the key that are named with it. */
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
        "There is none of that name that may be read. Correct the name, or leave bucketFolderId out to have it made.",
        "pulumi config rm bucketFolderId",
      ),
    ];
  return [
    ok(about),
    ...(folderIds ? [folderFits(bucket, folderIds)] : []),
    keyFits(bucket, keyIds),
    ...(await looked([`room in bucket ${name}`, (of) => roomCheck(of, name, view.cloud)])),
  ];
}

function folderFits({ name, folderId }: Bucket, folderIds: readonly string[]): Check {
  const about = `folder of bucket ${name}`;
  if (!folderId) return unknown(about, "The service does not say which it is.");
  if (folderIds.includes(folderId)) return ok(about);
  return problem(
    about,
    `It is in folder ${folderId}, and the trail's account is to upload into ${folderIds.join(", ") || "none"}.`,
    `pulumi config set bucketFolderId ${word(folderId)}`,
  );
}

/** Checks whether nobody else has the role to upload on a bucket: the provider would take it from them. */
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
      `It is encrypted with key ${keyId}, which the trail's account is to have no role on: the trail could not write.`,
      `pulumi config set --path encryption.key existing && pulumi config set --path encryption.keyId ${word(keyId)}`,
    );
  if (!keyId && keyIds.length > 0)
    return problem(
      about,
      `It is not encrypted, and key ${keyIds.join(", ")} is named: logs would not be encrypted with it.`,
      `yc storage bucket update --name ${word(name)} --encryption key-id=${word(keyIds[0] ?? "")}`,
    );
  return ok(about, keyId ? `It is encrypted with key ${keyId}.` : "It is not encrypted.");
}

/** Bytes that a log object takes at least: a bucket with less is full. */
const leastRoom = 2 ** 20;

/** Whether an existing bucket has room for logs. A trail whose bucket is full delivers nothing. */
async function roomCheck(about: string, name: string, cloud: CloudApi): Promise<Check> {
  const { usedBytes, mostBytes } = await readBucketUse(name, cloud);
  if (mostBytes === undefined) return ok(about, "It has no size limit.");
  const state = `It holds ${sizeOf(usedBytes)} of ${sizeOf(mostBytes)} at most, as counted up to 20 minutes ago.`;
  if (mostBytes - usedBytes >= leastRoom) return ok(about, state);
  return problem(
    about,
    `It is full: no log can be written. ${state} Raise its size limit, or delete what is not needed.`,
    `yc storage bucket update --name ${word(name)} --max-size ${Math.max(2 * mostBytes, usedBytes + 2 ** 30)}`,
  );
}

const sizeOf = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${bytes} bytes`;

/** Whether a key is active and not scheduled for deletion. */
export async function keyCheck(about: string, keyId: string, view: CloudView): Promise<Check> {
  const key = await view.key(keyId);
  if (!key)
    return problem(about, "There is none of that id that may be read: it was never there, or is deleted.");
  if (key.status !== "ACTIVE")
    return problem(
      about,
      `It is ${key.status}, not ACTIVE.`,
      `yc kms symmetric-key update --id ${word(keyId)} --status active`,
    );
  const version = key.primaryVersion;
  if (!version) return unknown(about, "The service does not say which version is primary.");
  if (version.status !== "ACTIVE")
    return problem(
      about,
      `Its primary version ${version.id} is ${version.status}: what it encrypts will be lost.`,
      `yc kms symmetric-key cancel-version-destruction --id ${word(keyId)} --version-id ${word(version.id)}`,
    );
  return ok(about);
}

/** Whether an existing service account is there. */
export async function accountCheck(about: string, accountId: string, view: CloudView): Promise<Check> {
  const account = await view.account(accountId);
  return account
    ? ok(about, `Its name is ${account.name}.`)
    : problem(
        about,
        "There is none of that id that may be read. Correct the id, or leave serviceAccountId out to have one made.",
        "pulumi config rm serviceAccountId",
      );
}

/** Whether the policies that there are, and those that there are to be, let the deployer and the trails' accounts in. */
export function policyChecks({ buckets, existingBuckets }: Plan, view: CloudView): Look[] {
  const there = [...buckets.filter(({ isNew }) => !isNew), ...existingBuckets];
  return [
    ...there.map(
      ({ name }): Look => [
        `policy of bucket ${name} for the deployer`,
        (about) => policyLetsIn(about, name, view),
      ],
    ),
    ...existingBuckets.flatMap(({ name, uploads }) =>
      uploads.map(
        (upload): Look => [
          `policy of bucket ${name} for uploads of ${upload.accountId ?? "the trail's new account"}`,
          (about) => uploadCheck(about, name, upload, view),
        ],
      ),
    ),
    ...buckets
      .filter(({ administrators }) => administrators)
      .map(
        (bucket): Look => [
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
    "It denies what the deployer has roles for. An administrator whom it names has to add the deployer.",
    `yc storage bucket get ${word(name)} --full`,
  );
}

function policyWillLetIn(
  about: string,
  { administrators = [] }: PlannedBucket,
  subject: Subject | undefined,
): Check {
  if (administrators === "unknown") return unknown(about, "Whom it names is not known before the update.");
  if (!subject)
    return unknown(
      about,
      `It is unknown whose the credentials are. Its administrators are ${administrators.join(", ")}.`,
    );
  if (administrators.includes(subject.id)) return ok(about);
  return problem(
    about,
    `Its administrators are ${administrators.join(", ")}, and ${subject.id} is none of them: it would shut itself out.`,
    `pulumi config set --path 'access.administrators[${administrators.length}]' ${word(subject.id)}`,
  );
}
