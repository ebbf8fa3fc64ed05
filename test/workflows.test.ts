import { globSync, readFileSync } from "node:fs";
import { validateWorkflow } from "@action-validator/core";
import { parse } from "yaml";
import root from "../package.json";
import { leastGo } from "../tools/toolchain/programs";

const text = readFileSync(".github/workflows/ci.yml", "utf8");
const workflow = parse(text);
const { start, test: tests } = workflow.jobs;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Job {
  readonly steps: readonly Step[];
}
const inputsOf = ({ steps }: Job, action: string) =>
  steps.find(({ uses }) => uses?.startsWith(`${action}@`))?.with ?? {};
const runsOf = ({ steps }: Job) => steps.flatMap(({ run }) => run ?? []);
const { matrix } = tests.strategy;
const commands: readonly string[] = matrix.command;

describe("the repository's own workflow", () => {
  test("is one that GitHub accepts, and the validator sees what it would not accept", () => {
    expect(validateWorkflow(text).errors).toEqual([]);
    expect(validateWorkflow(text.replace("runs-on:", "runs-at:")).errors).not.toEqual([]);
  });

  test("runs on pull requests and on pushes to main, reads the repository and may do nothing else", () => {
    expect(workflow.on).toEqual({ pull_request: null, push: { branches: ["main"] } });
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const job of Object.values(workflow.jobs)) expect(job).not.toHaveProperty("permissions");
    expect(text).not.toContain("secrets.");
  });

  test("runs the parts of .ci/run, of which unit and engine tests are one", () => {
    const parts = [...readFileSync(".ci/run", "utf8").matchAll(/^part "[^"]+" (npm .*)$/gm)].map(
      ([, command = ""]) => command.replace(/(?: --)? --json.*$/, ""),
    );
    expect(parts).toHaveLength(5);
    const unsharded = new Set(commands.map((command) => command.replace(/ --shard=.*$/, "")));
    const [unit, engine] = ["npm run test:unit", "npm test -- --testPathPatterns test/engine"];
    expect([...unsharded]).toEqual(expect.arrayContaining([unit, engine]));
    expect(root.scripts["test:unit"]).toContain("--testPathIgnorePatterns test/engine");
    const run = [...runsOf(start), ...unsharded, "npm test"];
    expect(run).toEqual(expect.arrayContaining(parts));
    expect(matrix.include).toEqual([expect.objectContaining({ command: "npm test" })]);
    expect(runsOf(tests).at(-1)).toMatch(/^\$\{\{ matrix\.command \}\}$/);
  });

  test("runs each shard once", () => {
    const shards = new Map<string, string[]>();
    for (const command of commands) {
      const [whole = "", shard] = command.split(" --shard=");
      if (shard) shards.set(whole, [...(shards.get(whole) ?? []), shard]);
    }
    expect(shards.size).toBe(2);
    for (const [command, given] of shards)
      expect([command, given]).toEqual([command, given.map((_, i) => `${i + 1}/${given.length}`)]);
  });

  test("runs the Node of .nvmrc and the one before, that one too as the package that scripts run", () => {
    const version = readFileSync(String(inputsOf(start, "actions/setup-node")["node-version-file"]), "utf8");
    const current = Number(version);
    expect(root.devDependencies.node.split(".")[0]).toBe(String(current));
    expect(matrix.node).toEqual([current - 2, current]);
    expect(tests.steps).toContainEqual({
      run: expect.stringMatching(/^npm install --no-save node@\$\{\{ matrix\.node \}\}$/),
      if: `matrix.node != ${current}`,
    });
  });

  test("takes the least Go that builds the toolchain", () => {
    for (const job of [start, tests]) expect(inputsOf(job, "actions/setup-go")["go-version"]).toBe(leastGo);
  });

  test("keeps what npm fetches and the toolchain builds, by files that are there, without what builds leave", () => {
    const kept = inputsOf(start, "actions/cache");
    expect(inputsOf(tests, "actions/cache/restore")).toEqual(kept);
    for (const job of [start, tests]) expect(inputsOf(job, "actions/setup-node").cache).toBe("npm");
    expect(kept.path).toBe("~/.cache/yandex-audit-trails");
    expect(runsOf(start).at(-1)).toBe("npm run toolchain -- --clean");
    const patterns = [...(kept.key ?? "").matchAll(/'([^']+)'/g)].map(([, pattern = ""]) => pattern);
    expect(patterns).toHaveLength(2);
    for (const pattern of patterns)
      expect([pattern, globSync(pattern)]).toEqual([
        pattern,
        expect.arrayContaining([expect.stringMatching(/./)]),
      ]);
  });
});

describe("dependency updates", () => {
  interface Rule {
    readonly matchPackageNames?: readonly string[];
    readonly allowedVersions?: string;
    readonly groupName?: string;
  }
  const rules: readonly Rule[] = JSON.parse(readFileSync("renovate.json", "utf8")).packageRules;
  const used = Object.keys({ ...root.dependencies, ...root.devDependencies });
  const named = rules.flatMap(({ matchPackageNames = [] }) => matchPackageNames);

  test.each(named)("the rule for %s is about a package in use", (pattern) => {
    const prefix = pattern.replace(/\*\*$/, "");
    expect(
      used.filter((name) => (prefix === pattern ? name === pattern : name.startsWith(prefix))),
    ).not.toEqual([]);
  });

  test("TypeScript stays below the first release that Pulumi's SDK does not accept", () => {
    const sdk = JSON.parse(readFileSync("node_modules/@pulumi/pulumi/package.json", "utf8"));
    const [, limit] = /<\s*(\d+)/.exec(sdk.peerDependencies.typescript) ?? [];
    const rule = rules.find(({ matchPackageNames }) => matchPackageNames?.includes("typescript"));
    expect(rule?.allowedVersions).toBe(`<${limit}`);
  });

  test("Pulumi's packages come together", () => {
    const rule = rules.find(({ matchPackageNames }) => matchPackageNames?.includes("@pulumi/**"));
    expect(rule?.groupName).toBe("Pulumi");
  });
});
