import { type Emulator, startEmulator } from "../../emulator";
import { Api, bucketRequest, s3, setUpTrail } from "../support/api";

const day = 24;
const encrypt = async (
  api: Api,
  keyId: string,
  text = "log",
): Promise<{ versionId: string; ciphertext: Buffer }> =>
  api.call("crypto", "encrypt", {
    keyId,
    versionId: "",
    aadContext: Buffer.alloc(0),
    plaintext: Buffer.from(text),
  });
const decrypt = (api: Api, keyId: string, ciphertext: Buffer) =>
  api.codeOf("crypto", "decrypt", { keyId, aadContext: Buffer.alloc(0), ciphertext });
const versionsOf = async (api: Api, keyId: string) =>
  (await api.call("keys", "listVersions", { keyId, pageSize: 0, pageToken: "" })).keyVersions;
const update = (api: Api, keyId: string, fields: object, ...paths: string[]) =>
  api.call("keys", "update", {
    keyId,
    name: "",
    description: "",
    labels: {},
    status: 0,
    defaultAlgorithm: 0,
    deletionProtection: false,
    ...fields,
    updateMask: { paths },
  });

/** https://yandex.cloud/en/docs/kms/concepts/key#rotation */
test("a key with a rotation period gets a new primary version after each period", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator, emulator.issueToken(undefined, { hours: 100 * day }));
  const keyId = await api.createKey("key");
  await update(api, keyId, { rotationPeriod: { seconds: 30 * 86_400, nanos: 0 } }, "rotation_period");
  const [first] = await versionsOf(api, keyId);
  emulator.cloud.clock.advance({ hours: 29 * day });
  expect(await versionsOf(api, keyId)).toHaveLength(1);
  emulator.cloud.clock.advance({ hours: 2 * day });
  const versions = await versionsOf(api, keyId);
  expect(versions).toHaveLength(2);
  expect(versions.map(({ primary }: { primary: boolean }) => primary)).toEqual([true, false]);
  expect(versions[1].id).toBe(first.id);
  expect((await api.call("keys", "get", { keyId })).rotatedAt).toBeInstanceOf(Date);
});

test("a key that is inactive is not rotated by the clock", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator, emulator.issueToken(undefined, { hours: 100 * day }));
  const keyId = await api.createKey("key");
  const rotationPeriod = { seconds: 86_400, nanos: 0 };
  await update(api, keyId, { rotationPeriod, status: 3 }, "rotation_period", "status");
  emulator.cloud.clock.advance({ hours: 3 * day });
  expect(await versionsOf(api, keyId)).toHaveLength(1);
});

/** https://yandex.cloud/en/docs/kms/concepts/version */
test("objects stay readable after rotations, until their version is destroyed", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator, emulator.issueToken(undefined, { hours: 100 * day }));
  const { bucket, keyId } = await setUpTrail(emulator, api);
  await s3(emulator, "PUT", `/${bucket}/old`, { body: "old" });
  const [first] = await versionsOf(api, keyId);
  await api.call("keys", "rotate", { keyId });
  await s3(emulator, "PUT", `/${bucket}/new`, { body: "new" });
  const read = async (key: string) => (await s3(emulator, "GET", `/${bucket}/${key}`)).text();
  expect([await read("old"), await read("new")]).toEqual(["old", "new"]);

  const { ciphertext } = await encrypt(api, keyId);
  const pendingPeriod = { seconds: 2 * 86_400, nanos: 0 };
  await api.call("keys", "scheduleVersionDestruction", { keyId, versionId: first.id, pendingPeriod });
  expect((await s3(emulator, "GET", `/${bucket}/old`)).status).toBe(409);
  emulator.cloud.clock.advance({ hours: 2 * day });
  const [, destroyed] = await versionsOf(api, keyId);
  expect(destroyed).toMatchObject({ id: first.id, status: 3 });
  expect(destroyed.destroyAt).toBeUndefined();
  const late = { keyId, versionId: first.id };
  expect(await api.codeOf("keys", "cancelVersionDestruction", late)).toBe("FAILED_PRECONDITION");
  expect(await read("new")).toBe("new");
  expect(await decrypt(api, keyId, ciphertext)).toBe("OK");
  expect(emulator.cloud.store.export().tables.keyMaterial).not.toHaveProperty(first.id);
});

/** https://yandex.cloud/en/docs/kms/api-ref/SymmetricKey/delete */
test("the material of a deleted key is deleted after 72 hours", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  await api.call("keys", "delete", { keyId });
  const rows = () => {
    const { keyMaterial = {}, keyVersions = {} } = emulator.cloud.store.export().tables;
    return [Object.keys(keyMaterial).length, Object.keys(keyVersions).length];
  };
  expect(rows()).toEqual([1, 1]);
  emulator.cloud.clock.advance({ hours: 73 });
  expect(rows()).toEqual([0, 0]);
});

test("an inactive key encrypts nothing, and an invalid ciphertext is refused", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  const { ciphertext } = await encrypt(api, keyId);
  expect(await decrypt(api, keyId, Buffer.from("garbage"))).not.toBe("OK");
  const changed = Buffer.from(ciphertext);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(await decrypt(api, keyId, changed)).toBe("INVALID_ARGUMENT");
  await update(api, keyId, { status: 3 }, "status");
  expect(await decrypt(api, keyId, ciphertext)).toBe("FAILED_PRECONDITION");
});

