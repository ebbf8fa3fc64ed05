import type { Emulator } from "../../emulator";
import { Api } from "./api";

/** An authorized key of a new service account. */
export async function createKey(emulator: Emulator, name = "robot") {
  const { cloud } = emulator;
  using api = new Api(emulator);
  const accountId = await api.createServiceAccount(name);
  cloud.access.add(accountId, { roleId: "iam.serviceAccounts.keyAdmin", subject: cloud.deployer });
  const request = { serviceAccountId: accountId, description: "", format: 0, keyAlgorithm: 1 };
  const { key, privateKey } = await api.call("authorizedKeys", "create", request);
  return { accountId, keyId: key.id as string, privateKey: privateKey as string };
}

/** The key as the file that the vendor's CLI writes. */
export const keyFileOf = ({ accountId, keyId, privateKey }: Awaited<ReturnType<typeof createKey>>): string =>
  JSON.stringify({ id: keyId, service_account_id: accountId, private_key: privateKey });
