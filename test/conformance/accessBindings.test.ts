import { ServiceAccount } from "@yandex-cloud/nodejs-sdk/iam-v1/service_account";
import {
  CreateServiceAccountMetadata,
  CreateServiceAccountRequest,
  ServiceAccountServiceClient,
} from "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service";
import { FolderServiceClient } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import { any, Target } from "./support/target";

let target: Target;
beforeAll(async () => {
  target = await Target.open();
});
afterAll(() => target[Symbol.asyncDispose]());

const add = 1;
const remove = 2;

/** https://yandex.cloud/en/docs/iam/concepts/access-control/#access-bindings */
test("a delta adds one binding and another removes it, and the others stay", async () => {
  const accounts = target.client(ServiceAccountServiceClient);
  const { response: account } = await target.finished(
    await accounts.create(
      CreateServiceAccountRequest.fromPartial({ folderId: target.folderId, name: target.name("bound") }),
    ),
    ["yandex.cloud.iam.v1.CreateServiceAccountMetadata", CreateServiceAccountMetadata],
    ["yandex.cloud.iam.v1.ServiceAccount", ServiceAccount],
  );
  target.atEnd(() => accounts.delete({ serviceAccountId: account.id }));

  const folders = target.client(FolderServiceClient);
  const resourceId = target.folderId;
  const list = async () =>
    (await folders.listAccessBindings({ resourceId, pageSize: 1000, pageToken: "" })).accessBindings;
  const change = async (action: number) => {
    const accessBinding = {
      roleId: "storage.uploader",
      subject: { id: account.id, type: "serviceAccount" },
    };
    const operation = await folders.updateAccessBindings({
      resourceId,
      accessBindingDeltas: [{ action, accessBinding }],
    });
    await target.finished(operation, any("yandex.cloud.access.UpdateAccessBindingsMetadata"), any());
  };
  const isOurs = ({ subject }: { subject?: { id: string } }) => subject?.id === account.id;

  const before = await list();
  await change(add);
  const during = await list();
  expect(during.filter(isOurs)).toEqual([
    { roleId: "storage.uploader", subject: { id: account.id, type: "serviceAccount" } },
  ]);
  expect(during.filter((binding) => !isOurs(binding))).toEqual(before);
  await change(remove);
  expect(await list()).toEqual(before);
});
