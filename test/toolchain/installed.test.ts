import { findInHome, findInstallation } from "../../toolchain/installed";
import { pluginOf, providerOf, pulumi } from "../../toolchain/programs";
import { TemporaryFolder, withEnvironment } from "../support/fakes";

const find = (PATH: string) => withEnvironment({ PATH }, () => findInstallation(pulumi.version));

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
  const languageHost = folder.script("pulumi-language-nodejs", "");
  const found = await find(`${folder.path}:/usr/bin:/bin`);
  expect(found).toEqual(used ? { pulumi: path, languageHost } : undefined);
});

test("an older pulumi on the PATH does not hide a fitting one behind it", async () => {
  using folder = new TemporaryFolder();
  folder.script("old/pulumi", "echo v3.1.0");
  const path = folder.script("new/pulumi", "echo v3.259.0");
  folder.script("new/pulumi-language-nodejs", "");
  expect(await find(`${folder.path}/old:${folder.path}/new:/usr/bin:/bin`)).toMatchObject({ pulumi: path });
});

test("a pulumi without a Node language host runs no program of ours, and is not used", async () => {
  using folder = new TemporaryFolder();
  folder.script("pulumi", "echo v3.259.0");
  expect(await find(`${folder.path}:/usr/bin:/bin`)).toBeUndefined();
});

const release = { plugin: "1.1.3", provider: "0.137.0" };
const another = { plugin: "9.9.9", provider: "9.9.9" };

test.each([pluginOf, providerOf])(
  "%p in the user's Pulumi folder is used in its version only",
  async (of) => {
    using folder = new TemporaryFolder();
    const findIt = () => withEnvironment({ PULUMI_HOME: folder.path }, () => findInHome(of(release)));
    const inHome = (path: string) => path.replace(/^home\//, "");
    folder.script(inHome(of(another).path), "");
    expect(await findIt()).toBeUndefined();
    const path = folder.script(inHome(of(release).path), "");
    expect(await findIt()).toBe(path);
  },
);
