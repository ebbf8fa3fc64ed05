import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { TemporaryFolder } from "../support/fakes";
import { LocalStack } from "../support/localStack";
import { standing } from "../support/standingStacks";

test("pulumi import works on an empty stack: the engine knows the provider before a program runs", async () => {
  await using local = await standing("default");
  using folder = new TemporaryFolder();
  const [key] = local.emulator.cloud.keys.all();
  const stack = await local.open({}, { folder: folder.path });
  const imported = "yandex:index/kmsSymmetricKey:KmsSymmetricKey";
  await stack.follow(`pulumi import ${imported} key ${key?.id} --yes --generate-code=false`);
  expect(stack.state().resources.map(({ type, id }) => [type, id])).toContainEqual([imported, key?.id]);
});

/** Command lines of the host and of the runners that it starts, with this text in their environment. */
const hostsWith = (text: string): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const isHost = /pulumi-language-nodejs|@pulumi\/pulumi\/cmd\/run/.test(command);
        return isHost && readFileSync(`/proc/${pid}/environ`, "utf8").includes(text) ? [command] : [];
      } catch {
        return []; // It has ended meanwhile.
      }
    });

test("the language host and the program that it runs end when the engine is killed alone", async () => {
  await using local = await LocalStack.start();
  const stack = await local.open();
  let running: string[] = [];
  local.emulator.cloud.faults.interrupt("before", { method: "SymmetricKeyService/Create" }, () => {
    running = hostsWith(local.folder);
    process.kill(stack.pid ?? Number.NaN, "SIGKILL");
  });
  await stack.up().catch(() => {});
  expect(running.join("\n")).toMatch(/pulumi-language-nodejs/);
  expect(running.join("\n")).toMatch(/cmd\/run/);
  // There is no event at the end of a process that is not a child of this one.
  for (let tries = 0; tries < 100 && hostsWith(local.folder).length > 0; tries++) await pause(50);
  expect(hostsWith(local.folder)).toEqual([]);
});
