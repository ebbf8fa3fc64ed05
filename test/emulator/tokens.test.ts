import { constants, generateKeyPairSync, sign } from "node:crypto";
import { type Emulator, startEmulator } from "../../emulator";
import { Api } from "../support/api";
import { createKey } from "../support/authorizedKey";

const audience = "https://iam.api.cloud.yandex.net/iam/v1/tokens";

/** A request for a token, signed as the vendor asks for. */
function jwtOf(
  { accountId, keyId, privateKey }: Awaited<ReturnType<typeof createKey>>,
  claims: object = {},
  header: object = {},
): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const text = `${encode({ typ: "JWT", alg: "PS256", kid: keyId, ...header })}.${encode({
    iss: accountId,
    aud: audience,
    iat: now,
    exp: now + 3600,
    ...claims,
  })}`;
  const options = {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  return `${text}.${sign("sha256", Buffer.from(text), options).toString("base64url")}`;
}

const exchange = async (emulator: Emulator, credentials: object) => {
  using nobody = new Api(emulator, "");
  return await nobody.call("iamTokens", "create", credentials);
};

/** https://yandex.cloud/en/docs/iam/operations/iam-token/create-for-sa#via-jwt */
describe("with an authorized key", () => {
  test("a service account gets a token of its own that ends within 12 hours", async () => {
    await using emulator = await startEmulator();
    const key = await createKey(emulator);
    const { iamToken, expiresAt } = await exchange(emulator, { jwt: jwtOf(key) });
    expect(emulator.cloud.tokens.verify(iamToken)).toEqual({ type: "serviceAccount", id: key.accountId });
    const hours = (expiresAt.getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11);
    expect(hours).toBeLessThanOrEqual(12);
  });

  test.each<[string, object, object]>([
    ["for another audience", { aud: "https://example.com" }, {}],
    ["of another account", { iss: "ajeother" }, {}],
    ["that has ended", { iat: 1, exp: 3601 }, {}],
    ["for longer than an hour", { exp: Math.floor(Date.now() / 1000) + 7200 }, {}],
    ["with another algorithm", {}, { alg: "RS256" }],
    ["of an unknown key", {}, { kid: "ajeunknown" }],
  ])("a request %s is refused", async (_, claims, header) => {
    await using emulator = await startEmulator();
    const key = await createKey(emulator);
    await expect(exchange(emulator, { jwt: jwtOf(key, claims, header) })).rejects.toThrow("UNAUTHENTICATED");
  });

  test("a request that is signed with another or a deleted key is refused, and so is other text", async () => {
    await using emulator = await startEmulator();
    const key = await createKey(emulator);
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    await expect(exchange(emulator, { jwt: jwtOf({ ...key, privateKey }) })).rejects.toThrow(
      "UNAUTHENTICATED",
    );
    await expect(exchange(emulator, { jwt: "a.b.c" })).rejects.toThrow("UNAUTHENTICATED");
    using api = new Api(emulator);
    await api.call("authorizedKeys", "delete", { keyId: key.keyId });
    await expect(exchange(emulator, { jwt: jwtOf(key) })).rejects.toThrow("UNAUTHENTICATED");
  });

  test("the private half is in no later answer and not in the state", async () => {
    await using emulator = await startEmulator();
    const { keyId, privateKey } = await createKey(emulator);
    using api = new Api(emulator);
    const shown = await api.call("authorizedKeys", "get", { keyId, format: 0 });
    expect(JSON.stringify(shown)).not.toContain("PRIVATE");
    expect(JSON.stringify(emulator.cloud.store.export())).not.toContain(privateKey.split("\n")[1]);
  });
});

test("an OAuth token is exchanged for its user's token, a forged one is not", async () => {
  await using emulator = await startEmulator();
  const { tokens, deployer } = emulator.cloud;
  const oauth = tokens.issueOauth(deployer);
  const { iamToken } = await exchange(emulator, { yandexPassportOauthToken: oauth });
  expect(tokens.verify(iamToken)).toEqual(deployer);
  for (const yandexPassportOauthToken of [`${oauth}x`, iamToken, ""])
    await expect(exchange(emulator, { yandexPassportOauthToken })).rejects.toThrow("UNAUTHENTICATED");
});

test("a token for a service account takes the role for it, and is invalid after a revocation or the account's deletion", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  const serviceAccountId = await api.createServiceAccount("robot");
  const user = { type: "userAccount", id: "user" };
  using users = new Api(emulator, emulator.issueToken(user));
  expect(await users.codeOf("iamTokens", "createForServiceAccount", { serviceAccountId })).toBe(
    "PERMISSION_DENIED",
  );
  cloud.access.add(serviceAccountId, { roleId: "iam.serviceAccounts.tokenCreator", subject: user });
  const { iamToken } = await users.call("iamTokens", "createForServiceAccount", { serviceAccountId });
  const account = await api.call("serviceAccounts", "get", { serviceAccountId });
  expect(account.lastAuthenticatedAt.toISOString()).toBe(cloud.clock.hour());
  expect(cloud.tokens.verify(iamToken).id).toBe(serviceAccountId);
  expect(await api.call("iamTokens", "revoke", { iamToken })).toEqual({ subjectId: serviceAccountId });
  expect(() => cloud.tokens.verify(iamToken)).toThrow("invalid or has expired");

  const later = await api.call("iamTokens", "createForServiceAccount", { serviceAccountId });
  await api.call("serviceAccounts", "delete", { serviceAccountId });
  expect(() => cloud.tokens.verify(later.iamToken)).toThrow("invalid or has expired");
});

/** https://yandex.cloud/en/docs/iam/concepts/access-control/system-group */
test("a role of a group holds for its members, one of a system group for those it names", async () => {
  await using emulator = await startEmulator();
  const { access, groups, folderId, organizationId } = emulator.cloud;
  const [user, federated, account] = ["userAccount", "federatedUser", "serviceAccount"].map((type) => ({
    type,
    id: `some-${type}`,
  })) as [never, never, never];
  const mayRead = () =>
    [user, federated, account].map((one) => access.isAllowed(one, "kms.keys.get", folderId));
  const bind = (id: string, type: string) => {
    const binding = { roleId: "kms.viewer", subject: { id, type } };
    access.add(folderId, binding);
    const allowed = mayRead();
    access.remove(folderId, binding);
    return allowed;
  };
  groups.put("readers", [user, account]);
  expect(bind("readers", "group")).toEqual([true, false, true]);
  expect(bind("others", "group")).toEqual([false, false, false]);
  expect(bind("allAuthenticatedUsers", "system")).toEqual([true, true, true]);
  expect(bind(`group:organization:${organizationId}:users`, "system")).toEqual([true, true, false]);
  expect(mayRead()).toEqual([false, false, false]);
});
