import { FolderServiceClient } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import { useTarget } from "./support/target";

const target = useTarget();
const add = 1;
const remove = 2;

/** https://yandex.cloud/en/docs/iam/concepts/access-control/#access-bindings */
test("a delta adds one binding and another removes it, and the others stay", async () => {
  const id = await target().serviceAccount("bound");
  const list = async () => {
    const page = { resourceId: target().folderId, pageSize: 1000, pageToken: "" };
    return (await target().client(FolderServiceClient).listAccessBindings(page)).accessBindings;
  };
  const isOurs = ({ subject }: { subject?: { id: string } }) => subject?.id === id;

  const before = await list();
  await target().bind(add, "storage.uploader", id);
  const during = await list();
  expect(during.filter(isOurs)).toEqual([
    { roleId: "storage.uploader", subject: { id, type: "serviceAccount" } },
  ]);
  expect(during.filter((binding) => !isOurs(binding))).toEqual(before);
  await target().bind(remove, "storage.uploader", id);
  expect(await list()).toEqual(before);
});
