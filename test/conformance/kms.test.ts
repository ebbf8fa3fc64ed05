import { SymmetricCryptoServiceClient } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_crypto_service";
import {
  SymmetricAlgorithm,
  SymmetricKey,
  SymmetricKey_Status,
  SymmetricKeyVersion,
  SymmetricKeyVersion_Status,
} from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key";
import {
  CancelSymmetricKeyVersionDestructionMetadata,
  CreateSymmetricKeyMetadata,
  CreateSymmetricKeyRequest,
  type DeepPartial,
  DeleteSymmetricKeyMetadata,
  RotateSymmetricKeyMetadata,
  ScheduleSymmetricKeyVersionDestructionMetadata,
  ScheduleSymmetricKeyVersionDestructionRequest,
  SetPrimarySymmetricKeyVersionMetadata,
  SymmetricKeyServiceClient,
  UpdateSymmetricKeyMetadata,
  UpdateSymmetricKeyRequest,
} from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service";
import { useTarget } from "./support/target";

const message = (name: string) => `yandex.cloud.kms.v1.${name}`;
const key = [message("SymmetricKey"), SymmetricKey] as const;
const version = [message("SymmetricKeyVersion"), SymmetricKeyVersion] as const;

const target = useTarget();

const keys = () => target().client(SymmetricKeyServiceClient);
const crypto = () => target().client(SymmetricCryptoServiceClient);

const update = async (request: DeepPartial<UpdateSymmetricKeyRequest>) =>
  target().finished(
    await keys().update(UpdateSymmetricKeyRequest.fromPartial(request)),
    [message("UpdateSymmetricKeyMetadata"), UpdateSymmetricKeyMetadata],
    key,
  );

async function create(fields: object = {}): Promise<SymmetricKey> {
  const request = CreateSymmetricKeyRequest.fromPartial({
    folderId: target().folderId,
    name: target().name("key"),
    ...fields,
  });
  const { metadata, response } = await target().finished(
    await keys().create(request),
    [message("CreateSymmetricKeyMetadata"), CreateSymmetricKeyMetadata],
    key,
  );
  expect(metadata).toEqual({ keyId: response.id, primaryVersionId: response.primaryVersion?.id });
  target().atEnd(async () => {
    await update({
      keyId: response.id,
      deletionProtection: false,
      updateMask: { paths: ["deletion_protection"] },
    });
    await keys().delete({ keyId: response.id });
  });
  return response;
}

async function rotate(keyId: string): Promise<SymmetricKey> {
  const { metadata, response } = await target().finished(
    await keys().rotate({ keyId }),
    [message("RotateSymmetricKeyMetadata"), RotateSymmetricKeyMetadata],
    key,
  );
  expect(metadata).toEqual({ keyId, newPrimaryVersionId: response.primaryVersion?.id });
  return response;
}

/** https://yandex.cloud/en/docs/kms/api-ref/SymmetricKey/create */
test("a key has what it was created with, and one version that is primary", async () => {
  const fields = {
    description: "encrypts logs",
    labels: { team: "security" },
    defaultAlgorithm: SymmetricAlgorithm.AES_256,
    rotationPeriod: { seconds: 365 * 86_400, nanos: 0 },
    deletionProtection: true,
  };
  const created = await create(fields);
  expect(created).toMatchObject({
    ...fields,
    folderId: target().folderId,
    status: SymmetricKey_Status.ACTIVE,
  });
  expect(created.createdAt?.getTime()).toBeGreaterThan(0);
  expect(await keys().get({ keyId: created.id })).toEqual(created);
  const { keyVersions } = await keys().listVersions({ keyId: created.id, pageSize: 0, pageToken: "" });
  expect(keyVersions).toEqual([created.primaryVersion]);
  expect(created.primaryVersion).toMatchObject({
    keyId: created.id,
    status: SymmetricKeyVersion_Status.ACTIVE,
    algorithm: SymmetricAlgorithm.AES_256,
    primary: true,
    hostedByHsm: false,
  });
});

