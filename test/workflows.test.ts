import { globSync, readFileSync } from "node:fs";
import { validateWorkflow } from "@action-validator/core";
import { parse } from "yaml";
import root from "../package.json";
import { leastGo } from "../toolchain/programs";

const text = readFileSync(".github/workflows/ci.yml", "utf8");
const workflow = parse(text);
const { check } = workflow.jobs;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}
const steps: readonly Step[] = check.steps;
const inputsOf = (action: string) => steps.find(({ uses }) => uses?.startsWith(`${action}@`))?.with;

describe("the repository's own workflow", () => {
  test("is one that GitHub accepts, and the validator sees what it would not accept", () => {
    expect(validateWorkflow(text).errors).toEqual([]);
    expect(validateWorkflow(text.replace("runs-on:", "runs-at:")).errors).not.toEqual([]);
  });

  test("runs on pull requests and on pushes to main, reads the repository and may do nothing else", () => {
    expect(workflow.on).toEqual({ pull_request: null, push: { branches: ["main"] } });
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(check).not.toHaveProperty("permissions");
    expect(text).not.toContain("secrets.");
  });

  test("runs what .ci/run runs, and nothing beside it", () => {
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual([".ci/run"]);
  });

  test("takes Node from .nvmrc, which names the Node of the tests, and the least Go that builds the toolchain", () => {
    const version = readFileSync(
      String(inputsOf("actions/setup-node")?.["node-version-file"]),
      "utf8",
    ).trim();
    expect(root.devDependencies.node.split(".")[0]).toBe(version);
    expect(inputsOf("actions/setup-go")?.["go-version"]).toBe(leastGo);
  });

  test("keeps what npm, Go and the toolchain fetch or build, by files that are there", () => {
    expect(inputsOf("actions/setup-node")?.cache).toBe("npm");
    const { path, key = "" } = inputsOf("actions/cache") ?? {};
    expect(path).toBe("~/.cache/yandex-audit-trails");
    const patterns = [
      ...[...key.matchAll(/'([^']+)'/g)].map(([, pattern = ""]) => pattern),
      String(inputsOf("actions/setup-go")?.["cache-dependency-path"]),
    ];
    expect(patterns.length).toBeGreaterThan(2);
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
