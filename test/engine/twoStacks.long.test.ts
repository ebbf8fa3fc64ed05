import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "../../emulator";
import { localEnvironment } from "../../tools/local/environment";
import { backendOf } from "../../tools/local/state";
import { ensureToolchain } from "../../tools/toolchain";
import { Api, bucketRequest } from "../support/api";
import { TemporaryFolder } from "../support/fakes";
import { programOf } from "../support/localStack";

test("a trail in ERROR fails only its own of two stacks in one process, and that stack keeps its outputs", async () => {
  const toolchain = await ensureToolchain(() => {});
  await using emulator = await startEmulator({ switches: { missingTrailPrerequisites: "error-status" } });
  using folder = new TemporaryFolder();
  mkdirSync(backendOf(folder.path), { recursive: true });
  const { organizationId, folderId } = emulator.cloud;
  using api = new Api(emulator);
  const bucketName = "broken-logs";
  await api.call("buckets", "create", bucketRequest(folderId, bucketName));
  const serviceAccountId = await api.createServiceAccount("without-roles");

  const environment = localEnvironment({ toolchain, emulator, folder: folder.path });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", programOf("twoStacks")],
    {
      env: {
        ...environment,
        PATH: `${dirname(toolchain.pulumi)}:${environment.PATH}`,
        STACKS: JSON.stringify({ organizationId, folderId, bucketName, serviceAccountId }),
      },
    },
  );
  expect(JSON.parse(stdout)).toEqual({
    broken: {
      failure: expect.stringContaining("The trail is in status ERROR: no log is delivered."),
      trailStatus: "ERROR",
    },
    sound: { trailStatus: "ACTIVE" },
  });
});
