import { type Emulator, startEmulator } from "../../emulator";
import type { AuditEvent } from "../../emulator/backend/auditTrails/auditLog";
import { Api, s3, setUpTrail } from "../support/api";
import { byDeployer } from "../support/localStack";

/** All events delivered so far, oldest first. */
function delivered({ cloud }: Emulator): AuditEvent[] {
  const logs = cloud.objects.list(cloud.deployer, "audit-logs");
  return logs.flatMap(({ bucket, key }) =>
    JSON.parse(cloud.objects.get(cloud.deployer, bucket, key).body.toString()),
  );
}
const types = (emulator: Emulator) =>
  delivered(emulator).map(({ event_type }) => event_type.replace("yandex.cloud.audit.", ""));
const trailOf = ({ cloud }: Emulator) => cloud.trails.all()[0];

/** https://yandex.cloud/en/docs/audit-trails/concepts/format */
test.each([
  ["", ""],
  ["logs/organization", "logs/organization/"],
])("objects with prefix %j are JSON arrays under [prefix/]trail/yyyy/mm/dd/", async (objectPrefix, start) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { bucket, trailId } = await setUpTrail(emulator, api, objectPrefix);
  emulator.cloud.clock.advance({ minutes: 5 });
  const [date] = emulator.cloud.clock.now().toISOString().split("T");
  const [log] = emulator.cloud.objects.list(emulator.cloud.deployer, bucket);
  expect(log?.key).toMatch(new RegExp(`^${start}${trailId}/${date?.replaceAll("-", "/")}/[^/]+\\.json$`));
  const contents = await (await s3(emulator, "GET", `/${bucket}/${log?.key}`)).json();
  expect(Array.isArray(contents) && contents.length).toBeGreaterThan(0);
});

/** https://yandex.cloud/en/docs/audit-trails/concepts/format */
test("the record of a federated user names the federation", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await setUpTrail(emulator, api);
  const { cloud } = emulator;
  const subject = { type: "federatedUser", id: "somebody" };
  cloud.access.add(cloud.folderId, { roleId: "kms.editor", subject });
  using federated = new Api(emulator, emulator.issueToken(subject));
  await federated.createKey("theirs");
  cloud.clock.advance({ minutes: 5 });
  expect(delivered(emulator).at(-1)?.authentication).toMatchObject({
    subject_type: "FEDERATED_USER_ACCOUNT",
    federation_id: expect.any(String),
    federation_name: "local-federation",
    federation_type: "PRIVATE_FEDERATION",
  });
});

test("a record has the user, the action, the resource and the address, and no token", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { keyId } = await setUpTrail(emulator, api);
  emulator.cloud.clock.advance({ minutes: 5 });
  const { cloud } = emulator;
  const record = delivered(emulator).find(({ event_type }) => event_type.endsWith("kms.CreateSymmetricKey"));
  expect(record).toEqual({
    event_id: expect.any(String),
    event_source: "kms",
    event_type: "yandex.cloud.audit.kms.CreateSymmetricKey",
    event_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    authentication: {
      authenticated: true,
      subject_type: "YANDEX_PASSPORT_USER_ACCOUNT",
      subject_id: cloud.deployer.id,
      subject_name: cloud.deployer.id,
      token_info: { masked_iam_token: expect.stringMatching(/^t1\.\w{6}\*{4}$/) },
    },
    authorization: { authorized: true },
    resource_metadata: {
      path: [
        {
          resource_type: "organization-manager.organization",
          resource_id: cloud.organizationId,
          resource_name: "local-organization",
        },
        { resource_type: "resource-manager.cloud", resource_id: cloud.cloudId, resource_name: "local-cloud" },
        { resource_type: "resource-manager.folder", resource_id: cloud.folderId, resource_name: "audit" },
        { resource_type: "kms.symmetricKey", resource_id: keyId, resource_name: "key" },
      ],
    },
    request_metadata: {
      remote_address: "127.0.0.1",
      user_agent: expect.stringContaining("grpc"),
      request_id: expect.any(String),
    },
    event_status: "DONE",
    details: expect.objectContaining({ key_id: keyId, key_name: "key" }),
    request_parameters: expect.objectContaining({ name: "key" }),
    response: expect.objectContaining({ id: keyId, name: "key" }),
  });
});

test("the records of a service account's calls name it", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const id = await api.createServiceAccount("robot");
  await api.bind("folders", emulator.cloud.folderId, "kms.editor", id);
  using robot = new Api(emulator, emulator.issueToken({ type: "serviceAccount", id }));
  await robot.createKey("key");
  expect(emulator.cloud.auditLog.after(0).at(-1)?.event.authentication).toMatchObject({
    subject_type: "SERVICE_ACCOUNT",
    subject_id: id,
    subject_name: "robot",
  });
});

test("a denied call is logged as an ERROR with code 7, a call without a valid token is not logged", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await setUpTrail(emulator, api);
  using stranger = new Api(emulator, emulator.issueToken({ type: "userAccount", id: "stranger" }));
  using nobody = new Api(emulator, "");
  const before = emulator.cloud.auditLog.lastSequence;
  await stranger.createKey("theirs").catch(() => {});
  await nobody.createKey("theirs").catch(() => {});
  const [row, ...more] = emulator.cloud.auditLog.after(before);
  expect(more).toEqual([]);
  expect(row?.event).toMatchObject({
    authentication: { subject_id: "stranger" },
    authorization: { authorized: false },
    event_status: "ERROR",
    error: { code: 7, message: "Permission denied" },
  });
});

