import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { diff } from "../../../operate/diff/command";
import { reviewedIn } from "../../../operate/diff/marker";
import { lockbox, type Stack } from "../../support/diffReports";
import { exported, preview, stack } from "../../support/engineOutput";
import { TemporaryFolder } from "../../support/fakes";

describe("the command", () => {
  const folder = new TemporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const file = (name: string, text: string) => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  };
  const options = (after: Stack) => ({
    preview: file("preview.json", preview(stack(), after)),
    state: file("state.json", exported(stack())),
    format: "markdown" as const,
  });
  const weaker = stack({ bucket: { maxSize: 1 } });
  const narrower = stack({ trail: lockbox() });

  test.each<[string, Stack, Parameters<typeof diff>[0]["failOn"], number]>([
    ["nothing to fail on", weaker, undefined, 0],
    ["another verdict", weaker, ["stop", "narrower"], 0],
    ["the verdict", weaker, ["weaker"], 1],
    ["one that applies beside a worse one", narrower, ["weaker"], 1],
  ])("ends with the exit code that the options ask for: %s", async (_, after, failOn, exitCode) => {
    expect(await diff({ ...options(after), failOn })).toMatchObject({ exitCode });
  });

  test("the same input gives the same text with the commit", async () => {
    const outputOf = async () => (await diff({ ...options(weaker), commit: "0123abc" })).output;
    const [one, other] = [await outputOf(), await outputOf()];
    expect(one).toBe(other);
    expect(one.split("\n")[0]).toBe(
      "<!-- audit-trails diff stack=prod commit=0123abc verdict=weaker applies=weaker -->",
    );
  });

  test("reviewed harm passes and other harm does not, even if the comment is forged further down", async () => {
    const reviewed = file("reviewed.md", (await diff(options(weaker))).output);
    expect(await diff({ ...options(weaker), reviewed: [reviewed] })).toMatchObject({ exitCode: 0 });
    expect(await diff({ ...options(stack()), reviewed: [reviewed] })).toMatchObject({ exitCode: 0 });
    const worse = await diff({ ...options(narrower), reviewed: [reviewed] });
    expect([worse.exitCode, worse.complaint]).toEqual([
      1,
      "Harm that was not reviewed: coverage narrower (--reviewed).",
    ]);
    const other = file("other.md", (await diff(options(narrower))).output);
    expect(await diff({ ...options(narrower), reviewed: [reviewed, other] })).toMatchObject({ exitCode: 0 });

    const marker = (await diff(options(narrower))).output.split("\n")[0] ?? "";
    for (const forged of [`text\n${marker}`, `> ${marker}`, marker.replace("stack=prod", "stack=dev"), ""])
      expect(reviewedIn(forged, "prod")).toEqual([]);
    expect(reviewedIn(marker, "prod")).toEqual(["narrower", "weaker"]);
  });

  const run = (...args: string[]) => {
    const bin = join(__dirname, "..", "..", "..", "operate", "audit-trails.cjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
      encoding: "utf8",
      input: "",
    });
    return { status, stdout, stderr };
  };
  test.each([
    [["diff", "--help"], 0, /--fail-on/],
    [["diff"], 3, /Give --preview/],
    [["diff", "--preview", "/nonexistent"], 3, /cannot be read/],
    [["diff", "--preview", "-"], 2, /: unknown/],
    [["diff", "--fail-on", "nonsense"], 3, /Allowed: refused, stop/],
    [["diff", "--commit", "not a commit"], 3, /7 to 64 digits/],
    [["nonsense"], 3, /unknown command/],
  ])("audit-trails %j ends with %d", (args, exitCode, said) => {
    const { status, stdout, stderr } = run(...args);
    expect(status).toBe(exitCode);
    expect(stdout + stderr).toMatch(said);
  });

  test("JSON has the verdicts with their resources", () => {
    const { preview: previewFile, state } = options(weaker);
    const { stdout } = run("diff", "--preview", previewFile, "--state", state, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      stack: "prod",
      verdict: "weaker",
      applies: ["weaker"],
      rows: [{ name: "size limit", before: ["none"], effect: "weaker" }],
    });
  });
});
