import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DeleteBucketEncryptionCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { startEmulator } from "../../emulator";
import { orphansLeft } from "../../operate/recover/orphans";
import { recover } from "../../operate/recover/recover";
import type { RecoverOptions } from "../../operate/recover/recovery";
import { projectName } from "../../tools/local/state";
import { Api, bucketRequest, keyRequest } from "../support/api";
import { reach } from "../support/connection";
import { exported, ours, preview, theirs } from "../support/engineOutput";
import { encryptBucket, s3Client } from "../support/s3Client";
import { type Answers, ScriptedPulumi } from "../support/scriptedPulumi";

jest.mock("../../operate/recover/orphans", () => ({ orphansLeft: jest.fn() }));

const environment = { ...process.env };
beforeEach(() => jest.mocked(orphansLeft).mockResolvedValue([]));
afterEach(() => {
  process.env = { ...environment };
});

const labels = { "pulumi-project": "platform", "pulumi-stack": "prod" };
const petType = "random:index/randomPet:RandomPet";

/** Returns the answers of the CLI on stack `prod`, whose engine was killed while it created these resources. */
const killedWhileMaking = (resources: readonly object[], made: readonly object[] = []) =>
  JSON.stringify({
    version: 3,
    deployment: {
      resources: made,
      pending_operations: resources.map((resource) => ({ type: "creating", resource })),
    },
  });

/** A cloud that has the stack's key, and the key as the program registers it. */
async function start() {
  const emulator = await startEmulator();
  reach(emulator);
  Object.assign(process.env, emulator.providerEnvironment());
  const { cloud } = emulator;
  const { folderId } = cloud;
  using api = new Api(emulator);
  await api.call("keys", "create", { ...keyRequest(folderId, "logs"), labels });
  const keyId = cloud.keys.all()[0]?.id ?? "";
  const key = ours("key", "logs-key", keyId, { folderId, name: "logs", labels });
  const { id: _unknown, ...planned } = key;
  return { emulator, cloud, keyId, key, planned };
}

/** Returns the answers of the stand-in after an interrupted creation of the key. */
const atKey = ({ key, planned }: Pick<Awaited<ReturnType<typeof start>>, "key" | "planned">): Answers => ({
  state: killedWhileMaking([planned]),
  preview: { text: preview([], [key]) },
  imported: killedWhileMaking([planned], [key]),
});

/** Runs the command. @returns its result, and all that it printed. */
async function run(
  pulumi: ScriptedPulumi,
  options: Partial<RecoverOptions> = {},
  agree: () => boolean | Promise<boolean> = () => true,
) {
  const lines: string[] = [];
  const result = await recover(
    { stack: "prod", backup: pulumi.backup, ...options },
    { print: (line) => lines.push(line), agree: async () => agree() },
  );
  return { ...result, printed: lines.join("\n") };
}

const pendingIn = (state: string): unknown[] => JSON.parse(state).deployment.pending_operations ?? [];
const writing = /^(import|stack import|stack init|refresh|cancel)$/;
const written = ({ commands }: ScriptedPulumi): string[] => commands.filter((one) => writing.test(one));

test("a key whose creation was interrupted is taken into the state, and the pending operation is cleared", async () => {
  const world = await start();
  await using _emulator = world.emulator;
  using pulumi = new ScriptedPulumi(atKey(world));
  const { exitCode, printed, imported } = await run(pulumi);
  expect(printed).toContain(`import KMS key ${world.keyId} into the state as logs-key`);
  expect(printed).toContain("Imported into the state: logs-key");
  expect(printed).toContain("Stack prod matches its program.");
  expect(exitCode).toBe(0);
  expect(imported).toEqual([{ urn: world.key.urn, id: world.keyId }]);
  expect(written(pulumi)).toEqual(["import", "stack import"]);
  expect(JSON.parse(pulumi.state).deployment.resources).toMatchObject([{ id: world.keyId }]);
  expect(pendingIn(pulumi.state)).toEqual([]);
});

