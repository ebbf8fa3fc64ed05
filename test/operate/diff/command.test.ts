import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diff } from "../../../operate/diff/command";
import { reportOn } from "../../../operate/diff/report";
import { quietEnvironment } from "../../../operate/stack/runPulumi";
import { exported, preview, secretOf, stack } from "../../support/engineOutput";
import { TemporaryFolder } from "../../support/fakes";

const change = preview(stack(), stack({ bucket: { maxSize: 1 } }));

describe("a preview that contradicts itself has the verdict unknown", () => {
  const broken = (
    edit: (json: { steps: { op: string; urn: string }[]; changeSummary: Record<string, number> }) => void,
  ) => {
    const json = JSON.parse(change);
    edit(json);
    return reportOn({ preview: JSON.stringify(json), state: exported(stack()) });
  };
  test.each<[string, Parameters<typeof broken>[0], RegExp]>([
    [
      "counts deletions without steps",
      ({ changeSummary }) => Object.assign(changeSummary, { delete: 10 }),
      /10 of delete/,
    ],
    [
      "counts fewer updates",
      ({ changeSummary }) => Object.assign(changeSummary, { update: 0 }),
      /0 of update/,
    ],
    [
      "has an operation that nobody knows",
      ({ steps }) => Object.assign(steps[1] ?? {}, { op: "transmute" }),
      /transmute/,
    ],
    [
      "counts one that nobody knows",
      ({ changeSummary }) => Object.assign(changeSummary, { toString: 1 }),
      /toString/,
    ],
  ])("%s", (_, edit, said) => {
    const report = broken(edit);
    expect(report.verdict).toBe("unknown");
    expect(report.obstacles[0]?.detail).toMatch(said);
  });

  test("steps that the engine does not count are no contradiction", () => {
    const report = broken(({ steps }) =>
      steps.push(
        { op: "create", urn: "urn:pulumi:prod::platform::pulumi:providers:yandex::default_0_137_0" },
        { op: "read", urn: "urn:pulumi:prod::platform::a:b:C::read" },
      ),
    );
    expect(report.obstacles).toEqual([]);
    expect(report.verdict).toBe("weaker");
  });
});

describe("with --stack", () => {
  const folder = new TemporaryFolder();
  const path = process.env.PATH;
  afterAll(() => {
    process.env.PATH = path;
    folder[Symbol.dispose]();
  });

  /** A CLI that answers each command with a text and an exit code. */
  function pulumi(answers: Record<"stack" | "preview", { out?: string; said?: string; code?: number }>) {
    const cases = Object.entries(answers).map(([command, { out = "", said = "", code = 0 }]) => {
      for (const [name, text] of Object.entries({ out, said }))
        writeFileSync(join(folder.path, `${command}.${name}`), text);
      return `${command}) cat "${folder.path}/${command}.out"; cat "${folder.path}/${command}.said" >&2; exit ${code};;`;
    });
    const file = join(folder.path, "pulumi");
    writeFileSync(file, `#!/bin/sh\ncase "$1" in\n${cases.join("\n")}\nesac\n`);
    chmodSync(file, 0o755);
    process.env.PATH = `${folder.path}:${path}`;
  }
  const state = { out: exported(stack()) };
  const cause = "error: could not decrypt: 403 InvalidAccessKeyId";

  test.each([
    ["stack export", { stack: { said: cause, code: 255 }, preview: { out: change } }],
    ["preview", { stack: state, preview: { said: cause, code: 255 } }],
    [
      "preview, whose JSON does not say why",
      { stack: state, preview: { out: change, said: cause, code: 255 } },
    ],
  ])("a failure of %s is reported with its cause in each format", async (_, answers) => {
    pulumi(answers);
    for (const format of ["text", "markdown", "json"] as const) {
      const { output, exitCode } = await diff({ stack: "prod", format });
      expect(exitCode).toBe(2);
      expect(output).toContain("InvalidAccessKeyId");
    }
  });

  test("the printed preview is reported on", async () => {
    pulumi({ stack: state, preview: { out: change, said: "a warning" } });
    expect(await diff({ stack: "prod", format: "text" })).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining("protection weaker"),
    });
  });
});

test("nothing in the environment changes what the CLI prints", () => {
  const changing = {
    ...{
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
      PULUMI_OPTION_REFRESH: "1",
      PULUMI_SUPPRESS_NEO_LINK: "1",
    },
    ...{ PULUMI_NEO: "1", PULUMI_DEBUG_COMMANDS: "1", FORCE_COLOR: "3", CLICOLOR_FORCE: "1" },
  };
  const needed = {
    PATH: "/bin",
    PULUMI_CONFIG_PASSPHRASE: "x",
    PULUMI_BACKEND_URL: "file://",
    YC_TOKEN: "t",
    HOME: "/h",
  };
  expect(quietEnvironment({ ...changing, ...needed })).toEqual({
    ...{ ...needed, NO_COLOR: "1", PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
});

test.each([
  ["AccessDenied: Access Denied\n\tstatus code: 403, request id: x", /policy of the bucket/],
  [
    "rpc error: code = PermissionDenied desc = Permission denied",
    /^The cloud denied a request of the preview.* The account of the preview lacks a role\.$/,
  ],
])("a denial names its cause: %j", (message, said) => {
  const diagnostics = [{ severity: "error", message }];
  const report = reportOn({ preview: preview(stack(), stack(), { diagnostics }), state: exported(stack()) });
  expect(report.obstacles[0]?.reason).toMatch(said);
});

describe("a value that is marked secret", () => {
  const plain = "plain-s3cret";
  const printed = (place: "inputs" | "outputs", value: unknown) =>
    stack().map((one) => ({ ...one, [place]: { ...one[place], tags: { a: [value] }, policy: value } }));
  test.each(["inputs", "outputs"] as const)(
    "is masked everywhere: in %s, nested, and in warnings",
    async (place) => {
      const before = printed(place, secretOf(plain));
      const after = printed(place, plain).map((one) => ({ ...one, inputs: { ...one.inputs, maxSize: 5 } }));
      using folder = new TemporaryFolder();
      const file = (name: string, text: string) => {
        writeFileSync(join(folder.path, name), text);
        return join(folder.path, name);
      };
      const diagnostics = [{ severity: "warning", urn: before[0]?.urn, message: `warning: see ${plain}` }];
      const steps = preview(before, after, { diagnostics, changed: ["maxSize", "policy"] });
      for (const format of ["text", "markdown", "json"] as const) {
        const { output } = await diff({
          ...{ format, preview: file("preview", steps), state: file("state", exported(before)) },
        });
        expect(output).not.toContain(plain);
        expect(output).toContain("see (secret)");
      }
    },
  );
});
