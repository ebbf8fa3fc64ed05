import {
  type QuotaLimit,
  QuotaLimitServiceService,
} from "@yandex-cloud/nodejs-sdk/quotamanager-v1/quota_limit_service";
import { openCloud } from "../../api/connection";
import { type Emulator, startEmulator } from "../../emulator";
import { Api, setUpTrail } from "../support/api";
import { createKey } from "../support/authorizedKey";

afterEach(() => {
  delete process.env.SSL_CERT_FILE;
});

async function quotaOf(emulator: Emulator, quotaId: string): Promise<QuotaLimit> {
  process.env.SSL_CERT_FILE = emulator.caFile;
  const cloud = await openCloud({ endpoint: emulator.endpoint, token: emulator.issueToken() });
  const resource = { id: emulator.cloud.cloudId, type: "resource-manager.cloud" };
  return cloud.call("quota-manager", QuotaLimitServiceService.get, { resource, quotaId });
}

/** https://yandex.cloud/en/docs/quota-manager/security */
test("a user with the viewer's role can read the quotas of a cloud and their use", async () => {
  await using emulator = await startEmulator({ quotas: { trails: 5 } });
  const { access, cloudId, deployer } = emulator.cloud;
  using api = new Api(emulator);
  await setUpTrail(emulator, api);
  await expect(quotaOf(emulator, "audit-trails.trails.count")).rejects.toThrow("PERMISSION_DENIED");
  access.add(cloudId, { roleId: "quota-manager.viewer", subject: deployer });
  expect(await quotaOf(emulator, "audit-trails.trails.count")).toMatchObject({ limit: 5, usage: 1 });
  expect(await quotaOf(emulator, "storage.buckets.count")).toMatchObject({ limit: 25, usage: 1 });
  await expect(quotaOf(emulator, "compute.instances.count")).rejects.toThrow("NOT_FOUND");
});

/** https://yandex.cloud/en/docs/iam/api-ref/grpc/Key/list */
test("a list of keys without an account has the keys of the caller", async () => {
  await using emulator = await startEmulator();
  const { accountId, keyId } = await createKey(emulator);
  using api = new Api(emulator, emulator.issueToken({ type: "serviceAccount", id: accountId }));
  const request = { serviceAccountId: "", format: 0, pageSize: 100, pageToken: "" };
  const { keys } = await api.call("authorizedKeys", "list", request);
  expect(keys).toMatchObject([{ id: keyId, serviceAccountId: accountId }]);
  using other = new Api(emulator);
  expect((await other.call("authorizedKeys", "list", request)).keys).toEqual([]);
});
