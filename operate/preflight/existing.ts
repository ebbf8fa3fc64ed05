import type { Bucket } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import { isShutOut } from "../../api/buckets";
import type { Subject } from "../../api/identity";
import { type Check, cannotTell, has, type Look, lacks } from "./check";
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
      lacks(
        about,
        "There is none of that name that may be read. Correct the name, or leave bucketFolderId out to have it made.",
        "pulumi config rm bucketFolderId",
      ),
    ];
  return [has(about), folderFits(bucket, folderIds), keyFits(bucket, keyIds)];
}

function folderFits({ name, folderId }: Bucket, folderIds: readonly string[]): Check {
  const about = `bucket ${name} is in the folder that is named`;
  if (!folderId) return cannotTell(about, "The service does not tell its folder.");
  if (folderIds.includes(folderId)) return has(about);
  return lacks(
    about,
    `It is in folder ${folderId}, and the trail's account is to upload into ${folderIds.join(", ") || "none"}.`,
    `pulumi config set bucketFolderId ${word(folderId)}`,
  );
}

function keyFits({ name, encryption }: Bucket, keyIds: readonly string[]): Check {
  const keyId = encryption?.rules[0]?.kmsMasterKeyId;
  const about = `bucket ${name} and the key of its logs fit together`;
  if (keyId && !keyIds.includes(keyId))
    return lacks(
      about,
      `It is encrypted with key ${keyId}, which the trail's account is to have no role on: the trail could not write.`,
      `pulumi config set --path encryption.key existing && pulumi config set --path encryption.keyId ${word(keyId)}`,
    );
  if (!keyId && keyIds.length > 0)
    return lacks(
      about,
      `It is not encrypted, and key ${keyIds.join(", ")} is named: logs would not be encrypted with it.`,
      `yc storage bucket update --name ${word(name)} --encryption key-id=${word(keyIds[0] ?? "")}`,
    );
  return has(about, keyId ? `It is encrypted with key ${keyId}.` : "It is not encrypted.");
}

/** Whether a key can encrypt, and goes on to. */
export async function keyCheck(about: string, keyId: string, view: CloudView): Promise<Check> {
  const key = await view.key(keyId);
  if (!key)
    return lacks(about, "There is none of that id that may be read: it was never there, or is deleted.");
  if (key.status !== "ACTIVE")
    return lacks(
      about,
      `It is ${key.status}, not ACTIVE.`,
      `yc kms symmetric-key update --id ${word(keyId)} --status active`,
    );
  const version = key.primaryVersion;
  if (!version) return cannotTell(about, "The service does not tell its primary version.");
  if (version.status !== "ACTIVE")
    return lacks(
      about,
      `Its primary version ${version.id} is ${version.status}: what it encrypts will be lost.`,
      `yc kms symmetric-key cancel-version-destruction --id ${word(keyId)} --version-id ${word(version.id)}`,
    );
  return has(about);
}

/** Whether an existing service account is there. */
export async function accountCheck(about: string, accountId: string, view: CloudView): Promise<Check> {
  const account = await view.account(accountId);
  return account
    ? has(about, `Its name is ${account.name}.`)
    : lacks(
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
        `the policy of bucket ${name} lets the deployer in`,
        (about) => policyLetsIn(about, name, view),
      ],
    ),
    ...existingBuckets.flatMap(({ name, uploads }) =>
      uploads.map(
        (upload): Look => [
          `the policy of bucket ${name} lets ${upload.accountId ?? "the trail's new account"} upload`,
          (about) => uploadCheck(about, name, upload, view),
        ],
      ),
    ),
    ...buckets
      .filter(({ administrators }) => administrators)
      .map(
        (bucket): Look => [
          `the policy that bucket ${bucket.name} is to have lets the deployer in`,
          async (about) => policyWillLetIn(about, bucket, view.deployer),
        ],
      ),
  ];
}

async function policyLetsIn(about: string, name: string, view: CloudView): Promise<Check> {
  const bucket = await view.bucket(name);
  if (!bucket) return cannotTell(about, "There is no such bucket.");
  if (!bucket.policy) return has(about, "It has none.");
  if (!(await isShutOut(name, view.cloud))) return has(about);
  return lacks(
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
  if (administrators === "unknown") return cannotTell(about, "Whom it names is not known before the update.");
  if (!subject)
    return cannotTell(
      about,
      `It is not known whose the credentials are. Its administrators are ${administrators.join(", ")}.`,
    );
  if (administrators.includes(subject.id)) return has(about);
  return lacks(
    about,
    `Its administrators are ${administrators.join(", ")}, and ${subject.id} is none of them: it would shut itself out.`,
    `pulumi config set --path 'access.administrators[${administrators.length}]' ${word(subject.id)}`,
  );
}
