import { byDeployer } from "../../support/localStack";
import { checkOf, linesOf, Stack } from "./stack";

const rotate = ({ cloud, emulator, keyId = "" }: Stack) =>
  cloud.keyRotation.rotate(byDeployer(emulator), keyId);

const versions = ({ cloud, emulator, keyId = "" }: Stack) =>
  cloud.keyRotation.listVersions(byDeployer(emulator), keyId).reverse();

function schedule(stack: Stack, nth: number): void {
  const { cloud, emulator, keyId = "" } = stack;
  cloud.keyRotation.scheduleVersionDestruction(byDeployer(emulator), keyId, versions(stack)[nth]?.id ?? "", {
    seconds: 3 * 86_400,
  });
}

test("a key version that encrypted logs and is scheduled for destruction is bad, with the command that cancels it", async () => {
  await using stack = await Stack.start();
  stack.deliver();
  rotate(stack);
  stack.pass({ hours: 5 });
  expect(checkOf(await stack.verify(), "key").result).toBe("good");
  schedule(stack, 0);
  const [first] = versions(stack);
  const check = checkOf(await stack.verify(), "key");
  expect(check.result).toBe("bad");
  expect(linesOf(check)).toMatch(
    new RegExp(
      `Version ${first?.id}, created at \\S+, is SCHEDULED_FOR_DESTRUCTION: from \\S+ on, up to 1 log object cannot be read\\. .*` +
        `yc kms symmetric-key cancel-version-destruction --id ${stack.keyId} --version-id ${first?.id}$`,
      "m",
    ),
  );
});

test("a destroyed version is bad: the logs that it encrypted are reported, and the others are read", async () => {
  await using stack = await Stack.start();
  const lost = stack.deliver();
  rotate(stack);
  schedule(stack, 0);
  stack.pass({ hours: 80 });
  stack.deliver();
  const found = await stack.verify({
    memory: { [stack.trailId]: { through: Date.now() - 86_400_000, last: [] } },
  });
  expect(checkOf(found, "key")).toMatchObject({
    result: "bad",
    details: [expect.stringMatching(/is DESTROYED: up to \d log objects? cannot be read\.$/)],
  });
  const record = checkOf(found, "record");
  expect(record.details).toContainEqual(expect.stringMatching(`^${lost}.* cannot be read. OperationAborted`));
  expect(record.text).toMatch(/^[1-9]\d* log object/);
});

test("a version that was primary before the first log is no finding", async () => {
  await using stack = await Stack.start();
  rotate(stack);
  schedule(stack, 0);
  // Later than a new version takes effect everywhere.
  stack.pass({ hours: 4 });
  for (const key of stack.keys)
    for (const { versionId } of stack.versionsOf(key)) stack.delete(key, versionId);
  stack.deliver();
  expect(checkOf(await stack.verify(), "key").result).toBe("good");
});

test("if an older version is primary, the versions that encrypted logs are unknown", async () => {
  await using stack = await Stack.start();
  rotate(stack);
  const [first, second] = versions(stack);
  stack.pass({ hours: 4 });
  for (const key of stack.keys)
    for (const { versionId } of stack.versionsOf(key)) stack.delete(key, versionId);
  rotate(stack);
  const call = byDeployer(stack.emulator);
  stack.cloud.keyRotation.setPrimaryVersion(call, stack.keyId ?? "", second?.id ?? "");
  schedule(stack, 0);
  stack.deliver();
  const check = checkOf(await stack.verify(), "key");
  expect([check.result, linesOf(check)]).toEqual(["unknown", expect.stringContaining(first?.id ?? "")]);
});

test("versions that may not be listed are unknown", async () => {
  await using stack = await Stack.start();
  stack.cloud.faults.fail({ method: "SymmetricKeyService/ListVersions" }, "PERMISSION_DENIED", { times: 9 });
  expect(checkOf(await stack.verify(), "key")).toMatchObject({
    result: "unknown",
    text: expect.stringContaining("PERMISSION_DENIED"),
  });
});