test("an interrupted operation without a resource in the cloud is cleared, and the rest of the update is listed", async () => {
  const { emulator, cloud, key, planned, keyId } = await start();
  await using _emulator = emulator;
  cloud.keys.remove(keyId);
  using pulumi = new ScriptedPulumi({
    ...atKey({ key, planned }),
    refreshed: { text: preview([], [key]) },
  });
  const { exitCode, printed, left } = await run(pulumi);
  expect(printed).toContain('clear "creating" of logs-key, which was interrupted, from the state');
  expect(printed).toContain(
    "Changes that the program still needs: 1 to create.\nTo make these changes:  pulumi up --refresh --stack prod",
  );
  expect([exitCode, left]).toEqual([0, { create: 1 }]);
  expect(written(pulumi)).toEqual(["stack import"]);
  expect(pendingIn(pulumi.state)).toEqual([]);
});

describe("another library's resource, whose creation was interrupted too", () => {
  const { id: _unknown, ...pet } = theirs(petType, "pet", {});

  test("is not searched for, but reported, also when it is cleared with the others", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    const pending = killedWhileMaking([world.planned, pet]);
    const imported = killedWhileMaking([world.planned, pet], [world.key]);
    using pulumi = new ScriptedPulumi({ ...atKey(world), state: pending, imported });
    const { exitCode, printed } = await run(pulumi);
    expect(printed).toContain("Imported into the state: logs-key");
    expect(printed).toContain('clear "creating" of pet, which was interrupted, from the state');
    expect(printed).toContain(
      `"creating" of pet (${petType}) was interrupted too. It is not a resource of this library`,
    );
    expect(exitCode).toBe(1);
    expect(pendingIn(pulumi.state)).toEqual([]);
  });

  test("stays in the state and is named, where nothing else was interrupted", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    using pulumi = new ScriptedPulumi({ state: killedWhileMaking([pet], [world.key]) });
    const { exitCode, printed } = await run(pulumi);
    expect(printed).toContain(`"creating" of pet (${petType}) was interrupted too.`);
    expect(printed).toContain("Run pulumi up: it says what to do");
    expect(printed).not.toContain("Nothing is left");
    expect(exitCode).toBe(1);
    expect(written(pulumi)).toEqual([]);
    expect(pendingIn(pulumi.state)).toHaveLength(1);
  });
});

describe("when the preview fails", () => {
  const failing = {
    text: JSON.stringify({ diagnostics: [{ severity: "error", message: "retention: nonsense" }] }),
    fails: true,
  };

  test("only interrupted resources are taken in, and the rest is reported as unknown", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    using pulumi = new ScriptedPulumi({ ...atKey(world), preview: failing, refreshed: failing });
    const { exitCode, printed, left } = await run(pulumi);
    expect(printed).toContain("pulumi preview failed: retention: nonsense");
    expect(printed).toContain("Imported into the state: logs-key");
    expect(printed).toContain("The preview failed, so the changes of the next update are unknown.");
    expect([exitCode, left]).toEqual([2, undefined]);
    expect(pendingIn(pulumi.state)).toEqual([]);
  });

  test("and succeeds later, the report says that leftovers were not searched, and the exit code is 2", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    using pulumi = new ScriptedPulumi({ ...atKey(world), preview: failing });
    const { exitCode, printed } = await run(pulumi);
    expect(printed).toContain("The preview failed, so recover did not search for leftovers");
    expect(printed).toContain("matches its program");
    expect(exitCode).toBe(2);
  });
});

