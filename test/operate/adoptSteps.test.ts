import type { AuditTrailsPlan } from "../../components/auditTrails/plan";
import type { SetUp } from "../../operate/adopt/composer";
import { configurationChanges } from "../../operate/adopt/configurationChanges";
import type { NeededRole } from "../../operate/adopt/roles";
import { stepsOf, textOfStep } from "../../operate/adopt/steps";

const role: NeededRole = {
  role: "storage.uploader",
  perhapsEnough: [],
  on: { type: "resource-manager.folder", id: "folder1" },
  accountId: "account1",
};
const setUp: SetUp = {
  args: { folderId: "folder1" } as SetUp["args"],
  plan: {} as AuditTrailsPlan,
  parts: [{ kind: "bucket", name: "audit-logs", id: "logs" }],
  needs: [role],
  onlyUsed: [],
};
const found = { grants: [{ role: role.role, on: role.on, accountId: role.accountId }], buckets: new Map() };
const stateWith = (...ids: string[]) => ({ ids: new Set(ids) });

test.each<[situation: string, steps: ReturnType<typeof stepsOf>, texts: string[]]>([
  [
    "there is no stack yet",
    stepsOf(setUp, found, undefined, { folderId: "folder1" }),
    [
      "create the stack, which does not exist",
      "write folderId: folder1",
      "import bucket logs into the state as audit-logs",
      "import role storage.uploader on folder folder1 for service account account1 into the state",
      "record in the state that all resources are protected, and that buckets and keys stay in the cloud when they leave the stack",
    ],
  ],
  [
    "the state has the bucket, and the role under the id that older releases of the provider write",
    stepsOf(setUp, found, stateWith("logs", "folder1 storage.uploader serviceAccount:account1"), {}),
    [],
  ],
  [
    "the state has the role on a bucket under the bucket's name, where the cloud has an id",
    stepsOf(
      { ...setUp, needs: [{ ...role, on: { type: "storage.bucket", id: "e3e1" } }] },
      {
        grants: [{ role: role.role, on: { type: "storage.bucket", id: "e3e1" }, accountId: role.accountId }],
        buckets: new Map([["logs", { settings: { name: "logs", resourceId: "e3e1" } }]]) as never,
      },
      stateWith("logs", "logs,storage.uploader"),
      {},
    ),
    [],
  ],
  [
    "a role that nobody granted is not imported: the update grants it",
    stepsOf(setUp, { ...found, grants: [] }, stateWith("logs"), {}),
    [],
  ],
  [
    "the configuration alone is missing: nothing is completed in the state",
    stepsOf(setUp, found, stateWith("logs", "folder1,storage.uploader,serviceAccount:account1"), {
      labels: { a: "b" },
    }),
    ['write labels: {"a":"b"}'],
  ],
])("%s", (_situation, steps, texts) => {
  expect(steps.map(textOfStep)).toEqual(texts);
});

describe("the configuration that adopt writes", () => {
  const program = {
    project: "platform",
    defaults: new Map<string, unknown>([
      ["bucketName", undefined],
      ["protected", true],
      ["activeTimeoutSeconds", 600],
    ]),
    provider: {} as never,
  };

  test.each<[what: string, given: Record<string, object>, result: ReturnType<typeof configurationChanges>]>([
    ["what the stack does not set is written", {}, { changes: { bucketName: "logs" }, conflicts: [] }],
    [
      "what the stack has already, as the CLI's text, stays",
      { "platform:bucketName": { value: "logs" }, "platform:protected": { value: "true" } },
      { changes: {}, conflicts: [] },
    ],
    [
      "another value is a conflict; a secret one is not shown",
      { "platform:bucketName": { value: "confidential", secret: true } },
      {
        changes: {},
        conflicts: [expect.stringMatching(/bucketName: \[secret\]; .* pulumi config rm bucketName$/)],
      },
    ],
    [
      "a key that does not describe the set-up stays as it is",
      { "platform:bucketName": { value: "logs" }, "platform:activeTimeoutSeconds": { value: "5" } },
      { changes: {}, conflicts: [] },
    ],
  ])("%s", (_what, given, result) => {
    expect(configurationChanges({ bucketName: "logs" }, given as never, program)).toEqual(result);
  });
});
