import { existsSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DeleteBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { CliStack } from "../../local/cli";
import { backendOf, stackFileOf } from "../../local/state";
import { Api, bucketRequest } from "../support/api";
import { killTree } from "../support/killed";
import { destroy, exchange, firstUp, type Standing, standing, update } from "../support/killedOperations";
import {
  begin,
  cloudOf,
  type Kill,
  type KilledOperation,
  killedAndRecovered,
  recoverLine,
  runKilled,
  undisturbed,
} from "../support/kills";
import { bucketName, type LocalStack } from "../support/localStack";
import { s3Client } from "../support/s3Client";

// Several updates, recoveries and previews each.
jest.setTimeout(400_000);

async function expectRecovered(
  operation: KilledOperation,
  wanted: object,
  ...kills: Kill[]
): Promise<string> {
  const { cloud, lostLogs, output } = await killedAndRecovered(operation, ...kills);
  expect({ cloud, lostLogs }).toEqual({ cloud: wanted, lostLogs: [] });
  return output;
}

const outputOfFailure = (stack: CliStack, line: string): Promise<string> =>
  stack.follow(line).then(
    (output) => `It succeeded: ${output}`,
    ({ message }: Error) => message,
  );

describe("engine and provider are killed during the first `up`; recover and `up` give exactly what an `up` gives", () => {
  let wanted: object;
  beforeAll(async () => {
    wanted = await undisturbed(firstUp);
  });

  // A spread over kinds of calls; all of them are in killed/upAndDestroy.long.test.ts.
  test.each([
    ["after", "SymmetricKeyService/Create", "take KMS key"],
    ["after", "ServiceAccountService/Create", "take service account"],
    ["after", "BucketService/Create", "take bucket"],
    ["before", "UpdateAccessBindings", "clear"],
    ["after", "TrailService/Create", "take trail"],
  ] as const)("%s %s", async (moment, method, told) => {
    expect(await expectRecovered(firstUp, wanted, { moment, method })).toContain(told);
  });

  const atTrail = { moment: "after", method: "TrailService/Create" } as const;

  test("also where recover itself is killed, while it takes in what was made", async () => {
    const recover = { moment: "before", method: "TrailService/Get" } as const;
    await expectRecovered(firstUp, wanted, { ...atTrail, recover });
  });

  test("also where the `up` after it is killed again", async () => {
    await expectRecovered(
      firstUp,
      wanted,
      { moment: "after", method: "SymmetricKeyService/Create" },
      atTrail,
    );
  });

  const checksum = (local: LocalStack) => `${stackFileOf(local.folder)}.attrs`;
  test.each<[name: string, told: string, spoil: (local: LocalStack) => void]>([
    [
      "the state is cut off in the middle",
      "It is restored from",
      ({ folder }) => {
        const file = stackFileOf(folder);
        const text = readFileSync(file);
        writeFileSync(file, text.subarray(0, text.length / 2));
      },
    ],
    [
      "the state's checksum is cut off",
      "only holds a checksum",
      (local) => writeFileSync(checksum(local), ""),
    ],
    [
      "state, backup and history are lost",
      "make an empty stack",
      ({ folder }) => {
        for (const name of ["stacks", "history"])
          rmSync(join(backendOf(folder), ".pulumi", name), { recursive: true, force: true });
      },
    ],
    [
      "the state is cut off, and backup and history are lost",
      "there is no copy that can",
      ({ folder }) => {
        rmSync(join(backendOf(folder), ".pulumi", "history"), { recursive: true, force: true });
        for (const file of globSync(`${stackFileOf(folder)}*`)) rmSync(file);
        writeFileSync(stackFileOf(folder), "{");
      },
    ],
  ])("also where %s", async (_name, told, spoil) => {
    const options = "--begin-anew";
    expect(await expectRecovered(firstUp, wanted, { ...atTrail, spoil, options })).toContain(told);
  });
});

describe("a stack with logs", () => {
  let kept: Standing;
  beforeAll(async () => {
    kept = await standing();
  });

  test.each([
    ["update", update, "TrailService/Update"],
    ["replacement", exchange, "BucketService/Create"],
    ["destroy", destroy, "TrailService/Delete"],
  ] as const)(
    "killed during an %s it comes to what that gives undisturbed, and no log is deleted",
    async (_name, operationFrom, method) => {
      const operation = operationFrom(kept);
      const wanted = await undisturbed(operation);
      await expectRecovered(operation, wanted, { moment: "after", method });
    },
  );
});

const atKey = { moment: "after", method: "SymmetricKeyService/Create" } as const;

/** A stack whose first `up` was killed when its key was made, and what then holds its state. */
async function killed() {
  const { local, stack } = await begin(firstUp);
  expect(await runKilled(local, stack, firstUp, atKey)).toContain(atKey.method);
  const file = stackFileOf(local.folder);
  const state = () => [existsSync(file) && readFileSync(file, "utf8"), local.emulator.cloud.keys.all()];
  return { local, stack, state };
}

describe("nothing is changed", () => {
  test("where nobody agrees", async () => {
    const { local, stack, state } = await killed();
    await using _local = local;
    const before = state();
    expect(await outputOfFailure(stack, recoverLine(local, ""))).toContain("nobody agreed");
    expect(state()).toEqual(before);
  });

  test("while an engine on another machine may still run, unless it is said to have ended", async () => {
    const { local, stack, state } = await killed();
    await using _local = local;
    const locks = join(backendOf(local.folder), ".pulumi", "locks");
    for (const name of readdirSync(locks, { recursive: true, encoding: "utf8" }).filter((one) =>
      one.endsWith(".json"),
    )) {
      const lock = JSON.parse(readFileSync(join(locks, name), "utf8"));
      writeFileSync(join(locks, name), JSON.stringify({ ...lock, hostname: "elsewhere" }));
    }
    const before = state();
    expect(await outputOfFailure(stack, recoverLine(local, "--yes"))).toContain(
      "An engine on elsewhere locked the stack",
    );
    expect(state()).toEqual(before);
    expect(await stack.follow(recoverLine(local, "--yes --engine-ended"))).toContain(
      "Taken into the state: audit-trails-key",
    );
  });

  test("while a provider lives on after its engine", async () => {
    const { local, stack } = await begin(firstUp);
    await using _local = local;
    const { faults } = local.emulator.cloud;
    faults.interrupt("before", { method: "BucketService/Create" }, () => {
      faults.hang({ method: "SymmetricKeyService/Get" }, { times: 99 });
      process.kill(stack.pid ?? Number.NaN, "SIGKILL");
    });
    await expect(stack.up()).rejects.toThrow();
    const output = await outputOfFailure(stack, recoverLine(local, "--yes"));
    expect(output).toMatch(/pulumi-resource-\S+ is running on this machine \(process \d+\)/);
    killTree(Number(/\(process (\d+)\)/.exec(output)?.[1]));
    faults.clear();
    expect(await stack.follow(recoverLine(local, "--yes"))).toContain("Taken into the state");
  });

  test("of what has the name of a resource and no mark of the stack: it is named, and left alone", async () => {
    const { local, stack } = await begin(firstUp);
    await using _local = local;
    using api = new Api(local.emulator);
    await api.call("buckets", "create", bucketRequest(local.emulator.cloud.folderId, bucketName));
    await stack.preview();
    const output = await outputOfFailure(stack, recoverLine(local, "--yes"));
    expect(output).toContain(
      `The bucket ${bucketName} has the name of audit-trails-bucket, and was left alone`,
    );
    expect(stack.state().resources ?? []).toEqual([]);
  });
});

describe("a key that is left over, since the next `up` made another", () => {
  /** @returns the stack, and the key that is left over. */
  async function leftOver() {
    const { local, stack } = await killed();
    const [key] = local.emulator.cloud.keys.all();
    await stack.follow("pulumi cancel --yes");
    await stack.up();
    expect(local.emulator.cloud.keys.all()).toHaveLength(2);
    return { local, stack, keyId: key?.id ?? "" };
  }

  test("is named, with the commands that delete it, and deleted by --delete-surplus-keys only", async () => {
    const { local, stack, keyId } = await leftOver();
    await using _local = local;
    const wanted = await undisturbed(firstUp);
    const named = await outputOfFailure(stack, recoverLine(local, "--yes"));
    expect(named).toContain(`The KMS key ${keyId} (audit-trails-key) has the marks of this stack`);
    expect(named).toContain(`yc kms symmetric-key delete ${keyId}`);
    expect(local.emulator.cloud.keys.all()).toHaveLength(2);
    expect(await stack.follow(recoverLine(local, "--yes --delete-surplus-keys"))).toContain(
      `KMS key ${keyId} was deleted.`,
    );
    expect(cloudOf(local)).toEqual(wanted);
  });

  test("is never deleted where an object is encrypted with it", async () => {
    const { local, stack, keyId } = await leftOver();
    await using _local = local;
    const Bucket = "elsewhere";
    using api = new Api(local.emulator);
    await api.call("buckets", "create", bucketRequest(local.emulator.cloud.folderId, Bucket));
    const s3 = await s3Client(local.emulator, ["storage.admin", "kms.admin"]);
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyId } as const,
    };
    await s3.send(
      new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }),
    );
    await s3.send(new PutObjectCommand({ Bucket, Key: "precious", Body: "x" }));
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    const output = await outputOfFailure(stack, recoverLine(local, "--yes --delete-surplus-keys"));
    expect(output).toContain(`It was left alone: object precious of bucket ${Bucket} is encrypted with it.`);
    expect(local.emulator.cloud.keys.all().map(({ id }) => id)).toContain(keyId);
  });
});
