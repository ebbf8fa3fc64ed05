import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { TemporaryFolder } from "../support/fakes";
import { killTree } from "../support/killed";

/** `npm start` with its state in the folder, in a process group of its own as a terminal gives it. */
function start(folder: string, options: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const run = spawn(
    process.execPath,
    ["--import", "tsx", "tools/local/start.ts", "--folder", folder, ...options],
    {
      env: { ...process.env, ...environment },
      detached: true,
    },
  );
  const started = { run, output: "" };
  for (const stream of [run.stdout, run.stderr])
    stream.on("data", (data) => {
      started.output += data;
    });
  return started;
}

async function finish(started: ReturnType<typeof start>): Promise<{ exitCode: number; output: string }> {
  const [exitCode] = await once(started.run, "close");
  return { exitCode, output: started.output };
}

/** A command in the session of `npm run pulumi` or `npm run audit-trails`. */
function inSession(folder: string, method: "pulumi" | "auditTrails", ...args: readonly string[]) {
  const command = `
    const { inSession } = require("./tools/local/session");
    const [folder, method, ...args] = process.argv.slice(1);
    inSession({ folder }, (session) => session[method](args));
  `;
  const node = ["--require", "tsx/cjs", "--eval", command, folder, method, ...args];
  return promisify(execFile)(process.execPath, node);
}

/** Processes that were given the folder, by argument or as working directory. */
const processesOf = (folder: string): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder);
      } catch {
        return false;
      }
    });

