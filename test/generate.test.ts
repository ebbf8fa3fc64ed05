import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { settingsSchema } from "../settings/schema";

const page = "docs/configuration.md";
const files = ["Pulumi.yaml", page];
const register = resolve("register.cjs");
const script = resolve("settings/generate.ts");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "generate-"));
  mkdirSync(join(folder, "docs"));
  for (const file of files) copyFileSync(file, join(folder, file));
});
afterEach(() => rmSync(folder, { recursive: true }));

const generate = (...args: string[]) =>
  spawnSync(process.execPath, ["--require", register, script, ...args], { cwd: folder, encoding: "utf8" });

function edit(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(folder, file), "utf8");
  expect(text).toMatch(from);
  writeFileSync(join(folder, file), text.replace(from, to));
}

test.each([
  ["Pulumi.yaml", "default: 120", "default: 121"],
  ["Pulumi.yaml", /description: Lock of new logs.*/, "description: Another text."],
  ["Pulumi.yaml", /$/, "  mistyped:\n    default: x\n"],
  [page, "| `onRemoval` | `keep` |", "| `onRemoval` | `deleteWithLogs` |"],
  [page, /\| `labels`.*\n/, ""],
])("the check fails for %s, and the script corrects it: %s becomes %j", (file, from, to) => {
  edit(file, from, to);
  const { status, stderr } = generate("--check");
  expect(stderr).toBe(`${file} is out of date. Run npm run generate, and commit the change.\n`);
  expect(status).toBe(1);

  expect(generate()).toMatchObject({ status: 0, stderr: "" });
  for (const name of files) expect(readFileSync(join(folder, name), "utf8")).toBe(readFileSync(name, "utf8"));
});

test("text outside the block and the table does not change", () => {
  edit("Pulumi.yaml", "config:\n", "# A comment of the owner\nconfig:\n");
  edit("Pulumi.yaml", /$/, "backend:\n  url: file:///tmp\n");
  edit(page, "## Keys\n", "## Keys\n\nA text of the owner.\n");
  expect(generate("--check")).toMatchObject({ status: 0, stderr: "" });
});

test("a page without its markers is refused, and nothing is written", () => {
  edit(page, "<!-- End of what is made. -->\n", "");
  edit("Pulumi.yaml", "default: 120", "default: 121");
  const { status, stderr } = generate();
  expect(status).toBe(1);
  expect(stderr).toContain(`${page} has no place for generated text`);
  expect(readFileSync(join(folder, "Pulumi.yaml"), "utf8")).toContain("default: 121");
});

test("Pulumi.yaml declares what the program reads, with the defaults, and no types: the program reports all faults", () => {
  const { config } = parse(readFileSync("Pulumi.yaml", "utf8"));
  expect(Object.keys(config)).toEqual(Object.keys(settingsSchema.shape));
  expect(config).toMatchObject({
    organizationId: { default: "" },
    encryption: { default: { key: "new" } },
    protected: { default: true },
    rolePropagationTimeoutSeconds: { default: 120 },
    maxSizeGiB: { default: "" },
  });
  for (const declared of Object.values<object>(config)) expect(declared).not.toHaveProperty("type");
});
