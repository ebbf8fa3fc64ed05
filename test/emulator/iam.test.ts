import { type Emulator, startEmulator } from "../../emulator";
import { Api, bucketRequest, keyRequest, setUpTrail, trailRequest } from "../support/api";

const inFolder = ({ cloud }: Emulator) => keyRequest(cloud.folderId, "key");

test.each([
  ["no token", () => ""],
  ["a token of another cloud", () => "t1.aaa.bbb"],
  ["a token with a changed signature", (emulator: Emulator) => `${emulator.issueToken().slice(0, -2)}xx`],
  ["an expired token", (emulator: Emulator) => emulator.issueToken(undefined, { seconds: -1 })],
])("%s is refused with UNAUTHENTICATED", async (_, tokenOf) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator, tokenOf(emulator));
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("UNAUTHENTICATED");
});

test("a token expires when the clock passes its life", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  emulator.cloud.clock.advance({ hours: 11, minutes: 59 });
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("OK");
  emulator.cloud.clock.advance({ minutes: 2 });
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("UNAUTHENTICATED");
});

/** Roles and their scope: https://yandex.cloud/en/docs/iam/concepts/access-control/roles */
test.each(["organizationId", "cloudId", "folderId"] as const)(
  "a role on the %s covers the resources in it until it is revoked",
  async (scope) => {
    await using emulator = await startEmulator();
    const { cloud } = emulator;
    const subject = { type: "userAccount", id: "somebody" };
    using api = new Api(emulator, emulator.issueToken(subject));
    expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("PERMISSION_DENIED");
    cloud.access.add(cloud[scope], { roleId: "kms.editor", subject });
    expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("OK");
    cloud.access.remove(cloud[scope], { roleId: "kms.editor", subject });
    expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("PERMISSION_DENIED");
  },
);

test("a role of a subject with the same id and another type does not count", async () => {
  await using emulator = await startEmulator();
  const { access, folderId, deployer } = emulator.cloud;
  access.remove(folderId, { roleId: "kms.admin", subject: deployer });
  access.add(folderId, { roleId: "kms.admin", subject: { ...deployer, type: "serviceAccount" } });
  using api = new Api(emulator);
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("PERMISSION_DENIED");
});

/** https://yandex.cloud/en/docs/iam/operations/roles/grant */
test("a user cannot grant a role with permissions that the user lacks", async () => {
  await using emulator = await startEmulator();
  const { access, folderId, organizationId, deployer } = emulator.cloud;
  using api = new Api(emulator);
  const account = await api.createServiceAccount("account");
  access.remove(organizationId, { roleId: "audit-trails.viewer", subject: deployer });
  const grant = api.bind("organizations", organizationId, "audit-trails.viewer", account);
  await expect(grant).rejects.toThrow("Permission denied");
  expect(access.list(organizationId).filter(({ subject }) => subject.id === account)).toEqual([]);
  await api.bind("folders", folderId, "storage.uploader", account);
});

test("decisions follow grants and removals after the propagation delay; listings at once", async () => {
  await using emulator = await startEmulator();
  const { cloud } = emulator;
  cloud.access.propagationDelay = { seconds: 30 };
  using deployer = new Api(emulator);
  const id = await deployer.createServiceAccount("account");
  using api = new Api(emulator, emulator.issueToken({ type: "serviceAccount", id }));
  const roles = () => cloud.access.list(cloud.folderId).filter(({ subject }) => subject.id === id);

  await deployer.bind("folders", cloud.folderId, "kms.admin", id);
  expect(roles()).toHaveLength(1);
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("PERMISSION_DENIED");
  cloud.clock.advance({ seconds: 31 });
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("OK");

  await deployer.bind("folders", cloud.folderId, "kms.admin", id, 2);
  expect(roles()).toEqual([]);
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("OK");
  cloud.clock.advance({ seconds: 31 });
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("PERMISSION_DENIED");
});

test("a binding that is added again before its removal has spread never stops working", async () => {
  await using emulator = await startEmulator();
  const { access, clock, folderId, deployer } = emulator.cloud;
  using api = new Api(emulator);
  access.propagationDelay = { seconds: 30 };
  access.remove(folderId, { roleId: "kms.admin", subject: deployer });
  access.add(folderId, { roleId: "kms.admin", subject: deployer });
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("OK");
  clock.advance({ seconds: 31 });
  expect(await api.codeOf("keys", "create", inFolder(emulator))).toBe("OK");
});

