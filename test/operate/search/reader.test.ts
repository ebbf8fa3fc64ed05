import { openCloud } from "../../../api/connection";
import { ObjectFetcher } from "../../../api/objectFetcher";
import { readerRoles } from "../../../components/roles";
import { run } from "../../../operate/run";
import { searchCommand } from "../../../operate/search";
import { Api } from "../../support/api";
import { makeFolder } from "../../support/folder";
import { printedBy } from "../../support/printed";
import { Stack } from "../verify/stack";

const bucket = "audit-logs";

test("an account with a reader's roles can use all of search, and can neither write nor delete logs", async () => {
  using cache = makeFolder();
  await using stack = await Stack.start();
  const { cloud, emulator } = stack;
  const key = stack.deliver();
  using roles = new Api(emulator);
  const reader = { type: "serviceAccount", id: await roles.createServiceAccount("reader") };
  const { endpoint, storageProxy } = emulator;
  Object.assign(process.env, {
    ...{
      YC_TOKEN: emulator.issueToken(reader),
      YC_ENDPOINT: endpoint,
      YC_STORAGE_ENDPOINT_URL: storageProxy,
    },
    XDG_CACHE_HOME: cache.path,
  });
  const search = (...args: string[]) =>
    printedBy(() => run(["search", "--bucket", bucket, "--trail", stack.trailId, ...args], [searchCommand]));

  const refused = await search();
  expect([refused.out, refused.code]).toEqual(["", 2]);
  expect(refused.error).toMatch(/AccessDenied/);

  cloud.access.add(cloud.folderId, { roleId: readerRoles.bucket, subject: reader });
  const undecrypted = await search("--count");
  expect(undecrypted.code).toBe(2);
  expect(undecrypted.error).toMatch(/events are missing: 1\n/);

  cloud.access.add(stack.keyId ?? "", { roleId: readerRoles.key, subject: reader });
  const listed = await search("--type", "iam.*");
  expect(listed.out).toMatch(/iam\.CreateServiceAccount/);
  expect(listed.code).toBe(0);
  expect((await search("--all", "--recheck", "--count")).code).toBe(0);
  expect((await search("--raw", "--limit", "1")).out).toMatch(/^\{"event_id"/);
  // Whether nobody did it is unknown without the trail's settings.
  const nobody = await search("vm-actions", "--resource", "none");
  expect([nobody.out, nobody.code]).toEqual(["", 2]);
  expect(nobody.error).toMatch(
    /It is unknown whether the trail collects management events.*PERMISSION_DENIED/,
  );

  const api = await openCloud({
    endpoint,
    storageEndpoint: storageProxy,
    token: emulator.issueToken(reader),
  });
  using fetcher = await ObjectFetcher.open(bucket, api);
  expect((await fetcher.get(key)).body.toString()).toMatch(/^\[\{/);
  for (const method of ["PUT", "DELETE"]) {
    const response = await fetch(`${storageProxy}/${bucket}/${key}`, {
      ...{ method, headers: { "X-YaCloud-SubjectToken": await api.token() } },
      ...(method === "PUT" && { body: "[]" }),
    });
    expect([method, response.status]).toEqual([method, 403]);
  }
  expect(stack.versionsOf(key)).toHaveLength(1);
});

afterEach(() => {
  for (const name of ["YC_TOKEN", "YC_ENDPOINT", "YC_STORAGE_ENDPOINT_URL", "XDG_CACHE_HOME"])
    delete process.env[name];
});
