import { findInstalled } from "../../toolchain/installed";
import { bridge, provider, pulumi, sdkGenerator } from "../../toolchain/programs";
import { TemporaryFolder, withEnvironment } from "../support/fakes";

test.each([
  ["v3.259.0", true],
  ["v3.259.1", true],
  ["v3.300.0", true],
  ["v3.258.9", false],
  ["v2.300.0", false],
  ["v4.0.0", false],
  ["v3.259.0-alpha.1", false],
  ["something else", false],
])("an installed pulumi that says %s is used: %s", async (version, used) => {
  using folder = new TemporaryFolder();
  const path = folder.script("pulumi", `echo ${version}`);
  const found = await withEnvironment({ PATH: `${folder.path}:/usr/bin:/bin` }, () => findInstalled(pulumi));
  expect(found).toBe(used ? path : undefined);
});

test("an older pulumi on the PATH does not hide a fitting one behind it", async () => {
  using folder = new TemporaryFolder();
  folder.script("old/pulumi", "echo v3.1.0");
  const path = folder.script("new/pulumi", "echo v3.259.0");
  const PATH = `${folder.path}/old:${folder.path}/new:/usr/bin:/bin`;
  expect(await withEnvironment({ PATH }, () => findInstalled(pulumi))).toBe(path);
});

test.each([bridge, provider])(
  "the $name in the user's Pulumi folder is used in its pinned version only",
  async (program) => {
    using folder = new TemporaryFolder();
    const find = () => withEnvironment({ PULUMI_HOME: folder.path }, () => findInstalled(program));
    const inHome = program.path.replace(/^home\//, "");
    folder.script(inHome.replace(program.version, "v9.9.9").replace("0.137.0", "9.9.9"), "");
    expect(await find()).toBeUndefined();
    const path = folder.script(inHome, "");
    expect(await find()).toBe(path);
  },
);

test("the SDK generator is never taken from elsewhere", () => {
  expect(findInstalled(sdkGenerator)).toBeUndefined();
});