test("a trail takes only an account that its creator may use", async () => {
  await using emulator = await startEmulator();
  const { access, folderId, deployer } = emulator.cloud;
  using api = new Api(emulator);
  const { bucket, accountId } = await setUpTrail(emulator, api);
  access.remove(folderId, { roleId: "iam.serviceAccounts.admin", subject: deployer });
  const another = { ...trailRequest(emulator, bucket, accountId), name: "another" };
  expect(await api.codeOf("trails", "create", another)).toBe("OK");
  access.remove(folderId, { roleId: "iam.serviceAccounts.user", subject: deployer });
  expect(await api.codeOf("trails", "create", { ...another, name: "third" })).toBe("PERMISSION_DENIED");
});

test.each([
  ["accept", "OK"],
  ["already-exists", "ALREADY_EXISTS"],
] as const)("switch existingBinding=%s: adding an existing binding answers %s", async (position, code) => {
  await using emulator = await startEmulator({ switches: { existingBinding: position } });
  using api = new Api(emulator);
  const account = await api.createServiceAccount("account");
  const { folderId } = emulator.cloud;
  await api.bind("folders", folderId, "storage.uploader", account);
  const again = api.bind("folders", folderId, "storage.uploader", account);
  expect(
    await again.then(
      () => "OK",
      ({ details }) => details,
    ),
  ).toMatch(code === "OK" ? "OK" : /exists/);
  expect(emulator.cloud.access.list(folderId).filter(({ subject }) => subject.id === account)).toHaveLength(
    1,
  );
});

test("a service account that a trail works with cannot be deleted", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { accountId: serviceAccountId, trailId } = await setUpTrail(emulator, api);
  expect(await api.codeOf("serviceAccounts", "delete", { serviceAccountId })).toBe("FAILED_PRECONDITION");
  await api.call("trails", "delete", { trailId });
  expect(await api.codeOf("serviceAccounts", "delete", { serviceAccountId })).toBe("OK");
});

test("names and quotas are enforced: a trail per name and folder, three trails per cloud", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { bucket, accountId } = await setUpTrail(emulator, api);
  const request = trailRequest(emulator, bucket, accountId);
  expect(await api.codeOf("trails", "create", request)).toBe("ALREADY_EXISTS");
  expect(await api.codeOf("trails", "create", { ...request, name: "Bad name" })).toBe("INVALID_ARGUMENT");
  expect(await api.codeOf("trails", "create", { ...request, name: "second" })).toBe("OK");
  expect(await api.codeOf("trails", "create", { ...request, name: "third" })).toBe("OK");
  expect(await api.codeOf("trails", "create", { ...request, name: "fourth" })).toBe("RESOURCE_EXHAUSTED");
  expect(await api.codeOf("buckets", "create", bucketRequest(emulator.cloud.folderId, bucket))).toBe(
    "ALREADY_EXISTS",
  );
});

/** Newer messages than those of the Node SDK, whose clients pass them over. */
test("a service account has its status and expiry, and older clients can read it", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const service = "yandex.cloud.iam.v1.ServiceAccountService";
  const expiresAt = "2030-01-01T00:00:00.000Z";
  await api.callNewest(`${service}.Create`, {
    folderId: emulator.cloud.folderId,
    name: "account",
    expiresAt,
  });
  const serviceAccountId = emulator.cloud.serviceAccounts.all()[0]?.id ?? "";
  const get = () => api.callNewest(`${service}.Get`, { serviceAccountId });
  expect(await get()).toMatchObject({ status: "ACTIVE", expiresAt });
  expect(await api.call("serviceAccounts", "get", { serviceAccountId })).toMatchObject({ name: "account" });
  // As newer providers send it, beside what they change.
  const epoch = new Date(0).toISOString();
  const request = { serviceAccountId, description: "changed", expiresAt: epoch };
  await api.callNewest(`${service}.Update`, { ...request, updateMask: { paths: ["description"] } });
  expect(await get()).toMatchObject({ description: "changed", status: "ACTIVE", expiresAt });
  const { serviceAccounts } = await api.callNewest(`${service}.List`, { folderId: emulator.cloud.folderId });
  expect(serviceAccounts).toMatchObject([{ status: "ACTIVE", expiresAt }]);
});