/** https://yandex.cloud/en/docs/kms/security/#service-roles */
test.each([
  ["kms.keys.encrypter", { encrypt: "OK", decrypt: "PERMISSION_DENIED" }],
  ["kms.keys.decrypter", { encrypt: "PERMISSION_DENIED", decrypt: "OK" }],
  ["kms.viewer", { encrypt: "PERMISSION_DENIED", decrypt: "PERMISSION_DENIED" }],
])("with %s on a key an account can %j", async (role, expected) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  const { ciphertext } = await encrypt(api, keyId);
  const id = await api.createServiceAccount("account");
  await api.bind("keys", keyId, role, id);
  using account = new Api(emulator, emulator.issueToken({ type: "serviceAccount", id }));
  const plain = { keyId, versionId: "", aadContext: Buffer.alloc(0), plaintext: Buffer.from("x") };
  expect({
    encrypt: await account.codeOf("crypto", "encrypt", plain),
    decrypt: await decrypt(account, keyId, ciphertext),
  }).toEqual(expected);
});

test("encrypting a ciphertext again takes the roles on both keys", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const [keyId, sourceKeyId] = [await api.createKey("key"), await api.createKey("source")];
  const { ciphertext } = await encrypt(api, sourceKeyId);
  const id = await api.createServiceAccount("account");
  await api.bind("keys", keyId, "kms.keys.encrypterDecrypter", id);
  await api.bind("keys", sourceKeyId, "kms.keys.encrypter", id);
  using account = new Api(emulator, emulator.issueToken({ type: "serviceAccount", id }));
  const none = Buffer.alloc(0);
  const request = { keyId, versionId: "", aadContext: none, sourceKeyId, sourceAadContext: none, ciphertext };
  expect(await account.codeOf("crypto", "reEncrypt", request)).toBe("PERMISSION_DENIED");
  await api.bind("keys", sourceKeyId, "kms.keys.decrypter", id);
  expect(await account.codeOf("crypto", "reEncrypt", request)).toBe("OK");
});

/** https://yandex.cloud/en/docs/kms/concepts/consistency */
describe("if changes take three hours (keyChanges: after-3-hours)", () => {
  const start = async (): Promise<Emulator> => startEmulator({ switches: { keyChanges: "after-3-hours" } });

  test("a deactivated key works until then, and an activated one works at once", async () => {
    await using emulator = await start();
    using api = new Api(emulator);
    const keyId = await api.createKey("key");
    await update(api, keyId, { status: 3 }, "status");
    await update(api, keyId, { description: "meanwhile" }, "description");
    expect((await api.call("keys", "get", { keyId })).status).toBe(3);
    const { ciphertext } = await encrypt(api, keyId);
    emulator.cloud.clock.advance({ hours: 3 });
    expect(await decrypt(api, keyId, ciphertext)).toBe("FAILED_PRECONDITION");
    await update(api, keyId, { status: 2 }, "status");
    expect(await decrypt(api, keyId, ciphertext)).toBe("OK");
  });

  test("a key that is rotated while it is inactive can be used at once when it is active again", async () => {
    await using emulator = await start();
    using api = new Api(emulator);
    const keyId = await api.createKey("key");
    const [first] = await versionsOf(api, keyId);
    await update(api, keyId, { status: 3 }, "status");
    emulator.cloud.clock.advance({ hours: 3 });
    await api.call("keys", "rotate", { keyId });
    await update(api, keyId, { status: 2 }, "status");
    expect((await encrypt(api, keyId)).versionId).toBe(first.id);
    emulator.cloud.clock.advance({ hours: 3 });
    expect((await encrypt(api, keyId)).versionId).not.toBe(first.id);
  });

  test("until then the old version encrypts, and a version scheduled for destruction decrypts", async () => {
    await using emulator = await start();
    using api = new Api(emulator);
    const keyId = await api.createKey("key");
    const [first] = await versionsOf(api, keyId);
    await api.call("keys", "rotate", { keyId });
    const old = await encrypt(api, keyId);
    expect(old.versionId).toBe(first.id);
    await api.call("keys", "scheduleVersionDestruction", { keyId, versionId: first.id });
    expect(await decrypt(api, keyId, old.ciphertext)).toBe("OK");
    emulator.cloud.clock.advance({ hours: 3 });
    expect((await encrypt(api, keyId)).versionId).not.toBe(first.id);
    expect(await decrypt(api, keyId, old.ciphertext)).toBe("FAILED_PRECONDITION");
  });
});

/** https://yandex.cloud/en/docs/kms/security/#service-roles: an editor rotates, an administrator chooses and destroys */
test.each([
  ["kms.editor", ["OK", "PERMISSION_DENIED", "PERMISSION_DENIED"]],
  ["kms.admin", ["OK", "OK", "OK"]],
])("rights of %s on the versions of a key", async (role, expected) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  const [{ id: versionId }] = await versionsOf(api, keyId);
  const id = await api.createServiceAccount("account");
  await api.bind("keys", keyId, role, id);
  using account = new Api(emulator, emulator.issueToken({ type: "serviceAccount", id }));
  const rotated = await account.codeOf("keys", "rotate", { keyId });
  const [newest] = await versionsOf(api, keyId);
  const destroyed = await account.codeOf("keys", "scheduleVersionDestruction", { keyId, versionId });
  const chosen = await account.codeOf("keys", "setPrimaryVersion", { keyId, versionId: newest.id });
  expect([rotated, destroyed, chosen]).toEqual(expected);
});

test("a key from a state without versions keeps its one version", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  const [version] = await versionsOf(api, keyId);
  const { keyVersions: _, ...tables } = emulator.cloud.store.export().tables;
  await using later = await startEmulator({ state: { ...emulator.cloud.store.export(), tables } });
  using laterApi = new Api(later);
  expect(await versionsOf(laterApi, keyId)).toEqual([version]);
  expect((await encrypt(laterApi, keyId)).versionId).toBe(version.id);
  await laterApi.call("buckets", "create", bucketRequest(later.cloud.folderId, "other"));
});