/** https://yandex.cloud/en/docs/kms/api-ref/SymmetricKey/update */
test("an update changes the fields of its mask, and no others", async () => {
  const created = await create({ description: "old", labels: { team: "security" } });
  const request = { keyId: created.id, name: "not-this", description: "new", labels: {} };
  const { response } = await update({ ...request, updateMask: { paths: ["description"] } });
  expect(response).toEqual({ ...created, description: "new" });
  expect(await keys().get({ keyId: created.id })).toEqual(response);
});

test.each([
  ["a name of 101 characters", { name: "k".repeat(101) }],
  ["a description of 1025 characters", { description: "d".repeat(1025) }],
  ["a label with an upper-case key", { labels: { Team: "x" } }],
  ["65 labels", { labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, "x"])) }],
])("%s is refused", async (_, fields) => {
  await expect(create(fields)).rejects.toThrow("INVALID_ARGUMENT");
});

/** https://yandex.cloud/en/docs/kms/operations/key#delete */
test("a protected key is not deleted; without protection it is gone at once", async () => {
  const { id: keyId } = await create({ deletionProtection: true });
  await expect(keys().delete({ keyId })).rejects.toThrow("FAILED_PRECONDITION");
  await update({ keyId, deletionProtection: false, updateMask: { paths: ["deletion_protection"] } });
  const { metadata } = await target().finished(
    await keys().delete({ keyId }),
    [message("DeleteSymmetricKeyMetadata"), DeleteSymmetricKeyMetadata],
    key,
  );
  expect(metadata).toEqual({ keyId });
  await expect(keys().get({ keyId })).rejects.toThrow("NOT_FOUND");
});

/** https://yandex.cloud/en/docs/kms/concepts/version */
test("after a rotation new data is encrypted by the new version, and old data can still be read", async () => {
  const { id: keyId, primaryVersion: first } = await create();
  const plaintext = Buffer.from("log");
  const aadContext = Buffer.alloc(0);
  const old = await crypto().encrypt({ keyId, versionId: "", aadContext, plaintext });
  expect(old.versionId).toBe(first?.id);
  const rotated = await rotate(keyId);
  expect(rotated.rotatedAt?.getTime()).toBeGreaterThan(0);
  expect(rotated.primaryVersion?.id).not.toBe(first?.id);
  const next = await crypto().encrypt({ keyId, versionId: "", aadContext, plaintext });
  expect(next.versionId).toBe(rotated.primaryVersion?.id);
  for (const { ciphertext, versionId } of [old, next])
    expect(await crypto().decrypt({ keyId, aadContext, ciphertext })).toEqual({
      keyId,
      versionId,
      plaintext,
    });

  const { metadata, response } = await target().finished(
    await keys().setPrimaryVersion({ keyId, versionId: old.versionId }),
    [message("SetPrimarySymmetricKeyVersionMetadata"), SetPrimarySymmetricKeyVersionMetadata],
    key,
  );
  expect(metadata).toEqual({ keyId, versionId: old.versionId });
  expect(response.primaryVersion?.id).toBe(old.versionId);
  const { keyVersions } = await keys().listVersions({ keyId, pageSize: 0, pageToken: "" });
  expect(keyVersions.map(({ id, primary }) => ({ id, primary }))).toEqual(
    expect.arrayContaining([
      { id: old.versionId, primary: true },
      { id: next.versionId, primary: false },
    ]),
  );
});

