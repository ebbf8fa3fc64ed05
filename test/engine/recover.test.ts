import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CliStack } from "../../local/cli";
import { backendOf, stackFileOf } from "../../local/state";
import { Api, bucketRequest } from "../support/api";
import { destroy, firstUp, standing, update } from "../support/killedOperations";
import {
  begin,
  type KilledOperation,
  type KillPoint,
  killedAndRecovered,
  recoverLine,
  runKilled,
  undisturbed,
  withPulumi,
} from "../support/kills";
import { bucketName, type KeptState } from "../support/localStack";

/** A spread over kinds of calls. */
async function expectRecovered(
  operation: KilledOperation,
  wanted: object,
  point: KillPoint,
): Promise<string> {
  const recovered = await killedAndRecovered(operation, point);
  if (!recovered) throw new Error(`There is no call ${point.method}`);
  expect(recovered.cloud).toEqual(wanted);
  return recovered.output;
}

describe("engine and provider are killed during the first `up`; recover and `up` give exactly what an `up` gives", () => {
  let wanted: object;
  beforeAll(async () => {
    wanted = await undisturbed(firstUp);
  });

  test.each([
    ["after", "SymmetricKeyService/Create", "take KMS key"],
    ["after", "ServiceAccountService/Create", "take service account"],
    ["after", "BucketService/Create", "take bucket"],
    ["before", "UpdateAccessBindings", "clear"],
    ["after", "TrailService/Create", "take trail"],
  ] as const)("%s %s", async (moment, method, told) => {
    expect(await expectRecovered(firstUp, wanted, { moment, method })).toContain(told);
  });
});

describe("a stack with logs", () => {
  let kept: KeptState;
  beforeAll(async () => {
    kept = await standing();
  });

  test.each([
    ["update", update, "TrailService/Update"],
    ["destroy", destroy, "TrailService/Delete"],
  ] as const)(
    "killed during an %s it comes to what that gives undisturbed, and no log is deleted",
    async (_name, operationFrom, method) => {
      const operation = operationFrom(kept);
      const wanted = await undisturbed(operation);
      expect(wanted).toMatchObject({ logs: [expect.any(Number)] });
      await expectRecovered(operation, wanted, { moment: "after", method });
    },
  );
});

describe("nothing is changed", () => {
  const point = { moment: "after", method: "SymmetricKeyService/Create" } as const;

  /** A stack whose first `up` was killed when its key was made, and what then holds its state. */
  async function killed() {
    const local = await begin();
    const stack = await local.open(firstUp.config, await withPulumi());
    expect(await runKilled(local, stack, firstUp, point)).toContain(point.method);
    const file = stackFileOf(local.folder);
    const state = () => [existsSync(file) && readFileSync(file, "utf8"), local.emulator.cloud.keys.all()];
    return { local, stack, state };
  }
  const failureOf = (stack: CliStack, line: string): Promise<string> =>
    stack.follow(line).then(
      () => "it succeeded",
      ({ message }: Error) => message,
    );

  test("where nobody agrees", async () => {
    const { local, stack, state } = await killed();
    await using _local = local;
    const before = state();
    expect(await failureOf(stack, recoverLine(local, ""))).toContain("Run it again with --yes.");
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
    expect(await failureOf(stack, recoverLine(local, "--yes"))).toContain(
      "An engine on elsewhere locked the stack",
    );
    expect(state()).toEqual(before);
    expect(await stack.follow(recoverLine(local, "--yes --engine-ended"))).toContain(
      "Taken into the state: audit-trails-key",
    );
  });

  test("of what has the name of a resource and no mark of the stack: it is named, and left alone", async () => {
    await using local = await begin();
    using api = new Api(local.emulator);
    await api.call("buckets", "create", bucketRequest(local.emulator.cloud.folderId, bucketName));
    const stack = await local.open(firstUp.config, await withPulumi());
    await stack.preview();
    const output = await failureOf(stack, recoverLine(local, "--yes"));
    expect(output).toContain(
      `The bucket ${bucketName} has the name of audit-trails-bucket, and was left alone`,
    );
    expect(stack.state().resources ?? []).toEqual([]);
  });
});
