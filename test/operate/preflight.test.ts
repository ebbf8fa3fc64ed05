import fc from "fast-check";
import { openCloud } from "../../api/connection";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import { permissionsOf, roleIds } from "../../emulator/backend/iam/roles";
import { type PlannedCheck, runCheck } from "../../operate/preflight/check";
import { type Ids, planOfArgs, planOfIds } from "../../operate/preflight/planOfArgs";
import { preflight } from "../../operate/preflight/preflight";
import { exitCodeOf, reportOf, textOf } from "../../operate/preflight/report";
import { Api, bucketRequest, keyRequest, s3, setUpTrail } from "../support/api";
import { createKey } from "../support/authorizedKey";
import { connectionTo, reach } from "../support/connection";
import { byDeployer } from "../support/localStack";

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

/** A local cloud in which preflight can read everything, and finds no problem. */
async function start(options: EmulatorOptions = {}) {
  const emulator = await startEmulator(options);
  reach(emulator);
  const { access, cloudId, deployer } = emulator.cloud;
  access.add(cloudId, { roleId: "viewer", subject: deployer });
  return emulator;
}

/** Returns the output and the exit code for a set-up. */
async function resultFor(
  emulator: Emulator,
  ids: Partial<Ids> = {},
  connection: Parameters<typeof preflight>[1] = connectionTo(emulator),
  subject: Parameters<typeof preflight>[2] = emulator.cloud.deployer,
) {
  const { organizationId, folderId } = emulator.cloud;
  const plan = planOfIds({ organizationId, folderId, bucketName: "audit-logs", ...ids });
  const { checks, deployer } = await preflight(plan, connection, subject);
  const report = reportOf(checks, { deployer });
  return { text: textOf(report), exitCode: exitCodeOf(report) };
}

test("a main bucket to which no trail delivers takes the role to upload from nobody", () => {
  const plan = planOfArgs({
    ...{ organizationId: "o", folderId: "f", bucketName: "main", bucketFolderId: "f" },
    roles: { uploader: "bucket" },
    trails: { organization: { bucketName: "other", bucketFolderId: "f", serviceAccountId: "a" } },
  });
  expect(plan.soleUploads).toEqual([{ bucketName: "other", accountIds: ["a"] }]);
  expect(plan.grants.filter(({ on }) => on.type === "storage.bucket").map(({ on }) => on.id)).toEqual([
    "other",
  ]);
});

test("a sound plan has no problems, and the check changes nothing", async () => {
  await using emulator = await start();
  // The clock notes now and then how far it is ahead.
  const state = () => {
    const { clock: _clock, ...tables } = emulator.cloud.store.export().tables;
    return JSON.stringify(tables);
  };
  const before = state();
  const { text, exitCode } = await resultFor(emulator);
  expect(text).toContain(": 0 problems, 0 unknown, 23 ok\n");
  expect(text).toContain("ok       role storage.admin on folder ");
  expect(exitCode).toBe(0);
  expect(state()).toBe(before);
});

/** A fault, and the lines that report it. */
interface Case {
  readonly what: string;
  readonly breaks?: (emulator: Emulator) => unknown;
  readonly ids?: (emulator: Emulator) => Partial<Ids> | Promise<Partial<Ids>>;
  readonly options?: EmulatorOptions;
  readonly lines: readonly RegExp[];
}

const takeBack = (emulator: Emulator, roleId: string) => {
  const { access, organizationId, folderId, deployer } = emulator.cloud;
  for (const id of [organizationId, folderId]) access.remove(id, { roleId, subject: deployer });
};

const folderRoles = [
  "audit-trails.editor",
  "iam.serviceAccounts.user",
  "storage.admin",
  "kms.admin",
  "iam.serviceAccounts.admin",
  "resource-manager.admin",
];

/** The deployer may list who has what roles everywhere, whatever else is missing. */
const lister = (emulator: Emulator) => {
  const { access, organizationId, deployer } = emulator.cloud;
  for (const roleId of ["organization-manager.viewer", "resource-manager.viewer"])
    access.add(organizationId, { roleId, subject: deployer });
};

const encryptedBucket = async (emulator: Emulator) => {
  using api = new Api(emulator);
  const { bucket: bucketName, keyId } = await setUpTrail(emulator, api);
  return { bucketName, keyId, bucketFolderId: emulator.cloud.folderId };
};