/** Starts a server that records its visits. Runs take it for servers outside of this machine. */
async function trap() {
  const visits: string[] = [];
  const server = createServer((socket) => {
    socket.once("data", (data) => visits.push(data.toString("latin1").slice(0, 80)));
    socket.on("error", () => {});
    socket.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { visits, host: `127.0.0.1:${port}`, close: () => server.close() };
}

describe("in one folder", () => {
  const folder = new TemporaryFolder();
  afterAll(() => folder[Symbol.dispose]());

  describe("two runs at once, with settings of the outside inherited", () => {
    const secret = "do-not-print-me";
    let visits: readonly string[];
    let runs: readonly { exitCode: number; output: string }[];

    beforeAll(async () => {
      const outside = await trap();
      const hostile = {
        YC_ENDPOINT: outside.host,
        YC_STORAGE_ENDPOINT_URL: `http://${outside.host}`,
        YC_TOKEN: secret,
        YC_SERVICE_ACCOUNT_KEY_FILE: secret,
        AWS_ACCESS_KEY_ID: secret,
        AWS_SECRET_ACCESS_KEY: secret,
        AWS_CA_BUNDLE: "/nonexistent",
        PULUMI_BACKEND_URL: `http://${outside.host}`,
        PULUMI_ACCESS_TOKEN: secret,
        HTTP_PROXY: `http://${outside.host}`,
        HTTPS_PROXY: `http://${outside.host}`,
        http_proxy: `http://${outside.host}`,
        https_proxy: `http://${outside.host}`,
        ALL_PROXY: `http://${outside.host}`,
      };
      runs = await Promise.all([0, 1].map(() => finish(start(folder.path, [], hostile))));
      outside.close();
      visits = outside.visits;
    });
    const withText = (text: string | RegExp) => runs.filter(({ output }) => output.search(text) >= 0);

    test("take turns, and both succeed: the first makes the resources, the second changes nothing", () => {
      expect(runs).toEqual([0, 1].map(() => ({ exitCode: 0, output: expect.stringContaining("is ACTIVE") })));
      expect(withText("that holds the lock")).toHaveLength(1);
      expect(withText(/Resources:\n {4}\+ 13 created/)).toHaveLength(1);
      expect(withText(/Resources:\n {4}13 unchanged/)).toHaveLength(1);
    });

    test("show the delivered log", () => {
      const [first] = withText("13 created");
      expect(first?.output).toMatch(/Newest log object: organization-audit-logs\/\w+\/\d{4}\/\d\d\/\d\d\//);
      expect(first?.output).toMatch(/kms\.CreateSymmetricKey .*\n.*[\s\S]*audittrails\.CreateTrail /);
    });

    test("reach no address of those settings, and print none of their secrets", () => {
      expect(visits).toEqual([]);
      expect(withText(secret)).toEqual([]);
      expect(readFileSync(join(folder.path, "cloud.jsonl"), "utf8")).not.toContain(secret);
    });
  });

  test("the commands of audit-trails run on the same cloud, and use and change one that runs in another terminal", async () => {
    const journal = join(folder.path, "cloud.jsonl");
    const emulator = spawn(process.execPath, ["--import", "tsx", "emulator/serve.ts", "--state", journal]);
    try {
      let url: string | undefined;
      for await (const data of emulator.stdout) {
        url = /Web page: (\S+)/.exec(String(data))?.[1];
        if (url) break;
      }
      const command = `
        const { inSession } = require("./tools/local/session");
        inSession({ folder: process.argv[1] }, async (session) => {
          for (const args of JSON.parse(process.argv[2]))
            console.log(args.join(" ") + " ends with " + (await session.auditTrails(args)));
        });
      `;
      const commands = [
        ["verify", "--stack", "dev"],
        ["diff", "--stack", "dev"],
        ["preflight", "--stack", "dev"],
        ["recover", "--stack", "dev"],
        ["adopt", "--stack", "other", "--trail", "cnpnosuchtrail000000", "--yes"],
      ];
      const node = ["--require", "tsx/cjs", "--eval", command, folder.path, JSON.stringify(commands)];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, node);
      expect(stdout.match(/^.* ends with \d+$/gm)).toEqual(
        [0, 0, 2, 0, 3].map((code, at) => `${commands[at]?.join(" ")} ends with ${code}`),
      );
      expect(stderr).toContain(`Using the local cloud of process ${emulator.pid}. Its web page is ${url}`);
      expect(stdout).toMatch(/ok {3}delivery {3}Event evt\w+, caused at \S+, was delivered 5 min later/);
      const seen = await (await fetch(`${url}/cloud`)).text();
      expect(seen).toContain("iam.UpdateServiceAccount");
    } finally {
      emulator.kill("SIGINT");
      await once(emulator, "close");
    }
  });

  test("any other command finds the stack, also if the CLI has no selected stack", async () => {
    await inSession(folder.path, "pulumi", "stack", "unselect");
    const shown = await inSession(folder.path, "pulumi", "stack", "--show-name");
    expect(shown).toMatchObject({ stdout: "dev\n" });
  });

  test("a run with --fresh starts with an empty cloud, Ctrl-C stops it with all its processes, and the next run continues", async () => {
    const interrupted = start(folder.path, ["--fresh"]);
    while (!/KmsSymmetricKey .*creating/.test(interrupted.output)) await once(interrupted.run.stdout, "data");
    process.kill(-(interrupted.run.pid ?? 0), "SIGINT");
    const { exitCode, output } = await finish(interrupted);
    expect([exitCode, output]).not.toEqual([0, expect.anything()]);
    expect(output).toContain("The next run continues from here");
    expect(processesOf(folder.path)).toEqual([]);
    const next = await finish(start(folder.path));
    expect(next).toEqual({ exitCode: 0, output: expect.stringContaining("is ACTIVE") });
    expect(next.output).toMatch(/Resources:\n {4}\+ \d+ created/);
  });

  test("a run that was killed leaves no process, and the next one removes its lock and brings the stack up", async () => {
    const killed = start(folder.path, ["--fresh"]);
    while (!/IamServiceAccount .*created/.test(killed.output)) await once(killed.run.stdout, "data");
    killTree(killed.run.pid ?? Number.NaN);
    await finish(killed);
    expect(processesOf(folder.path)).toEqual([]);
    const { output } = await finish(start(folder.path));
    expect(output).toContain("A run that was killed left the stack dev locked. The lock was removed.");
    const [, recover = ""] = /If the update fails: npm run audit-trails -- (.*)/.exec(output) ?? [];
    await inSession(folder.path, "auditTrails", ...recover.split(" "), "--yes");
    const last = await finish(start(folder.path));
    expect(last).toEqual({ exitCode: 0, output: expect.stringContaining("is ACTIVE") });
  });
});

test("a run that fails prints the failure, with the engine's output on stderr", async () => {
  using folder = new TemporaryFolder();
  const backend = join(folder.path, "state", ".pulumi", "stacks");
  mkdirSync(backend, { recursive: true });
  // There are files like those of stacks, but none is `dev`.
  const { exitCode, output } = await finish(start(folder.path));
  expect(exitCode).not.toBe(0);
  expect(output).toContain("no stack named 'dev' found");
});