test("each event is delivered once, five minutes after the last delivery, and without events there is no object", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { bucket } = await setUpTrail(emulator, api);
  const { cloud } = emulator;
  cloud.clock.advance({ minutes: 5 });
  const first = types(emulator);
  await api.createKey("another");
  cloud.clock.advance({ minutes: 4 });
  expect(types(emulator)).toEqual(first);
  cloud.clock.advance({ minutes: 1 });
  expect(types(emulator)).toEqual([...first, "kms.CreateSymmetricKey"]);
  cloud.clock.advance({ minutes: 30 });
  expect(cloud.objects.list(cloud.deployer, bucket)).toHaveLength(2);
});

test.each([
  ["deliver", true],
  ["skip", false],
] as const)("switch eventsBeforeTrail=%s", async (position, included) => {
  await using emulator = await startEmulator({ switches: { eventsBeforeTrail: position } });
  using api = new Api(emulator);
  await setUpTrail(emulator, api);
  emulator.cloud.clock.advance({ minutes: 5 });
  expect(types(emulator).includes("kms.CreateSymmetricKey")).toBe(included);
  expect(types(emulator)).toContain("audittrails.CreateTrail");
});

/** https://yandex.cloud/en/docs/audit-trails/operations/error */
test.each([
  [
    "ACCESS_DENIED",
    "the role on the organization",
    (api: Api, { cloud }: Emulator, { accountId }: Setup, action: number) =>
      api.bind("organizations", cloud.organizationId, "audit-trails.viewer", accountId, action),
  ],
  [
    "ACCESS_DENIED",
    "the role on the folder",
    (api: Api, { cloud }: Emulator, { accountId }: Setup, action: number) =>
      api.bind("folders", cloud.folderId, "storage.uploader", accountId, action),
  ],
  [
    "ACCESS_DENIED",
    "the role on the key",
    (api: Api, _: Emulator, { accountId, keyId }: Setup, action: number) =>
      api.bind("keys", keyId, "kms.keys.encrypterDecrypter", accountId, action),
  ],
  [
    "BUCKET_INVALID_ENCRYPTION",
    "an active key",
    (api: Api, _: Emulator, { keyId }: Setup, action: number) =>
      api.call("keys", "update", {
        keyId,
        status: action === 1 ? 2 : 3,
        updateMask: { paths: ["status"] },
        name: "",
        description: "",
        labels: {},
        defaultAlgorithm: 0,
        deletionProtection: false,
      }),
  ],
])(
  "a trail goes to ERROR with %s without %s, and back to ACTIVE with all events when it is corrected",
  async (reason, _, change) => {
    await using emulator = await startEmulator();
    using api = new Api(emulator);
    const setup = await setUpTrail(emulator, api);
    const { clock, objects, deployer } = emulator.cloud;
    clock.advance({ minutes: 5 });
    const before = types(emulator);

    await change(api, emulator, setup, 2);
    clock.advance({ minutes: 5 });
    expect(trailOf(emulator)).toMatchObject({
      status: "ERROR",
      statusErrorMessage: expect.stringContaining(reason),
    });
    expect(objects.list(deployer, setup.bucket)).toHaveLength(1);
    await change(api, emulator, setup, 1);
    clock.advance({ minutes: 5 });
    expect(trailOf(emulator)).toMatchObject({ status: "ACTIVE", statusErrorMessage: "" });
    expect(types(emulator)).toHaveLength(before.length + 2);
  },
);
type Setup = Awaited<ReturnType<typeof setUpTrail>>;

test("a trail goes to ERROR with BUCKET_NOT_FOUND when its bucket is gone", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { bucket } = await setUpTrail(emulator, api);
  emulator.cloud.buckets.delete(byDeployer(emulator), bucket);
  emulator.cloud.clock.advance({ minutes: 5 });
  expect(trailOf(emulator)).toMatchObject({
    status: "ERROR",
    statusErrorMessage: expect.stringContaining("BUCKET_NOT_FOUND"),
  });
});

test("a trail that is corrected after more than 72 hours delivers only the last 72", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { accountId } = await setUpTrail(emulator, api);
  const { clock, organizationId } = emulator.cloud;
  clock.advance({ minutes: 5 });
  // Without this role the account can still put objects into the bucket.
  await api.bind("organizations", organizationId, "audit-trails.viewer", accountId, 2);
  await api.createKey("lost");
  clock.advance({ hours: 2 });
  await api.createKey("kept");
  clock.advance({ hours: 10 });
  clock.advance({ hours: 61 });
  using later = new Api(emulator);
  await later.bind("organizations", organizationId, "audit-trails.viewer", accountId);
  clock.advance({ minutes: 5 });
  const names = delivered(emulator).map(
    ({ request_parameters }) => (request_parameters as { name?: string }).name,
  );
  expect(names).toContain("kept");
  expect(names).not.toContain("lost");
});