const cases: Case[] = [
  ...folderRoles.map((role) => ({
    what: `the deployer lacks ${role} on the folder`,
    breaks: (emulator: Emulator) => {
      lister(emulator);
      takeBack(emulator, role);
      // It may include the other; the documents do not say so.
      if (role === "iam.serviceAccounts.user") takeBack(emulator, "iam.serviceAccounts.admin");
    },
    lines: [
      new RegExp(
        `^  problem +role ${role} on folder (\\S+): userAccount:\\S+ has it neither there nor on a container around it\\.\\n` +
          ` +\\$ yc resource-manager folder add-access-binding --id \\1 --role ${role} --subject userAccount:\\S+$`,
        "m",
      ),
    ],
  })),
  ...["audit-trails.viewer", "organization-manager.admin"].map((role) => ({
    what: `the deployer lacks ${role} on the organization`,
    breaks: (emulator: Emulator) => {
      lister(emulator);
      takeBack(emulator, role);
    },
    lines: [
      new RegExp(
        `^  problem +role ${role} on organization .*\\n +\\$ yc organization-manager organization add-access-binding --id \\S+ --role ${role} `,
        "m",
      ),
    ],
  })),
  {
    what: "the deployer may not even list the roles of the organization",
    breaks: (emulator) => takeBack(emulator, "organization-manager.admin"),
    lines: [/^ {2}problem +role organization-manager\.admin on organization \S+: The role allows to list/m],
  },
  {
    what: "there is no such organization",
    ids: () => ({ organizationId: "bpfnosuchorganization" }),
    lines: [
      /^ {2}problem +organization bpfnosuchorganization: It does not exist at localhost:\d+, or may not be read\. Correct the id, or YC_ENDPOINT/m,
      /^ {2}problem +organization bpfnosuchorganization of folder \S+: It is in organization (\S+)\. .*\n +\$ pulumi config set organizationId \1$/m,
    ],
  },
  {
    what: "there is no such folder",
    ids: () => ({ folderId: "b1gnosuchfolder" }),
    lines: [
      /^ {2}problem +folder b1gnosuchfolder: It does not exist at /m,
      // One cause, and no command that grants what may be there.
      /^ {2}unknown +organization \S+ of folder b1gnosuchfolder, (role [\w.-]+ on folder b1gnosuchfolder, ){4}.*, trail name .*: Not checked: folder b1gnosuchfolder does not exist, or may not be read\.\n(?! +\$)/m,
    ],
  },
  {
    what: "the folder is about to be deleted",
    breaks: async (emulator) => {
      using api = new Api(emulator);
      await api.call("folders", "delete", { folderId: emulator.cloud.folderId });
    },
    lines: [
      /^ {2}problem +folder (\S+): It is PENDING_DELETION.*\n +\$ yc resource-manager folder list-operations --id \1$/m,
    ],
  },
  {
    what: "the bucket's name is taken in the folder",
    breaks: encryptedBucket,
    lines: [
      /^ {2}problem +bucket name audit-logs: It is taken by a bucket in folder (\S+)\. .*\n +\$ pulumi config set bucketFolderId \1$/m,
    ],
  },
  {
    what: "the bucket's name is taken by somebody else",
    breaks: async ({ cloud, ...emulator }: Emulator) => {
      const id = cloud.ids.make("b1g", cloud.organizationId, "foreign");
      cloud.tree.put({ type: "resource-manager.cloud", id, name: "foreign" });
      cloud.tree.put({ type: "resource-manager.folder", id: `${id}f`, name: "foreign", parentId: id });
      const stranger = { type: "userAccount", id: "ajestranger" };
      cloud.access.add(`${id}f`, { roleId: "storage.admin", subject: stranger });
      const call = { ...byDeployer({ cloud, ...emulator } as Emulator), subject: stranger };
      cloud.buckets.create(call, { name: "audit-logs", folderId: `${id}f` });
    },
    lines: [
      /^ {2}problem +bucket name audit-logs: It is taken by a bucket that you may not read.*\n +\$ pulumi config set bucketName /m,
    ],
  },
  {
    what: "the account's name is taken in another folder of the cloud",
    breaks: ({ cloud }) => {
      cloud.tree.put({
        type: "resource-manager.folder",
        id: "b1gother",
        name: "other",
        parentId: cloud.cloudId,
      });
      cloud.access.add("b1gother", { roleId: "iam.serviceAccounts.admin", subject: cloud.deployer });
      cloud.serviceAccounts.create(byDeployer({ cloud } as Emulator), {
        folderId: "b1gother",
        name: "audit-trails-account",
      });
    },
    lines: [
      /^ {2}problem +service account name audit-trails-account: It is taken by service account (\S+) in folder b1gother\. .*\n +\$ pulumi config set serviceAccountId \1$/m,
    ],
  },
  {
    what: "the trail's name is taken",
    breaks: async (emulator) => {
      await encryptedBucket(emulator);
      const { trails } = emulator.cloud;
      const [trail] = trails.all();
      if (!trail) throw new Error("there is no trail");
      using api = new Api(emulator);
      await api.call("trails", "update", {
        ...trail,
        ...{ trailId: trail.id, name: "audit-trails-organization", updateMask: { paths: ["name"] } },
      });
    },
    ids: () => ({ bucketName: "other-logs" }),
    lines: [/^ {2}problem +trail name audit-trails-organization in folder \S+: It is taken by trail \S+\./m],
  },
  {
    what: "the cloud has all the trails that it may",
    options: { quotas: { trails: 0 } },
    lines: [
      /^ {2}problem +room for 1 more trail: Cloud (\S+) has 0 of 0 trails\.\n +\$ yc quota-manager quota-request create --resource-id \1 --resource-type resource-manager.cloud --desired-limit quota-id=audit-trails.trails.count,value=1$/m,
    ],
  },
  {
    what: "the cloud has all the buckets that it may",
    options: { quotas: { buckets: 0 } },
    lines: [/^ {2}problem +room for 1 more bucket: /m],
  },
  {
    what: "the cloud has all the accounts that it may",
    options: { quotas: { serviceAccounts: 0 } },
    lines: [/^ {2}problem +room for 1 more service account: /m],
  },
  {
    what: "the existing bucket is not there",
    ids: ({ cloud }) => ({ bucketFolderId: cloud.folderId }),
    lines: [/^ {2}problem +bucket audit-logs: It does not exist, or may not be read\. Correct the name/m],
  },
  {
    what: "the existing bucket is encrypted, and its key is not named",
    ids: async (emulator) => ({ ...(await encryptedBucket(emulator)), keyId: undefined }),
    lines: [
      /^ {2}problem +key of bucket audit-logs: It is encrypted with key (\S+), but .*\n +\$ pulumi config set --path encryption.key existing && pulumi config set --path encryption.keyId \1$/m,
    ],
  },
  {
    what: "the existing bucket is encrypted with another key than is named",
    ids: async (emulator) => {
      using api = new Api(emulator);
      return { ...(await encryptedBucket(emulator)), keyId: await api.createKey("other") };
    },
    lines: [/^ {2}problem +key of bucket audit-logs: It is encrypted with key /m],
  },
  {
    what: "the existing bucket is not encrypted, and a key is named",
    ids: async (emulator) => {
      using api = new Api(emulator);
      const { folderId } = emulator.cloud;
      await api.call("buckets", "create", bucketRequest(folderId, "audit-logs"));
      return { bucketFolderId: folderId, keyId: await api.createKey("key") };
    },
    lines: [/^ {2}problem +key of bucket audit-logs: It is not encrypted, although key /m],
  },
  {
    what: "the existing bucket is in another folder than is named",
    ids: async (emulator) => ({
      ...(await encryptedBucket(emulator)),
      bucketFolderId: "b1gnosuchfolder",
    }),
    lines: [
      /^ {2}problem +folder of bucket audit-logs: It is in folder (\S+), .*b1gnosuchfolder.*\n +\$ pulumi config set bucketFolderId \1$/m,
    ],
  },
  {
    what: "the policy of the existing bucket shuts the deployer out",
    ids: async (emulator) => {
      const made = await encryptedBucket(emulator);
      const Statement = [
        {
          Effect: "Allow",
          Principal: { CanonicalUser: "ajesomebody" },
          Action: "s3:*",
          Resource: "arn:aws:s3:::audit-logs",
        },
      ];
      const body = JSON.stringify({ Version: "2012-10-17", Statement });
      await s3(emulator, "PUT", "/audit-logs?policy=", { body });
      return made;
    },
    lines: [
      /^ {2}problem +policy of bucket audit-logs for the deployer: It denies requests/m,
      /^ {2}problem +policy of bucket audit-logs for uploads of the trail's new account: It does not allow s3:PutObject on audit-logs\/\* to /m,
    ],
  },
  {
    what: "the existing bucket is full",
    ids: async (emulator) => {
      const made = await encryptedBucket(emulator);
      emulator.cloud.buckets.update(byDeployer(emulator), "audit-logs", { maxSize: 2 ** 20 });
      const { deployer } = emulator.cloud;
      emulator.cloud.access.add(made.keyId, { roleId: "kms.keys.encrypter", subject: deployer });
      emulator.cloud.objects.put(deployer, "audit-logs", "key", Buffer.alloc(10), "text/plain");
      return made;
    },
    lines: [
      /^ {2}problem +room in bucket audit-logs: It is full: .* It holds 10 bytes of 1048576 bytes at most.*\n +\$ yc storage bucket update --name audit-logs --max-size 1073741834$/m,
    ],
  },
  {
    what: "there is no such key",
    ids: () => ({ keyId: "abjnosuchkey" }),
    lines: [/^ {2}problem +key abjnosuchkey: It does not exist, is deleted, or may not be read/m],
  },
  {
    what: "the key is not active",
    ids: async (emulator) => {
      using api = new Api(emulator);
      const keyId = await api.createKey("key");
      await api.call("keys", "update", {
        ...keyRequest("", "key"),
        keyId,
        status: 3,
        updateMask: { paths: ["status"] },
      });
      return { keyId };
    },
    lines: [
      /^ {2}problem +key (\S+): It is INACTIVE, not ACTIVE\.\n +\$ yc kms symmetric-key update --id \1 --status active$/m,
    ],
  },
  {
    what: "there is no such service account",
    ids: () => ({ serviceAccountId: "ajenosuchaccount" }),
    lines: [/^ {2}problem +service account ajenosuchaccount: It does not exist, or may not be read/m],
  },
];

