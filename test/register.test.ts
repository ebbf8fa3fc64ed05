import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { TemporaryFolder } from "./support/fakes";

const repository = join(__dirname, "..");
const register = join(repository, "register.cjs");

/** Prints a word of another file, the place of an error, and whether tsx was loaded. */
const program = `import { word } from "./word";
interface Gone {
  readonly word: string;
}
const place = /\\((.*)\\)/.exec(new Error().stack ?? "")?.[1];
console.log(JSON.stringify([word, place, Object.keys(require.cache).some((file) => file.includes("/tsx/"))]));
`;

/** A folder with the program, and a runner that loads it as Pulumi's does. */
class Project implements Disposable {
  private readonly temporary = new TemporaryFolder();
  readonly folder = join(realpathSync(this.temporary.path), "мой проект (1)");
  private readonly runner = this.write(
    "node_modules/@pulumi/pulumi/cmd/run/run.js",
    "require(process.argv[2]);",
  );
  readonly main: string;

  constructor(main = "main.ts") {
    this.main = this.write(main, program);
    this.write("word.ts", `export const word: string = "one";\n`);
  }

  write(file: string, content: string): string {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** Returns the output of the program. */
  async run(register: string): Promise<unknown> {
    const args = ["--require", register, this.runner, this.main];
    const env = { ...process.env, XDG_CACHE_HOME: join(this.folder, "cache") };
    return JSON.parse((await promisify(execFile)(process.execPath, args, { env })).stdout);
  }

  [Symbol.dispose](): void {
    this.temporary[Symbol.dispose]();
  }
}

test("a program beside it runs as one file, and errors name its source", async () => {
  using project = new Project();
  const own = join(project.folder, "register.cjs");
  for (const name of ["register.cjs", "bundle.cjs"])
    cpSync(join(repository, name), join(project.folder, name));
  for (const name of ["esbuild", "tsx"])
    symlinkSync(join(repository, "node_modules", name), join(project.folder, "node_modules", name));
  for (const time of ["bundled", "kept"])
    expect([time, await project.run(own)]).toEqual([time, ["one", `${project.main}:5:31`, false]]);
});

test.each(["main.ts", "main.tsx", "main.cts"])("%s of another folder is compiled by tsx", async (name) => {
  using project = new Project(name);
  expect(await project.run(register)).toEqual(["one", expect.stringMatching(/main\.tsx?:5:31$/), true]);
});

test("rarely used parts of packages are loaded at their first use", async () => {
  const rarelyUsed = [
    "pulumi/automation/stack.js",
    "zod/v4/locales/ru.cjs",
    "arborist",
    "normalize-package-data",
  ];
  const code = `
    const pulumi = require("@pulumi/pulumi");
    const { locales } = require("zod");
    const loaded = () =>
      ${JSON.stringify(rarelyUsed)}.filter((part) => Object.keys(require.cache).some((file) => file.includes(part)));
    const before = loaded();
    pulumi.automation.Stack.createOrSelect;
    locales.ru();
    console.log(JSON.stringify([before, loaded()]));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--require", register, "--eval", code]);
  expect(JSON.parse(stdout)).toEqual([[], ["pulumi/automation/stack.js", "zod/v4/locales/ru.cjs"]]);
});

test.each(["20.20.2", "22.14.0"])(
  "under Node %s the command ends at once, with one sentence that says what to do",
  async (version) => {
    const code = `
    Object.defineProperty(process.versions, "node", { value: "${version}" });
    require("./register.cjs");
    console.log("continued");
  `;
    const ended = promisify(execFile)(process.execPath, ["--eval", code]);
    await expect(ended).rejects.toMatchObject({
      code: 32,
      stdout: "",
      stderr: `Node 22.15 or newer is required; this is v${version}. Install it from https://nodejs.org/en/download, put it first on the PATH, and run this again.\n`,
    });
  },
);

test("all packages, the docs and the guard ask for the Node that the vendor's SDK asks for", () => {
  const read = (file: string) => readFileSync(join(repository, file), "utf8");
  const { engines } = JSON.parse(read("node_modules/@yandex-cloud/nodejs-sdk/package.json"));
  const least = engines.node.replace(/^>=/, "").replace(/\.0$/, "");
  for (const file of [
    "package.json",
    "tools/package/package.json",
    "policy/package.json",
    "plugin/package.json",
  ])
    expect([file, JSON.parse(read(file)).engines]).toEqual([file, { node: `>=${least}` }]);
  for (const file of ["README.md", "docs/deploy.md", "docs/library.md", "policy/README.md"]) {
    const named = read(file).match(/Node [\d.]+ or newer/g);
    expect([file, new Set(named)]).toEqual([file, new Set([`Node ${least} or newer`])]);
  }
  expect(read("register.cjs")).toContain(`requireNode(${least.replace(".", ", ")});`);
});
