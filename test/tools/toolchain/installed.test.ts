import { findInHome, findInstallation } from "../../../tools/toolchain/installed";
import { pluginOf, providerOf, pulumi } from "../../../tools/toolchain/programs";
import { pinnedRelease } from "../../../tools/toolchain/release";
import { TemporaryFolder, withEnvironment } from "../../support/fakes";

/** Searches a PATH, and returns the installation and the messages about it. */
const find = (PATH: string) =>
  withEnvironment({ PATH }, () => {
    const lines: string[] = [];
    return { found: findInstallation(pulumi.version, (line) => lines.push(line)), lines };
  });
/** A language host that says its version as the official one does. */
const host = (version: string) => `[ "$*" = -version ] && echo ${version}`;

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
  const languageHost = folder.script("pulumi-language-nodejs", host(version.replace(/^v/, "")));
  const { found, lines } = await find(`${folder.path}:/usr/bin:/bin`);
  expect(found).toEqual(used ? { pulumi: path, languageHost } : undefined);
  expect(lines).toEqual([
    used
      ? `${path} ${version} is used: CLI and Node language host have the same suitable version.`
      : `${path} ${version} is not used: it is not version v3.259.0 or a newer one of the same major version.`,
  ]);
});

test("an older pulumi on the PATH does not hide a fitting one behind it", async () => {
  using folder = new TemporaryFolder();
  folder.script("old/pulumi", "echo v3.1.0");
  const path = folder.script("new/pulumi", "echo v3.259.0");
  folder.script("old/pulumi-language-nodejs", "exit 2");
  const languageHost = folder.script("new/pulumi-language-nodejs", host("3.259.0"));
  const { found } = await find(`${folder.path}/old:${folder.path}/new:/usr/bin:/bin`);
  expect(found).toEqual({ pulumi: path, languageHost });
});

test.each([
  ["of another version", host("3.68.0"), "no Node language host of its version"],
  [
    "that does not say its version, as before there was -version",
    "exit 2",
    "no Node language host of its version",
  ],
  ["that is not there", undefined, "there is no Node language host"],
])(
  "a pulumi with a Node language host %s is not used, and the reason is reported",
  async (_, script, why) => {
    using folder = new TemporaryFolder();
    folder.script("pulumi", "echo v3.259.0");
    if (script) folder.script("pulumi-language-nodejs", script);
    const { found, lines } = await find(`${folder.path}:/usr/bin:/bin`);
    expect(found).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining(`is not used: ${why}`)]);
  },
);

const another = { plugin: "9.9.9", provider: "9.9.9" };

test.each([pluginOf, providerOf])(
  "%p in the user's Pulumi folder is used in its version only",
  async (of) => {
    using folder = new TemporaryFolder();
    const findIt = () => withEnvironment({ PULUMI_HOME: folder.path }, () => findInHome(of(pinnedRelease())));
    const inHome = (path: string) => path.replace(/^home\//, "");
    folder.script(inHome(of(another).path), "");
    expect(await findIt()).toBeUndefined();
    const path = folder.script(inHome(of(pinnedRelease()).path), "");
    expect(await findIt()).toBe(path);
  },
);