/** https://yandex.cloud/en/docs/kms/operations/version#delete */
test("the destruction of a version can be scheduled and cancelled, but not of the primary one", async () => {
  const { id: keyId, primaryVersion } = await create();
  const versionId = primaryVersion?.id ?? "";
  const request = ScheduleSymmetricKeyVersionDestructionRequest.fromPartial({ keyId, versionId });
  await expect(keys().scheduleVersionDestruction(request)).rejects.toThrow("FAILED_PRECONDITION");
  await rotate(keyId);
  const { metadata, response } = await target().finished(
    await keys().scheduleVersionDestruction(request),
    [
      message("ScheduleSymmetricKeyVersionDestructionMetadata"),
      ScheduleSymmetricKeyVersionDestructionMetadata,
    ],
    version,
  );
  expect(response.status).toBe(SymmetricKeyVersion_Status.SCHEDULED_FOR_DESTRUCTION);
  // Seven days by default.
  const days = ((response.destroyAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6.9);
  expect(days).toBeLessThan(7.1);
  expect(metadata).toEqual({ keyId, versionId, destroyAt: response.destroyAt });

  const cancelled = await target().finished(
    await keys().cancelVersionDestruction({ keyId, versionId }),
    [message("CancelSymmetricKeyVersionDestructionMetadata"), CancelSymmetricKeyVersionDestructionMetadata],
    version,
  );
  expect(cancelled.response).toMatchObject({ id: versionId, status: SymmetricKeyVersion_Status.ACTIVE });
  expect(cancelled.response.destroyAt).toBeUndefined();
  await expect(keys().cancelVersionDestruction({ keyId, versionId })).rejects.toThrow("FAILED_PRECONDITION");
});

/** https://yandex.cloud/en/docs/kms/api-ref/SymmetricCrypto/ */
describe("encryption", () => {
  const plaintext = Buffer.from("secret");
  const aadContext = Buffer.from("context");

  test("what was encrypted with a context needs it again", async () => {
    const { id: keyId } = await create();
    const { ciphertext } = await crypto().encrypt({ keyId, versionId: "", aadContext, plaintext });
    expect(ciphertext.includes(plaintext)).toBe(false);
    expect((await crypto().decrypt({ keyId, aadContext, ciphertext })).plaintext).toEqual(plaintext);
    const other = { keyId, aadContext: Buffer.from("other"), ciphertext };
    await expect(crypto().decrypt(other)).rejects.toThrow("INVALID_ARGUMENT");
  });

  test("a ciphertext can be encrypted again with another key", async () => {
    const [source, { id: keyId }] = await Promise.all([create(), create()]);
    const { ciphertext } = await crypto().encrypt({ keyId: source.id, versionId: "", aadContext, plaintext });
    const taken = await crypto().reEncrypt({
      keyId,
      versionId: "",
      aadContext: Buffer.alloc(0),
      sourceKeyId: source.id,
      sourceAadContext: aadContext,
      ciphertext,
    });
    expect(taken).toMatchObject({ sourceKeyId: source.id, sourceVersionId: source.primaryVersion?.id });
    const opened = { keyId, aadContext: Buffer.alloc(0), ciphertext: taken.ciphertext };
    expect((await crypto().decrypt(opened)).plaintext).toEqual(plaintext);
  });

  test.each([
    [SymmetricAlgorithm.AES_128, 16],
    [SymmetricAlgorithm.AES_256, 32],
  ])("a data key for algorithm %d has %d bytes, and comes encrypted too", async (dataKeySpec, bytes) => {
    const { id: keyId } = await create();
    const request = { keyId, versionId: "", aadContext, dataKeySpec, skipPlaintext: false };
    const made = await crypto().generateDataKey(request);
    expect(made.dataKeyPlaintext).toHaveLength(bytes);
    const opened = await crypto().decrypt({ keyId, aadContext, ciphertext: made.dataKeyCiphertext });
    expect(opened.plaintext).toEqual(made.dataKeyPlaintext);
    const sealedOnly = await crypto().generateDataKey({ ...request, skipPlaintext: true });
    expect(sealedOnly.dataKeyPlaintext).toHaveLength(0);
  });

  test("more than 32 KiB is refused", async () => {
    const { id: keyId } = await create();
    const request = { keyId, versionId: "", aadContext, plaintext: Buffer.alloc(32 * 1024 + 1) };
    await expect(crypto().encrypt(request)).rejects.toThrow("INVALID_ARGUMENT");
  });
});

/** https://yandex.cloud/en/docs/api-design-guide/concepts/standard-methods#list */
test("lists come in pages", async () => {
  const created = await Promise.all([create(), create(), create()]);
  const seen: string[] = [];
  let pageToken = "";
  do {
    const page = await keys().list({ folderId: target().folderId, pageSize: 2, pageToken });
    expect(page.keys.length).toBeLessThanOrEqual(2);
    seen.push(...page.keys.map(({ id }) => id));
    pageToken = page.nextPageToken;
  } while (pageToken);
  expect(seen).toEqual(expect.arrayContaining(created.map(({ id }) => id)));
  expect(new Set(seen).size).toBe(seen.length);
});