test.each(cases)(
  "$what: a problem with the command that corrects it",
  async ({ breaks, ids, options, lines }) => {
    await using emulator = await start(options);
    await breaks?.(emulator);
    const { text, exitCode } = await resultFor(emulator, await ids?.(emulator));
    for (const line of lines) expect(text).toMatch(line);
    expect(exitCode).toBe(1);
  },
);

test("a role on the cloud covers its folders, and the report names the cloud", async () => {
  await using emulator = await start();
  const { access, cloudId, deployer } = emulator.cloud;
  takeBack(emulator, "storage.admin");
  access.add(cloudId, { roleId: "storage.admin", subject: deployer });
  const { text, exitCode } = await resultFor(emulator);
  expect(text).toMatch(/ok +role storage\.admin on folder \S+: By storage\.admin on cloud \S+\./);
  expect(exitCode).toBe(0);
});

test("a role that a group may give is unknown", async () => {
  await using emulator = await start();
  const { access, folderId, groups, deployer } = emulator.cloud;
  lister(emulator);
  takeBack(emulator, "storage.admin");
  groups.put("ajegroup", [deployer]);
  access.add(folderId, { roleId: "storage.admin", subject: { type: "group", id: "ajegroup" } });
  const { text, exitCode } = await resultFor(emulator);
  expect(text).toMatch(
    /unknown +role storage\.admin on folder \S+, role storage\.uploader on folder \S+: group ajegroup has storage\.admin on folder \S+, and its members are unknown here\.\n +\$ yc organization-manager group list-members --id ajegroup$/m,
  );
  expect(exitCode).toBe(2);
});

