import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../operate/run";
import { openStack } from "../../../operate/stack/openStack";
import { verifyCommand } from "../../../operate/verify";
import { makeFolder } from "../../support/folder";
import { printedBy } from "../../support/printed";
import { Stack } from "./stack";

jest.mock("../../../operate/stack/openStack", () => ({ openStack: jest.fn() }));

/** Returns the output and the exit code of the command for a stack. */
async function verifyStack(stack: Stack, ...options: string[]) {
  jest.mocked(openStack).mockResolvedValue({
    ...{ name: "dev", project: "p", state: {} as never, view: stack.view },
    cloud: () => stack.connect(),
  });
  const deployer = ["--deployer", stack.cloud.deployer.id];
  return printedBy(() =>
    run(["verify", "--stack", "dev", "--quick", ...deployer, ...options], [verifyCommand]),
  );
}

test("the file of --since is written after the report, and a failure to write it keeps the exit code", async () => {
  await using stack = await Stack.start();
  using folder = makeFolder();
  stack.deliver();
  const file = join(folder.path, "nowhere", "since.json");
  const good = await verifyStack(stack, "--since", file);
  expect(good.out).toMatch(/Nothing is wrong\.\n$/);
  expect(good.error).toMatch(/since\.json cannot be written: ENOENT/);
  expect(good.code).toBe(3);
  stack.grant("audit-logs", "storage.viewer");
  const bad = await verifyStack(stack, "--since", file);
  expect(bad.out).toMatch(/It is public/);
  expect(bad.error).toMatch(/since\.json cannot be written/);
  expect(bad.code).toBe(1);
  const fine = await verifyStack(stack, "--since", join(folder.path, "since.json"));
  expect([fine.error, fine.code, existsSync(join(folder.path, "since.json"))]).toEqual(["", 1, true]);
});

test("a defect ends with 70, names a file with its stack trace, and gives no report", async () => {
  jest.mocked(openStack).mockImplementation(async () => {
    throw new TypeError("undefined is not a function");
  });
  const { out, error, code } = await printedBy(() => run(["verify", "--stack", "dev"], [verifyCommand]));
  expect([out, code]).toEqual(["", 70]);
  const file = /with the stack trace in (\S+stack\.txt)/.exec(error)?.[1] ?? "";
  expect(error).toMatch(/^audit-trails has a defect: undefined is not a function\n/);
  expect(readFileSync(file, "utf8")).toMatch(/TypeError: undefined is not a function\n +at /);
});
