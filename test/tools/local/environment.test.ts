import { startEmulator } from "../../../emulator";
import { localEnvironment } from "../../../tools/local/environment";
import { pinnedRelease } from "../../../tools/toolchain/release";
import { TemporaryFolder, withEnvironment } from "../../support/fakes";

test("the toolchain's CLI and language host come before those of an installed Pulumi on the PATH", async () => {
  await using emulator = await startEmulator();
  using folder = new TemporaryFolder();
  const toolchain = {
    pulumi: "/toolchain/bin/pulumi",
    provider: "",
    release: pinnedRelease(),
    environment: {},
  };
  const { PATH } = await withEnvironment({ PATH: "/older-pulumi:/usr/bin" }, () =>
    localEnvironment({ toolchain, emulator, folder: folder.path }),
  );
  expect(PATH).toBe("/toolchain/bin:/older-pulumi:/usr/bin");
});
