import { PutBucketEncryptionCommand, S3Client } from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Emulator } from "../../emulator";
import { Api } from "./api";

/** A static access key of a new service account with these roles on the folder. */
export async function createAccessKey(
  emulator: Emulator,
  roles: readonly string[] = ["storage.admin"],
  name = "s3-user",
): Promise<{ accountId: string; accessKeyId: string; secretAccessKey: string }> {
  const { cloud } = emulator;
  using api = new Api(emulator);
  const accountId = await api.createServiceAccount(name);
  const subject = { type: "serviceAccount", id: accountId };
  for (const roleId of roles) cloud.access.add(cloud.folderId, { roleId, subject });
  const { accessKey, secret } = await api.call("accessKeys", "create", {
    serviceAccountId: accountId,
    description: "",
  });
  return { accountId, accessKeyId: accessKey.keyId, secretAccessKey: secret };
}

/** The official client of S3, path-style, which signs with a static access key. */
export async function s3Client(
  emulator: Emulator,
  roles?: readonly string[],
  name?: string,
): Promise<S3Client> {
  return new S3Client({
    endpoint: emulator.storageProxy,
    region: "ru-central1",
    forcePathStyle: true,
    maxAttempts: 1,
    systemClockOffset: emulator.cloud.clock.ahead,
    credentials: await createAccessKey(emulator, roles, name),
  });
}

/** Lets a bucket encrypt with a KMS key what is put into it from now on. */
export async function encryptBucket(s3: S3Client, Bucket: string, KMSMasterKeyID: string): Promise<void> {
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID } as const };
  const ServerSideEncryptionConfiguration = { Rules: [rule] };
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
}

/** The code with which S3 refuses a request; fails if it is accepted. */
export async function codeOf(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => {
      throw new Error("accepted");
    },
    (error: Error) => error.name,
  );
}

/** Returns an address with which anybody can get an object for a minute. */
export async function presigned(
  emulator: Emulator,
  credentials: { accessKeyId: string; secretAccessKey: string },
  path: string,
): Promise<string> {
  const { host } = new URL(emulator.storageProxy);
  const { config } = new S3Client({ region: "ru-central1", credentials });
  const signer = new SignatureV4({
    service: "s3",
    region: "ru-central1",
    credentials,
    uriEscapePath: false,
    sha256: config.sha256,
  });
  const headers = { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const { query = {} } = await signer.presign(
    { method: "GET", protocol: "http:", hostname: host, path, headers, query: {} },
    {
      expiresIn: 60,
      unsignableHeaders: new Set(["x-amz-content-sha256"]),
      unhoistableHeaders: new Set(["x-amz-content-sha256"]),
    },
  );
  return `${emulator.storageProxy}${path}?${new URLSearchParams(query as Record<string, string>)}`;
}