describe("nothing is changed", () => {
  test("if the user does not agree", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    using pulumi = new ScriptedPulumi(atKey(world));
    const before = pulumi.state;
    const { exitCode, printed } = await run(pulumi, {}, () => false);
    expect(printed).toContain("Cancelled. Use --yes");
    expect(exitCode).toBe(1);
    expect(written(pulumi)).toEqual([]);
    expect(pulumi.state).toBe(before);
  });

  test("if somebody else changes the state during the question", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    using pulumi = new ScriptedPulumi(atKey(world));
    const theirState = exported([world.key]);
    const { exitCode, printed } = await run(pulumi, {}, () => {
      pulumi.state = theirState;
      return true;
    });
    expect(printed).toContain("Somebody else changed the state in the meantime");
    expect(exitCode).toBe(2);
    expect(written(pulumi)).toEqual([]);
    expect(pulumi.state).toBe(theirState);
  });

  test("for a bucket with the name of a missing one and no mark of the stack: it is reported and not changed", async () => {
    const { emulator, cloud, key } = await start();
    await using _emulator = emulator;
    using api = new Api(emulator);
    await api.call("buckets", "create", bucketRequest(cloud.folderId, "audit-logs"));
    const inputs = { folderId: cloud.folderId, bucket: "audit-logs", tags: labels };
    const bucket = ours("bucket", "logs-bucket", "", inputs);
    const wanted = { text: preview([key], [key, bucket]) };
    using pulumi = new ScriptedPulumi({ state: exported([key]), preview: wanted, refreshed: wanted });
    const { exitCode, printed, unproven } = await run(pulumi);
    expect(printed).toContain("The bucket audit-logs has the name of logs-bucket, but was not imported");
    expect(unproven).toMatchObject([{ urn: bucket.urn, id: "audit-logs" }]);
    expect(exitCode).toBe(1);
    expect(written(pulumi)).toEqual([]);
  });

  test("while a provider runs after its engine has ended", async () => {
    jest.mocked(orphansLeft).mockResolvedValue([{ pid: 7, name: "pulumi-resource-yandex" }]);
    const world = await start();
    await using _emulator = world.emulator;
    using pulumi = new ScriptedPulumi(atKey(world));
    const { exitCode, printed } = await run(pulumi);
    expect(printed).toContain(
      "pulumi-resource-yandex is running on this machine (process 7), and its engine has ended.",
    );
    expect(printed).toContain("Nothing was changed.");
    expect(exitCode).toBe(2);
    expect(pulumi.commands).toEqual(["whoami"]);
  });

  test("if running processes are unknown, except with --engine-ended", async () => {
    jest.mocked(orphansLeft).mockRejectedValue(new Error("no ps"));
    const world = await start();
    await using _emulator = world.emulator;
    using pulumi = new ScriptedPulumi(atKey(world));
    const { exitCode, printed } = await run(pulumi);
    expect(printed).toContain("It is unknown whether a provider still runs: no ps. Nothing was changed.");
    expect(exitCode).toBe(2);
    expect(pulumi.commands).toEqual(["whoami"]);
    expect(await run(pulumi, { engineEnded: true })).toMatchObject({ exitCode: 0 });
  });

  test.each<[while_: string, refusal: string, lock: string]>([
    [
      "an engine on another machine may still run",
      "An engine on elsewhere locked the stack",
      '{"pid": 1, "hostname": "elsewhere", "timestamp": "2026-03-01T10:00:00Z"}',
    ],
    [
      "a lock that is cut off does not name its holder",
      "An engine on an unknown machine locked the stack",
      '{"pid": 1, "host',
    ],
  ])("while %s, except with --engine-ended", async (_while, refusal, lock) => {
    const world = await start();
    await using _emulator = world.emulator;
    using pulumi = new ScriptedPulumi(atKey(world));
    const locks = join(pulumi.backendFolder, ".pulumi", "locks", "organization", projectName, "prod");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "lock.json"), lock);
    const { exitCode, printed } = await run(pulumi);
    expect(printed).toContain(refusal);
    expect(printed).toContain("If that engine has ended, run this again with --engine-ended.");
    expect(exitCode).toBe(2);
    expect(pulumi.commands).toEqual(["whoami"]);
    const ended = await run(pulumi, { engineEnded: true });
    expect(ended.printed).toContain("Imported into the state: logs-key");
    expect(ended.exitCode).toBe(0);
  });
});

/** As the CLI refuses, with the state in a bucket. */
const refusalOf = (host: string) =>
  `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  s3://states/.pulumi/locks/organization/platform/prod/1.json: created by root@${host} (pid 1) at 2026-03-01T10:00:00Z`;