test("a role that an unreadable parent may give is unknown, neither missing nor held", async () => {
  await using emulator = await start();
  const { access, cloudId, deployer } = emulator.cloud;
  access.remove(cloudId, { roleId: "viewer", subject: deployer });
  takeBack(emulator, "kms.admin");
  const { text, exitCode } = await resultFor(emulator);
  // Six questions, one cause, one command.
  expect(text.match(/^ {2}unknown .*/gm)).toEqual([
    expect.stringMatching(
      /organization \S+ of folder .*, role kms\.admin on .*, service account name .*, room for 1 more trail, .*: No permission to read cloud \S+: that takes role viewer on it\.$/,
    ),
  ]);
  expect(text.match(/^ +\$ .*/gm)).toEqual([
    expect.stringMatching(/yc resource-manager cloud add-access-binding --id \S+ --role viewer --subject /),
  ]);
  access.add(cloudId, { roleId: "viewer", subject: deployer });
  expect((await resultFor(emulator)).text).toMatch(/problem +role kms\.admin on folder /);
  expect(exitCode).toBe(2);
});

test("if the service reports unreadable resources as missing, the result is unknown", async () => {
  await using emulator = await start({ switches: { unreadable: "not-found" } });
  const { access, cloudId, deployer } = emulator.cloud;
  access.remove(cloudId, { roleId: "viewer", subject: deployer });
  const { text, exitCode } = await resultFor(emulator);
  for (const about of [
    "organization \\S+ of folder \\S+",
    "service account name \\S+",
    "room for 1 more trail",
  ])
    expect(text).toMatch(new RegExp(`^ {2}unknown +${about}`, "m"));
  expect(exitCode).toBe(2);
});

