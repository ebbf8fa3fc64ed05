import { spawn } from "node:child_process";
import { once } from "node:events";
import { orphansLeft } from "../../operate/recover/orphans";
import { TemporaryFolder, withEnvironment } from "../support/fakes";

const backend = "file:///orphans-test";

/** The names of providers that are seen to live on, while one runs: by itself, or as the child of an engine. */
async function seenWhile(runs: "provider" | "engine", url: string) {
  using folder = new TemporaryFolder();
  const provider = folder.script("pulumi-resource-yandex", "echo begun; read -r end");
  const engine = folder.script("pulumi", `'${provider}'; exit 0`);
  const child = spawn({ provider, engine }[runs], ["up"], {
    env: { ...process.env, PULUMI_BACKEND_URL: url },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  try {
    return await withEnvironment({ PULUMI_BACKEND_URL: backend }, async () =>
      (await orphansLeft(0)).map(({ name }) => name),
    );
  } finally {
    child.stdin.end();
    await ended;
  }
}

test.each<[what: string, runs: "provider" | "engine", url: string, seen: string[]]>([
  ["without an engine lives on", "provider", backend, ["pulumi-resource-yandex"]],
  ["of an engine that runs does not", "engine", backend, []],
  ["for a stack that is kept elsewhere does not count", "provider", "file:///other", []],
  [
    "for the same stack, in another spelling, does",
    "provider",
    `${backend}/?a=b`,
    ["pulumi-resource-yandex"],
  ],
])("a provider %s", async (_what, runs, url, seen) => {
  expect(await seenWhile(runs, url)).toEqual(seen);
});

test("no process is reported if none runs", async () => {
  await withEnvironment({ PULUMI_BACKEND_URL: backend }, async () =>
    expect(await orphansLeft(0)).toEqual([]),
  );
});
