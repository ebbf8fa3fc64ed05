import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { TemporaryFolder } from "./support/fakes";

const repository = join(__dirname, "..");
const { bundleOf } = require("../bundle.cjs") as {
  bundleOf(program: string, cache: string): string | undefined;
};

/** A program of two files that exports a word, and the folder that keeps its bundle. */
class Program implements Disposable {
  private readonly folder = new TemporaryFolder();
  readonly main = this.write("main.ts", `import { word } from "./word";\nmodule.exports = word;\n`);
  readonly cache = join(this.folder.path, "cache");

  constructor() {
    this.write("word/index.ts", `export const word: string = "one";\n`);
  }

  write(file: string, content: string): string {
    const path = join(this.folder.path, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** Returns the exports of its bundle. */
  word(): unknown {
    const module = { exports: {} };
    new Function("module", bundleOf(this.main, this.cache) ?? "")(module);
    return module.exports;
  }

  /** The only file of the cache. */
  kept(): string {
    const [name = "", ...others] = readdirSync(this.cache);
    expect(others).toEqual([]);
    return join(this.cache, name);
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

test("a bundle is kept and used again", () => {
  using program = new Program();
  expect(program.word()).toBe("one");
  const { ino } = statSync(program.kept());
  expect(program.word()).toBe("one");
  expect(statSync(program.kept()).ino).toBe(ino);
});

test.each([
  ["a source has changed", "word/index.ts"],
  ["an import means a file that was added", "word.ts"],
])("a source is bundled again when %s", (_, file) => {
  using program = new Program();
  expect(program.word()).toBe("one");
  program.write(file, `export const word = "two";\n`);
  expect(program.word()).toBe("two");
});

test.each([
  ["cut off", (text: string) => text.slice(0, -100)],
  ["changed in its code", (text: string) => text.replace(/\\"one\\"/g, '\\"two\\"')],
  ["empty", () => ""],
])("a kept bundle that is %s is not run, and is bundled again", (_, damage) => {
  using program = new Program();
  program.word();
  const whole = readFileSync(program.kept(), "utf8");
  expect(damage(whole)).not.toBe(whole);
  writeFileSync(program.kept(), damage(whole));
  expect(program.word()).toBe("one");
  expect(readFileSync(program.kept(), "utf8")).toBe(whole);
});

test("runs at the same time keep one whole bundle", async () => {
  using program = new Program();
  const run = `require("./bundle.cjs").bundleOf(${JSON.stringify(program.main)}, ${JSON.stringify(program.cache)})`;
  await Promise.all([run, run, run].map((code) => promisify(execFile)(process.execPath, ["--eval", code])));
  const { ino } = statSync(program.kept());
  expect(program.word()).toBe("one");
  expect(statSync(program.kept()).ino).toBe(ino);
});

test("a program runs if the cache cannot be written", () => {
  using program = new Program();
  program.write("cache", "A file where the folder should be.");
  expect(program.word()).toBe("one");
});

test.each(["index.ts", "operate/auditTrails.ts"])("%s is bundled", (name) => {
  using program = new Program();
  expect(bundleOf(join(repository, name), program.cache)).toContain("require(");
});

test.each([
  ["asks where one of its files is", "word.ts", "export const word = __dirname;"],
  [
    "requires a file whose name it computes",
    "word.ts",
    "const name = `./x`; export const word = require(name);",
  ],
  ["is broken", "main.ts", "const = 1;"],
  ["waits at its top", "main.ts", "await 1; export {};"],
])("a program that %s is not bundled", (_, file, content) => {
  using program = new Program();
  program.write(file, content);
  expect(bundleOf(program.main, program.cache)).toBeUndefined();
});