describe("with a state that is in no folder, and so a lock that is seen only when the state is written", () => {
  test("with --engine-ended the stack is released, even if nothing else is to be done", async () => {
    const { emulator, key } = await start();
    await using _emulator = emulator;
    const lock = refusalOf("elsewhere");
    using pulumi = new ScriptedPulumi({ backend: "s3://states", state: exported([key]), lock });
    const refused = await run(pulumi);
    expect(refused.printed).toContain("release the lock of an engine that has ended, if there is one");
    expect(refused.printed).toContain("An engine on elsewhere locked the stack");
    expect(refused.exitCode).toBe(2);
    expect(written(pulumi)).not.toContain("cancel");
  });

  test("the lock of an engine of this machine that has ended is released, and the key is taken in", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    // The first process of a machine is no engine.
    const lock = refusalOf(hostname());
    using pulumi = new ScriptedPulumi({ ...atKey(world), backend: "s3://states", lock });
    const { exitCode, printed } = await run(pulumi);
    expect(printed).toContain("Imported into the state: logs-key");
    expect(exitCode).toBe(0);
    expect(written(pulumi)).toEqual(["import", "cancel", "import", "stack import"]);
  });
});

describe("a lost state", () => {
  test("is recreated only with the option for it", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    const { state: _lost, ...answers } = atKey(world);
    using pulumi = new ScriptedPulumi(answers);
    await expect(run(pulumi)).rejects.toThrow(
      /There is no stack prod in the backend file:.*use --recreate-state: it creates an empty stack/,
    );
    expect(written(pulumi)).toEqual([]);
    const { exitCode, printed, repaired } = await run(pulumi, { recreateState: true });
    expect(printed).toContain("create an empty stack, and import the resources with the stack's marks");
    expect(printed).toContain("Imported into the state: logs-key");
    expect(repaired).toEqual(["The stack was created again, with an empty state."]);
    expect(exitCode).toBe(0);
    expect(written(pulumi)).toEqual(["stack init", "import", "stack import"]);
  });

  test("if recover stops after it created the empty stack, it says that it did", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    const { state: _lost, ...answers } = atKey(world);
    using pulumi = new ScriptedPulumi(answers);
    let questions = 0;
    const { exitCode, printed } = await run(pulumi, { recreateState: true }, () => {
      questions += 1;
      if (questions === 2) pulumi.state = exported([world.key]);
      return true;
    });
    expect(printed).toContain("Run this again. An empty stack was created. Nothing else was changed.");
    expect(exitCode).toBe(2);
    expect(written(pulumi)).toEqual(["stack init"]);
  });
});

describe("a key that is left over, since the next `up` made another", () => {
  async function leftOver() {
    const world = await start();
    const { cloud, keyId } = world;
    using api = new Api(world.emulator);
    await api.call("keys", "create", { ...keyRequest(cloud.folderId, "logs"), labels });
    const kept = cloud.keys.all().find(({ id }) => id !== keyId)?.id ?? "";
    const key = { ...world.key, id: kept, created: new Date(0).toISOString() };
    return { ...world, kept, answers: { state: exported([key]) } };
  }

  test("is reported with the commands that delete it, and deleted by --delete-surplus-keys only", async () => {
    const { emulator, cloud, keyId, kept, answers } = await leftOver();
    await using _emulator = emulator;
    using pulumi = new ScriptedPulumi(answers);
    const named = await run(pulumi);
    expect(named.printed).toContain(`The KMS key ${keyId} (logs) has the marks of this stack`);
    expect(named.printed).toContain(`yc kms symmetric-key delete ${keyId}`);
    expect(named.exitCode).toBe(1);
    expect(cloud.keys.all()).toHaveLength(2);
    const deleted = await run(pulumi, { deleteSurplusKeys: true });
    expect(deleted.printed).toContain(`KMS key ${keyId} was deleted.`);
    expect(deleted).toMatchObject({ exitCode: 0, deletedKeys: [keyId], surplus: [] });
    const active = cloud.keys.all().filter(({ status }) => status === "ACTIVE");
    expect(active.map(({ id }) => id)).toEqual([kept]);
  });

  test("is never deleted where an object is encrypted with it", async () => {
    const { emulator, cloud, keyId, answers } = await leftOver();
    await using _emulator = emulator;
    const Bucket = "elsewhere";
    using api = new Api(emulator);
    await api.call("buckets", "create", bucketRequest(cloud.folderId, Bucket));
    const s3 = await s3Client(emulator, ["storage.admin", "kms.admin"]);
    await encryptBucket(s3, Bucket, keyId);
    await s3.send(new PutObjectCommand({ Bucket, Key: "precious", Body: "x" }));
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    using pulumi = new ScriptedPulumi(answers);
    const { printed, deletedKeys } = await run(pulumi, { deleteSurplusKeys: true });
    expect(printed).not.toContain("delete KMS key");
    expect(printed).toContain(
      `It was not changed: object precious of bucket ${Bucket} is encrypted with the key.`,
    );
    expect(deletedKeys).toEqual([]);
    expect(cloud.keys.all().map(({ id }) => id)).toContain(keyId);
  });
});

