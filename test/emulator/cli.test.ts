import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";

const run = (...options: string[]) =>
  spawn(process.execPath, ["--import", "tsx", "emulator/cli.ts", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });

test("it says how to point clients at it, serves them, and stops cleanly on Ctrl-C", async () => {
  const emulator = run("--s3-port", "0");
  let output = "";
  emulator.stdout.on("data", (data) => (output += data));
  while (!output.includes("?list-type=2")) await once(emulator.stdout, "data");

  const exported = (name: string) => new RegExp(`export ${name}=(\\S+)`).exec(output)?.[1] ?? "";
  const headers = { "X-YaCloud-SubjectToken": exported("YC_TOKEN") };
  const answer = await fetch(`${exported("HTTP_PROXY")}/none?versioning`, { headers });
  expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining("NoSuchBucket")]);
  expect(existsSync(exported("SSL_CERT_FILE"))).toBe(true);

  emulator.kill("SIGINT");
  const [exitCode] = await once(emulator, "exit");
  expect(exitCode).toBe(0);
  expect(existsSync(exported("SSL_CERT_FILE"))).toBe(false);
});

test.each([
  [["--switch", "nonsense=on"], "There is no switch nonsense. Switches are missingTrailPrerequisites"],
  [["--switch", "existingBinding=maybe"], 'no position "maybe". It can be accept or already-exists'],
])("%j is refused with what is allowed", async (options, message) => {
  const emulator = run(...options);
  let errors = "";
  emulator.stderr.on("data", (data) => (errors += data));
  const [exitCode] = await once(emulator, "close");
  expect([exitCode, errors]).toEqual([1, expect.stringContaining(message)]);
});
