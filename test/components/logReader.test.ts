import { LogReader, type LogReaderArgs } from "../../components";
import { idOf, register, resolved } from "../support/mocks";

const made = (args: Partial<LogReaderArgs> = {}) =>
  register(() => new LogReader("reader", { folderId: "folder", ...args }));

const granted = ({ resources }: Awaited<ReturnType<typeof made>>) =>
  resources.flatMap(({ inputs }) => ("role" in inputs ? [inputs] : []));

test("a reader is a new account that may list, get and decrypt logs, and nothing else", async () => {
  const reader = await made({ bucketFolderId: "logs", keyId: "key" });
  const member = `serviceAccount:${idOf("reader")}`;
  expect(granted(reader)).toEqual([
    { folderId: "logs", member, role: "storage.viewer" },
    { symmetricKeyId: "key", member, role: "kms.keys.decrypter" },
  ]);
  expect(reader.resources.map(({ name, parent }) => [name, parent])).toEqual([
    ["reader", "reader"],
    ["reader-storage.viewer", "reader"],
    ["reader-kms.keys.decrypter", "reader"],
  ]);
  expect(await resolved(reader.result.readerId)).toBe(idOf("reader"));
});

test("without a key it gets no role on one, and the bucket is in its own folder", async () => {
  const reader = await made({ name: "auditor" });
  expect(granted(reader)).toMatchObject([{ folderId: "folder", role: "storage.viewer" }]);
  expect(reader.resources[0]?.inputs).toMatchObject({ folderId: "folder", name: "auditor" });
});

test("an existing account only gets the roles, which stay after the component is removed", async () => {
  const reader = await made({ existingId: "ajeauditor", keyId: "key" });
  expect(reader.resources.map(({ type, retainOnDelete }) => [type, retainOnDelete])).toEqual([
    ["ResourcemanagerFolderIamMember", true],
    ["KmsSymmetricKeyIamMember", true],
  ]);
  expect(granted(reader)).toMatchObject([
    { member: "serviceAccount:ajeauditor" },
    { member: "serviceAccount:ajeauditor" },
  ]);
  expect(reader.result.serviceAccount).toBeUndefined();
});