test("if Object Storage does not answer, policies and names are unknown", async () => {
  await using emulator = await start();
  const { bucketName, keyId, bucketFolderId } = await encryptedBucket(emulator);
  const statement = {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:*",
    Resource: `arn:aws:s3:::${bucketName}`,
  };
  const body = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await s3(emulator, "PUT", `/${bucketName}?policy=`, { body });
  const storage = { ...connectionTo(emulator), storageEndpoint: "http://127.0.0.1:1" };
  delete process.env.HTTP_PROXY;
  const existing = await resultFor(emulator, { bucketName, keyId, bucketFolderId }, storage);
  expect(existing.text).toMatch(/unknown +policy of bucket audit-logs for the deployer: /);
  expect((await resultFor(emulator, { bucketName: "other" }, storage)).text).toMatch(
    /unknown +bucket name other: /,
  );
});

test("the report of roles never contradicts the cloud, whatever roles there are", async () => {
  await using emulator = await start();
  const { cloud } = emulator;
  const { access, deployer, groups, organizationId, cloudId, folderId } = cloud;
  groups.put("ajemine", [deployer]);
  groups.put("ajeothers", [{ type: "userAccount", id: "ajeother" }]);
  const places = [organizationId, cloudId, folderId];
  const subjects = [
    deployer,
    { type: "group", id: "ajemine" },
    { type: "group", id: "ajeothers" },
    { type: "system", id: "allAuthenticatedUsers" },
    { type: "userAccount", id: "ajeother" },
  ];
  const bindings = fc.array(
    fc.record({
      place: fc.constantFrom(...places),
      roleId: fc.constantFrom(...roleIds),
      subject: fc.constantFrom(...subjects),
    }),
    { maxLength: 12 },
  );
  const connection = connectionTo(emulator);
  const answers = new Set<string>();
  await fc.assert(
    fc.asyncProperty(bindings, async (granted) => {
      for (const place of places) for (const one of access.list(place)) access.remove(place, one);
      for (const { place, ...binding } of granted) access.add(place, binding);
      const { text } = await resultFor(emulator, {}, connection);
      for (const [, answer = "", role = "", on = ""] of text.matchAll(
        /^ {2}(ok|problem) +role (\S+) on \w+ (\w+)/gm,
      )) {
        const isHeld = [...(permissionsOf(role) ?? [])].every((one) => access.isAllowed(deployer, one, on));
        expect([answer, role, on]).toEqual([isHeld ? "ok" : "problem", role, on]);
        answers.add(answer);
      }
    }),
    { numRuns: 40 },
  );
  expect([...answers].sort()).toEqual(["ok", "problem"]);
});

test("no API names the owner of a token, so no role counts as held", async () => {
  await using emulator = await start();
  const { organizationId, folderId } = emulator.cloud;
  const plan = planOfIds({ organizationId, folderId, bucketName: "audit-logs" });
  const report = reportOf((await preflight(plan, connectionTo(emulator))).checks, {});
  expect(textOf(report)).toMatch(/unknown +credentials: .*--subject.*\n +\$ yc iam whoami/);
  expect(textOf(report)).not.toMatch(/ok +role/);
  expect(exitCodeOf(report)).toBe(2);
});

