import { OperationServiceClient } from "@yandex-cloud/nodejs-sdk/operation/operation_service";
import { OrganizationServiceClient } from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization_service";
import { CloudServiceClient } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service";
import { Folder, Folder_Status } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder";
import {
  CreateFolderMetadata,
  CreateFolderRequest,
  DeleteFolderMetadata,
  FolderServiceClient,
  UpdateFolderMetadata,
  UpdateFolderRequest,
} from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import { empty, useTarget } from "./support/target";

const message = (name: string) => `yandex.cloud.resourcemanager.v1.${name}`;
const folder = [message("Folder"), Folder] as const;

const target = useTarget();

const folders = () => target().client(FolderServiceClient);

async function create(fields: object = {}): Promise<Folder> {
  const request = { cloudId: await target().cloudId(), name: target().name("folder"), ...fields };
  const { metadata, response } = await target().finished(
    await folders().create(CreateFolderRequest.fromPartial(request)),
    [message("CreateFolderMetadata"), CreateFolderMetadata],
    folder,
  );
  expect(metadata).toEqual({ folderId: response.id });
  target().atEnd(() => folders().delete({ folderId: response.id, deleteAfter: new Date(0) }));
  return response;
}

test("a folder is in a cloud, and the cloud in an organization", async () => {
  const found = await folders().get({ folderId: target().folderId });
  const cloud = await target().client(CloudServiceClient).get({ cloudId: found.cloudId });
  const { organizationId } = cloud;
  const organization = await target().client(OrganizationServiceClient).get({ organizationId });
  expect([found.id, cloud.id, organization.id]).toEqual([target().folderId, found.cloudId, organizationId]);
  expect(found.status).toBe(Folder_Status.ACTIVE);
});

/** https://yandex.cloud/en/docs/resource-manager/api-ref/Folder/create */
test("a folder has what it was created with, and can be found by its name", async () => {
  const fields = { description: "for logs", labels: { team: "security" } };
  const created = await create(fields);
  expect(created).toMatchObject({
    ...fields,
    cloudId: await target().cloudId(),
    status: Folder_Status.ACTIVE,
  });
  expect(await folders().get({ folderId: created.id })).toEqual(created);
  const filter = `name = "${created.name}"`;
  const page = { cloudId: created.cloudId, pageSize: 10, pageToken: "", filter };
  expect((await folders().list(page)).folders).toEqual([created]);
  await expect(create({ name: created.name })).rejects.toThrow("ALREADY_EXISTS");
});

test("an update changes the fields of its mask, and no others", async () => {
  const created = await create({ description: "old", labels: { team: "security" } });
  const { metadata, response } = await target().finished(
    await folders().update(
      UpdateFolderRequest.fromPartial({
        folderId: created.id,
        description: "new",
        updateMask: { paths: ["description"] },
      }),
    ),
    [message("UpdateFolderMetadata"), UpdateFolderMetadata],
    folder,
  );
  expect(metadata).toEqual({ folderId: created.id });
  expect(response).toEqual({ ...created, description: "new" });
  const { operations } = await folders().listOperations({
    folderId: created.id,
    pageSize: 10,
    pageToken: "",
  });
  expect(operations).toHaveLength(2);
});

test.each([
  ["an upper-case name", { name: "Folder" }],
  ["a description of 257 characters", { description: "d".repeat(257) }],
])("%s is refused", async (_, fields) => {
  await expect(create(fields)).rejects.toThrow("INVALID_ARGUMENT");
});

/** https://yandex.cloud/en/docs/resource-manager/api-ref/Folder/delete */
describe("deletion", () => {
  test("waits 24 hours by default, and can be cancelled until then", async () => {
    const { id: folderId } = await create();
    const begun = await folders().delete({ folderId });
    const { deleteAfter } = DeleteFolderMetadata.decode(begun.metadata?.value ?? new Uint8Array());
    const hours = ((deleteAfter?.getTime() ?? 0) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.1);
    expect((await folders().get({ folderId })).status).toBe(Folder_Status.PENDING_DELETION);
    const operations = target().client(OperationServiceClient);
    expect((await operations.get({ operationId: begun.id })).done).toBe(false);
    await operations.cancel({ operationId: begun.id });
    expect((await folders().get({ folderId })).status).toBe(Folder_Status.ACTIVE);
  });

  test("begins at once if the time is not in the future", async () => {
    const { id: folderId } = await create();
    const { metadata } = await target().finished(
      await folders().delete({ folderId, deleteAfter: new Date(0) }),
      [message("DeleteFolderMetadata"), DeleteFolderMetadata],
      empty,
    );
    expect(metadata.folderId).toBe(folderId);
    await expect(folders().get({ folderId })).rejects.toThrow("NOT_FOUND");
  });
});
