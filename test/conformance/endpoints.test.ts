import { ApiEndpointServiceClient } from "@yandex-cloud/nodejs-sdk/endpoint/api_endpoint_service";
import { OperationServiceClient } from "@yandex-cloud/nodejs-sdk/operation/operation_service";
import { Target, useTarget } from "./support/target";

const target = useTarget();
const endpoints = () => target().client(ApiEndpointServiceClient);

/** https://yandex.cloud/en/docs/api-design-guide/concepts/endpoints */
test("the addresses of all services that are used here can be looked up, together or one by one", async () => {
  const { endpoints: all } = await endpoints().list({ pageSize: 100, pageToken: "" });
  const ids = all.map(({ id }) => id);
  expect(ids).toEqual(
    expect.arrayContaining([
      "audittrails",
      "iam",
      "kms",
      "kms-crypto",
      "operation",
      "organization-manager",
      "resource-manager",
      "storage-api",
    ]),
  );
  const kms = all.find(({ id }) => id === "kms");
  expect(await endpoints().get({ apiEndpointId: "kms" })).toEqual(kms);
  expect(kms?.address).toMatch(/^\S+:\d+$/);
  await expect(endpoints().get({ apiEndpointId: "no-such-service" })).rejects.toThrow("NOT_FOUND");
});

test("an operation that never was is not found", async () => {
  const operations = target().client(OperationServiceClient);
  await expect(operations.get({ operationId: "abj00000000000000000" })).rejects.toThrow("NOT_FOUND");
});

/** Nothing real is touched by half a wish. */
test.each([
  [{ CONFORMANCE: "yes", CONFORMANCE_TOKEN: "t1.a.b", CONFORMANCE_FOLDER_ID: "b1g" }],
  [{ CONFORMANCE: "real-cloud-in-a-throwaway-folder" }],
  [{ CONFORMANCE: "real-cloud-in-a-throwaway-folder", CONFORMANCE_TOKEN: "t1.a.b" }],
])("%j does not open the real cloud", async (environment) => {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  await expect(Target.open()).rejects.toThrow("Set CONFORMANCE to real-cloud-in-a-throwaway-folder");
  process.env = before;
});