test("an authorized key names its account, and the account of a token is found by its keys", async () => {
  await using emulator = await start();
  const { accountId, keyId, privateKey } = await createKey(emulator);
  const serviceAccountKeyFile = JSON.stringify({
    ...{ id: keyId, service_account_id: accountId, private_key: privateKey },
  });
  const { token: _, ...to } = connectionTo(emulator);
  const by = new RegExp(`^Preflight, deployed by serviceAccount ${accountId}: `);
  const withKey = await resultFor(emulator, {}, { ...to, serviceAccountKeyFile });
  expect(withKey.text).toMatch(by);
  expect(withKey.text).not.toContain(privateKey.slice(40, 60));
  const token = emulator.issueToken({ type: "serviceAccount", id: accountId });
  expect((await resultFor(emulator, {}, { ...to, token })).text).toMatch(by);
});

test("credentials that the endpoint refuses are reported, and nothing else is checked", async () => {
  await using emulator = await start();
  const token = "t1.9euelZqOi.secret-signature";
  const { text, exitCode } = await resultFor(emulator, {}, { ...connectionTo(emulator), token });
  expect(text).toMatch(/problem +credentials: UNAUTHENTICATED: .*another region.*\n +\$ export YC_TOKEN=/);
  expect(text).not.toContain("role");
  expect(text).not.toContain("secret-signature");
  expect(exitCode).toBe(1);
});

test("Object Storage of another region than the endpoint's is reported", async () => {
  await using emulator = await start();
  const { storageEndpoint: _, ...to } = connectionTo(emulator);
  const { text, exitCode } = await resultFor(emulator, {}, { ...to, storageEndpoint: emulator.storageProxy });
  expect(text).toMatch(
    /problem +Object Storage of endpoint \S+: Object Storage of the endpoint is at (\S+), but buckets would be created at 127\.0\.0\.1:\d+\.\n +\$ export YC_STORAGE_ENDPOINT_URL=\1$/m,
  );
  expect(exitCode).toBe(1);
});

test("everything is unknown if the endpoint does not answer", async () => {
  await using emulator = await start();
  const { text, exitCode } = await resultFor(
    emulator,
    {},
    { ...connectionTo(emulator), endpoint: "localhost:1" },
  );
  expect(text).toMatch(/unknown +endpoint localhost:1: It does not answer: UNAVAILABLE/);
  expect(exitCode).toBe(2);
});

test("a call that fails once is repeated, and one that still fails gives unknown with its code and request", async () => {
  await using emulator = await start();
  const { faults } = emulator.cloud;
  faults.fail({ method: "FolderService/Get" }, "UNAVAILABLE", { times: 2 });
  expect((await resultFor(emulator)).exitCode).toBe(0);
  faults.fail({ method: "TrailService/List" }, "FAILED_PRECONDITION");
  const { text, exitCode } = await resultFor(emulator);
  expect(text).toMatch(
    /unknown +trail name \S+ in folder \S+: The service answers FAILED_PRECONDITION.* \(request [-0-9a-f]{36}\)\./,
  );
  expect(exitCode).toBe(2);
});

test("independent calls run at the same time", async () => {
  await using emulator = await start();
  const { faults, traffic } = emulator.cloud;
  const latency = 200;
  faults.delay({ method: "" }, latency);
  const connection = connectionTo(emulator);
  await openCloud(connection);
  traffic.reset();
  const started = Date.now();
  expect((await resultFor(emulator, {}, connection)).exitCode).toBe(0);
  // The longest chain has four of these calls.
  expect(Date.now() - started).toBeLessThan((traffic.calls * latency) / 2);
});

test("an existing bucket has room if it has no limit or holds less, and an unreadable one is unknown", async () => {
  await using emulator = await start();
  const ids = await encryptedBucket(emulator);
  expect((await resultFor(emulator, ids)).text).toMatch(
    /ok +room in bucket audit-logs: It has no size limit\./,
  );
  emulator.cloud.buckets.update(byDeployer(emulator), "audit-logs", { maxSize: 2 ** 31 });
  expect((await resultFor(emulator, ids)).text).toMatch(
    /ok +room in bucket audit-logs: It holds 0 bytes of 2\.0 GiB at most, counted up to 20 minutes ago\./,
  );
  emulator.cloud.faults.fail({ method: "BucketService/GetStats" }, "PERMISSION_DENIED", { times: 9 });
  expect((await resultFor(emulator, ids)).text).toMatch(
    /unknown +room in bucket audit-logs: The service answers PERMISSION_DENIED/,
  );
});

