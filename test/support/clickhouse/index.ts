import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { locked } from "../../../tools/toolchain/lock";

const installed = join(__dirname, "node_modules", "chdb");

/** Installs the package once. `npm ci` refuses a lock file without the engines of other platforms, which npm leaves out of it. */
async function install(): Promise<void> {
  if (existsSync(installed)) return;
  execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund"], { cwd: __dirname });
}

/** ClickHouse's engine in a process of its own. Its first use installs the package, 550 MB. */
export class ClickHouse implements AsyncDisposable {
  private readonly answers: AsyncIterator<string>;

  private constructor(
    private readonly engine: ChildProcessByStdio<Writable, Readable, null>,
    lines: Interface,
  ) {
    this.answers = lines[Symbol.asyncIterator]();
  }

  /** @param environment Such as the file of the local cloud's certificates. */
  static async start(environment: NodeJS.ProcessEnv = {}): Promise<ClickHouse> {
    await locked(join(__dirname, ".lock"), () => {}, install);
    const engine = spawn(process.execPath, [join(__dirname, "ask.cjs")], {
      env: { ...process.env, ...environment },
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new ClickHouse(engine, createInterface({ input: engine.stdout }));
  }

  /** @returns the rows of a statement. @throws {Error} what ClickHouse says against it. */
  async query(statement: string): Promise<unknown[][]> {
    this.engine.stdin.write(`${JSON.stringify(statement)}\n`);
    const { value = '{"error":"the engine ended"}' } = await this.answers.next();
    const { rows, error } = JSON.parse(value);
    if (error) throw new Error(`${error}\n${statement}`);
    return rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.engine.kill();
  }
}