describe("a resource in the cloud that the state lacks", () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const ended = (kind: string, from: number, until: number, more: object = {}) => ({
    ...{ kind, result: "succeeded", startTime: ago(from), endTime: ago(until), ...more },
  });
  const emptied = (world: Awaited<ReturnType<typeof start>>) => exported([{ ...world.key, id: "abjother" }]);

  test("is taken in if a refresh by an account without access removed it, also if the preview is refused", async () => {
    const { emulator, cloud, key } = await start();
    await using _emulator = emulator;
    using api = new Api(emulator);
    const description = "Collects. Pulumi project platform, stack prod.";
    await api.call("serviceAccounts", "create", {
      folderId: cloud.folderId,
      name: "collector",
      description,
      labels: {},
    });
    const accountId = cloud.serviceAccounts.all()[0]?.id ?? "";
    const inputs = { folderId: cloud.folderId, name: "collector", description };
    const account = ours("account", "logs-account", accountId, inputs);
    const refused = JSON.parse(preview([key], [key, { ...account, id: undefined }] as never));
    const diagnostics = [{ severity: "error", message: "it is protected" }];
    using pulumi = new ScriptedPulumi({
      state: exported([key]),
      preview: { text: JSON.stringify({ ...refused, diagnostics }), fails: true },
      imported: exported([key, account]),
      history: JSON.stringify([
        ended("refresh", 3, -3, { resourceChanges: { delete: 1, same: 1 } }),
        ended("update", 9, -2),
      ]),
    });
    const { printed, imported } = await run(pulumi);
    expect(printed).toContain("pulumi preview failed: it is protected");
    expect(imported).toEqual([{ urn: account.urn, id: accountId }]);
    expect(printed).toContain("Imported into the state: logs-account");
  });

  test("is imported after what a refused preview reached before it, and the result has both and the interrupted operation", async () => {
    const { emulator, cloud, keyId, key, planned } = await start();
    await using _emulator = emulator;
    using api = new Api(emulator);
    const inputs = {
      folderId: cloud.folderId,
      name: "collector",
      description: "Pulumi project platform, stack prod.",
    };
    const account = ours("account", "logs-account", "unknown", inputs);
    const refused = JSON.parse(preview([], [key, { ...account, id: undefined }] as never));
    const diagnostics = [{ severity: "error", message: "it is protected" }];
    using pulumi = new ScriptedPulumi({
      state: killedWhileMaking([planned]),
      preview: { text: JSON.stringify({ ...refused, diagnostics }), fails: true },
      imported: killedWhileMaking([planned], [key]),
      history: JSON.stringify([
        ended("refresh", 3, -3, { resourceChanges: { delete: 1, same: 1 } }),
        ended("update", 9, -2),
      ]),
    });
    let ids = [keyId];
    const { imported, interrupted } = await run(pulumi, {}, async () => {
      if (cloud.serviceAccounts.all().length === 0)
        await api.call("serviceAccounts", "create", { ...inputs, labels: {} });
      ids = [keyId, cloud.serviceAccounts.all()[0]?.id ?? ""];
      return true;
    });
    expect(imported.map(({ id }) => id)).toEqual(ids);
    expect(interrupted).toEqual([{ urn: key.urn, operation: "creating" }]);
  });

  test("is reported by its marks if the preview does not list it, with a warning", async () => {
    const world = await start();
    await using _emulator = world.emulator;
    using pulumi = new ScriptedPulumi({ state: emptied(world), preview: { text: "{}", fails: true } });
    const { printed, exitCode } = await run(pulumi);
    expect(printed).toContain(
      `The KMS key ${world.keyId} (logs) has the marks of this stack, is in the cloud, and is not in the state.`,
    );
    expect(printed).toContain("Do not run pulumi up");
    expect(exitCode).toBe(2);
    expect(written(pulumi)).toEqual([]);
  });

  test("without a mark is taken in by the printed command if the user confirms the owner", async () => {
    const { emulator, cloud, key } = await start();
    await using _emulator = emulator;
    using api = new Api(emulator);
    await api.call("buckets", "create", bucketRequest(cloud.folderId, "audit-logs"));
    const inputs = { folderId: cloud.folderId, bucket: "audit-logs", tags: labels };
    const bucket = ours("bucket", "logs-bucket", "audit-logs", inputs);
    using pulumi = new ScriptedPulumi({
      state: exported([key]),
      preview: { text: preview([key], [key, { ...bucket, id: undefined }] as never) },
      imported: exported([key, bucket]),
    });
    const { printed } = await run(pulumi);
    expect(printed).toContain("audit-trails recover --stack prod --take audit-logs");
    expect(written(pulumi)).toEqual([]);
    const taken = await run(pulumi, { take: ["audit-logs"] });
    expect(taken.imported).toEqual([{ urn: bucket.urn, id: "audit-logs" }]);
  });

  test("is not created again if the state lost most of its resources: the option for it restores the copy", async () => {
    const { emulator, cloud, key } = await start();
    await using _emulator = emulator;
    using api = new Api(emulator);
    const accountId = await api.createServiceAccount("collector");
    const inputs = { folderId: cloud.folderId, name: "collector" };
    const account = ours("account", "logs-account", accountId, inputs);
    using pulumi = new ScriptedPulumi({ state: exported([]) });
    const stacks = join(pulumi.backendFolder, ".pulumi", "stacks", projectName);
    mkdirSync(stacks, { recursive: true });
    const checkpoint = (resources: object[]) =>
      JSON.stringify({ version: 3, checkpoint: { stack: "organization/p/prod", latest: { resources } } });
    writeFileSync(join(stacks, "prod.json"), checkpoint([]));
    writeFileSync(join(stacks, "prod.json.bak"), checkpoint([key, account]));
    const { printed, exitCode } = await run(pulumi);
    expect(printed).toContain(
      `lacks 2 resources that its copy ${join(stacks, "prod.json.bak")} has, such as service account ${accountId}`,
    );
    expect(printed).toContain("audit-trails recover --restore-copy --stack prod");
    expect(exitCode).toBe(1);
    expect(written(pulumi)).toEqual([]);

    const restored = run(pulumi, { restoreCopy: true }, () => {
      pulumi.state = exported([key, account]);
      return true;
    });
    expect((await restored).repaired).toEqual([
      `The state was restored from ${join(stacks, "prod.json.bak")}.`,
    ]);
    expect(readFileSync(join(stacks, "prod.json"), "utf8")).toBe(checkpoint([key, account]));
  });

  test.each([
    ["ended", "succeeded"],
    ["failed", "failed"],
  ])("a destroy that %s is reported as one, not as an update", async (word, result) => {
    const { emulator, key } = await start();
    await using _emulator = emulator;
    using pulumi = new ScriptedPulumi({
      state: exported([key]),
      refreshed: { text: preview([], [key]) },
      history: JSON.stringify([ended("destroy", 2, 1, { result })]),
    });
    const { printed } = await run(pulumi);
    expect(printed).toContain(`The last update of stack prod was a pulumi destroy, which ${word}.`);
    expect(printed.includes("To continue it:  pulumi destroy --run-program")).toBe(result === "failed");
  });
});