test("a defect of this program is not reported as a failure of the service", async () => {
  await using emulator = await start();
  const { organizationId, folderId, deployer } = emulator.cloud;
  const plan = planOfIds({ organizationId, folderId, bucketName: "audit-logs" });
  const broken = {
    ...plan,
    get open(): never {
      throw new TypeError("undefined is not a function");
    },
  };
  await expect(preflight(broken, connectionTo(emulator), deployer)).rejects.toThrow(TypeError);
  const check: PlannedCheck = [
    "something",
    async () => {
      throw new TypeError("undefined is not a function");
    },
  ];
  await expect(runCheck(check)).rejects.toThrow(TypeError);
});

test("for a deployer who may read nothing, each place is named once, with the one role that reads it", async () => {
  await using emulator = await start();
  const { organizationId, folderId } = emulator.cloud;
  const nobody = { type: "userAccount", id: "ajenobody" };
  const connection = { ...connectionTo(emulator), token: emulator.issueToken(nobody) };
  const { text, exitCode } = await resultFor(emulator, {}, connection, nobody);
  for (const [place, role] of [
    [`folder ${folderId}`, "resource-manager.viewer"],
    [`organization ${organizationId}`, "organization-manager.viewer"],
  ])
    expect(
      text.match(new RegExp(`No permission to read ${place}: that takes role ${role} on it\\.`, "g")),
    ).toHaveLength(1);
  const commands = text.match(/^ +\$ .*/gm) ?? [];
  expect(commands).toEqual([...new Set(commands)]);
  expect(exitCode).toBe(1);
});

describe("the role to upload, on the bucket alone", () => {
  const bucket = "audit-logs";

  /** A set-up that exists, whose roles are to be on the bucket and to encrypt alone. */
  async function checked(change: (emulator: Emulator, accountId: string) => unknown) {
    await using emulator = await start();
    using api = new Api(emulator);
    const { keyId, accountId } = await setUpTrail(emulator, api);
    await change(emulator, accountId);
    const { organizationId, folderId, deployer } = emulator.cloud;
    const plan = planOfArgs({
      ...{ organizationId, folderId, bucketName: bucket, bucketFolderId: folderId },
      ...{ encryption: { key: "existing", keyId }, serviceAccountId: accountId },
      roles: { uploader: "bucket", key: "encrypter" },
    });
    const { checks } = await preflight(plan, connectionTo(emulator), deployer);
    return textOf(reportOf(checks, { deployer }));
  }

  test("requires storage.admin on the bucket, and no other account with it", async () => {
    const text = await checked((emulator, id) =>
      emulator.cloud.access.add(bucket, {
        roleId: "storage.uploader",
        subject: { type: "serviceAccount", id },
      }),
    );
    expect(text).toMatch(/ok +role storage.admin on bucket audit-logs/);
    expect(text).toMatch(/ok +role kms.keys.encrypter on key /);
    expect(text).toMatch(/ok +uploaders of bucket audit-logs\n/);
    expect(text).not.toMatch(/role storage.uploader on folder|folder of bucket/);
  });

  test("is a problem if others have it: they are named, with the options", async () => {
    const text = await checked(({ cloud }) =>
      cloud.access.add(bucket, {
        roleId: "storage.uploader",
        subject: { type: "userAccount", id: "backup" },
      }),
    );
    expect(text).toMatch(
      /problem +uploaders of bucket audit-logs: userAccount:backup has the role storage.uploader on bucket audit-logs too\. With `roles\.uploader: bucket`/,
    );
    expect(text).toContain("Either keep `roles.uploader: folder`, or grant it to the others on the folder");
    expect(text).toContain(
      "yc storage bucket remove-access-binding audit-logs --role storage.uploader --subject userAccount:backup",
    );
  });

  test("is unknown if the roles on the bucket may not be read", async () => {
    const text = await checked(({ cloud }) =>
      cloud.faults.fail({ method: "BucketService/ListAccessBindings" }, "PERMISSION_DENIED", { times: 9 }),
    );
    expect(text).toMatch(
      /\? +uploaders of bucket audit-logs: The roles on it cannot be read: PERMISSION_DENIED|unknown +uploaders of bucket/,
    );
  });
});
