import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, requireGo } from "../../../tools/toolchain/build";
import { TemporaryFolder, withEnvironment } from "../../support/fakes";

const systemPath = "/usr/bin:/bin";

/** Runs a task with a `go` that does what the script says. */
async function withGo<T>(script: string | undefined, task: (folder: string) => T | Promise<T>): Promise<T> {
  using folder = new TemporaryFolder();
  if (script !== undefined) folder.script("go", script);
  const path = script === undefined ? folder.path : `${folder.path}:${systemPath}`;
  return await withEnvironment({ PATH: path, GOFLAGS: "-mod=mod", GOPROXY: "proxy.test" }, () =>
    task(folder.path),
  );
}

const program = (folder: string) => ({
  name: "Program",
  version: "v1.2.3",
  path: "program",
  source: {
    folder,
    package: "example.test/program",
    versionVariable: "example.test/version.Version",
    minutes: 1,
  },
});

test.each([
  [undefined, "There is no Go on the PATH. Go 1.26 or newer is required"],
  ["echo go1.25.9", "The Go on the PATH is too old: go1.25.9. Go 1.26 or newer is required"],
  ["echo go0.99", "too old: go0.99"],
])("a Go that answers %j is refused with the needed release and its source", async (script, message) => {
  await expect(withGo(script, () => requireGo())).rejects.toThrow(message);
  await expect(withGo(script, () => requireGo())).rejects.toThrow("https://go.dev/dl");
});

test.each(["go1.26", "go1.26.8", "go1.30.1", "go2.0"])("%s is new enough", async (version) => {
  await withGo(`echo ${version}`, () => requireGo());
});

test("a build sets the version, trusts only the committed checksums and inherits no flags", async () => {
  await withGo('echo "$@" > asked; echo "$GOFLAGS $GOPROXY" >> asked', async (folder) => {
    await build(program(folder), join(folder, "out"), () => {});
    const [command, environment] = readFileSync(join(folder, "asked"), "utf8").split("\n");
    expect(command).toContain(`-o ${folder}/out example.test/program`);
    expect(command).toContain("-X example.test/version.Version=v1.2.3");
    expect(environment).toBe("-mod=readonly -modcacherw -trimpath -buildvcs=false proxy.test");
  });
});

test.each([
  ["write /tmp/x: no space left on device", "the disk is full"],
  ["dial tcp: lookup proxy.test: no such host", "set GOPROXY to a proxy that you can reach"],
  ["reading proxy.test/m/@v/v1.zip: 403 Forbidden", "set GOPROXY to a proxy that you can reach"],
  ["./main.go:1:1: syntax error", "syntax error"],
])("a build that fails with %j reports the cause in plain words", async (output, message) => {
  const failing = withGo(`echo "${output}" >&2; exit 1`, (folder) =>
    build(program(folder), join(folder, "out"), () => {}),
  );
  await expect(failing).rejects.toThrow(message);
});
