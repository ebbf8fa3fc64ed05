import { type Emulator, startEmulator } from "../../emulator";
import { Api, setUpTrail, trailRequest } from "../support/api";
import { byDeployer } from "../support/localStack";

type Setup = Awaited<ReturnType<typeof setUpTrail>>;

type TakeAway = (emulator: Emulator, setup: Setup) => void;

const takesRole =
  (roleId: string, idOf: (emulator: Emulator, setup: Setup) => string): TakeAway =>
  (emulator, setup) =>
    emulator.cloud.access.remove(idOf(emulator, setup), {
      roleId,
      subject: { type: "serviceAccount", id: setup.accountId },
    });

/** A cloud in which a trail lacks one thing, and the code with which it is created all the same. */
async function createdWithout(
  takeAway: TakeAway,
  switches: { missingTrailPrerequisites?: "error-status" } = {},
) {
  await using emulator = await startEmulator({ switches });
  using api = new Api(emulator);
  const setup = await setUpTrail(emulator, api);
  await api.call("trails", "delete", { trailId: setup.trailId });
  takeAway(emulator, setup);
  const code = await api.codeOf("trails", "create", trailRequest(emulator, setup.bucket, setup.accountId));
  return { code, statuses: emulator.cloud.trails.all().map(({ status }) => status) };
}

test("a trail is created if nothing is missing", async () => {
  expect(await createdWithout(() => {})).toEqual({ code: "OK", statuses: ["ACTIVE"] });
});

test.each<[string, string, TakeAway]>([
  [
    "its account's role on the organization",
    "PERMISSION_DENIED",
    takesRole("audit-trails.viewer", ({ cloud }) => cloud.organizationId),
  ],
  [
    "its account's role on the bucket's folder",
    "PERMISSION_DENIED",
    takesRole("storage.uploader", ({ cloud }) => cloud.folderId),
  ],
  [
    "its account's role on the bucket's key",
    "PERMISSION_DENIED",
    takesRole("kms.keys.encrypterDecrypter", (_, { keyId }) => keyId),
  ],
  [
    "its bucket",
    "NOT_FOUND",
    (emulator, { bucket }) => emulator.cloud.buckets.delete(byDeployer(emulator), bucket),
  ],
])("a trail without %s is refused with %s, or accepted with status ERROR", async (_, code, takeAway) => {
  expect(await createdWithout(takeAway)).toEqual({ code, statuses: [] });
  const accepted = await createdWithout(takeAway, { missingTrailPrerequisites: "error-status" });
  expect(accepted).toEqual({ code: "OK", statuses: ["ERROR"] });
});
