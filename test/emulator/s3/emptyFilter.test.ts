import { startEmulator } from "../../../emulator";
import { Api, bucketRequest, s3 } from "../../support/api";

/** https://github.com/yandex-cloud/terraform-provider-yandex/issues/623 */
test.each([
  ["no filter", ""],
  ["the prefix of older clients", "<Prefix></Prefix>"],
  ["an empty filter", "<Filter></Filter>"],
  ["a filter with an empty prefix", "<Filter><Prefix></Prefix></Filter>"],
  ["a filter with nothing to be true of", "<Filter><And></And></Filter>"],
])("a lifecycle rule with %s is returned with an empty filter", async (_, filter) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "logs"));
  const rule = `<Rule><ID>a</ID><Status>Enabled</Status>${filter}<Expiration><Days>30</Days></Expiration></Rule>`;
  const body = `<LifecycleConfiguration>${rule}</LifecycleConfiguration>`;
  expect((await s3(emulator, "PUT", "/logs?lifecycle", { body })).status).toBe(200);
  const answer = await (await s3(emulator, "GET", "/logs?lifecycle")).text();
  expect(answer).toMatch(/<Filter><\/Filter>|<Filter\/>/);
  const { lifecycleRules } = await api.callNewest("yandex.cloud.storage.v1.BucketService.Get", {
    name: "logs",
    view: "VIEW_FULL",
  });
  expect(lifecycleRules).toEqual([expect.objectContaining({ id: "a", filter: { prefix: "" } })]);
});
