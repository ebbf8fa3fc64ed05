import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readBucketSettings } from "../../api/bucketSettings";
import { openCloud } from "../../api/connection";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import type { Call } from "../../emulator/backend/calls";
import type { Duration } from "../../emulator/backend/clock";
import type { BucketSettings } from "../../emulator/backend/storage/bucket";
import { allEvents, type Collected } from "../../operate/engine/events";
import { readState } from "../../operate/engine/json";
import { World } from "../../operate/engine/world";
import { type Check, minute } from "../../operate/verify/check";
import { proveDelivery } from "../../operate/verify/delivery";
import { checkRoles } from "../../operate/verify/roles";
import { targetsOf } from "../../operate/verify/target";
import { textOf } from "../../operate/verify/text";
import { type Verification, type VerifyOptions, verify } from "../../operate/verify/verify";
import { ensureToolchain } from "../../toolchain";
import { makeFolder } from "../support/folder";
import { bucketName, byDeployer, LocalStack } from "../support/localStack";

/** A stack as it was brought up: its state, and its cloud. */
interface Made {
  readonly world: World;
  readonly state: EmulatorOptions["state"];
}

async function made(config: (emulator: Emulator) => Record<string, unknown>): Promise<Made> {
  await using local = await LocalStack.start();
  await local.up(config(local.emulator));
  const stack = await local.open();
  const { resources } = readState(JSON.stringify({ deployment: stack.state() }));
  const world = new World(new Map(resources.map((resource) => [resource.urn, resource])));
  return { world, state: local.keep().cloud };
}

/** Somebody with the README's roles. */
const watcher = { type: "userAccount", id: "watcher" };

let standard: Made;
/** With a policy and a lock; logs expire after a year; the trail also tells who puts and deletes objects. */
let hardened: Made;
beforeAll(async () => {
  standard = await made(() => ({}));
  hardened = await made(({ cloud }) => ({
    retention: { preset: "year" },
    objectLock: { mode: "GOVERNANCE", days: 1 },
    access: { administrators: [cloud.deployer.id], readers: [watcher.id], denyDelete: false },
    trails: {
      organization: {
        dataEvents: { storage: { excludedEvents: ["yandex.cloud.audit.storage.ObjectCreate"] } },
      },
    },
  }));
});

afterEach(() => {
  delete process.env.SSL_CERT_FILE;
});

/** A copy of a stack's cloud, to break something in. */
class Copy implements AsyncDisposable {
  private constructor(
    readonly emulator: Emulator,
    private readonly world: World,
  ) {}

  static async of({ world, state }: Made, options: EmulatorOptions = {}): Promise<Copy> {
    const emulator = await startEmulator({ ...options, state: structuredClone(state) });
    process.env.SSL_CERT_FILE = emulator.caFile;
    return new Copy(emulator, world);
  }

  get cloud() {
    return this.emulator.cloud;
  }

  get trail() {
    const [trail] = this.cloud.trails.all();
    if (!trail) throw new Error("there is no trail");
    return trail;
  }

  get account() {
    return { type: "serviceAccount", id: this.trail.serviceAccountId };
  }

  get keyId() {
    return this.cloud.buckets.require(bucketName).kmsMasterKeyId ?? "";
  }

  get keys() {
    return this.cloud.objects.keys(bucketName, "");
  }

  pass(by: Duration) {
    this.cloud.clock.advance(by);
  }

  /** Sets something on the bucket, as its own console would. */
  set(settings: BucketSettings) {
    this.cloud.buckets.update(byDeployer(this.emulator), bucketName, settings);
  }

  /** Lets the trail deliver what has happened so far. @returns the key of the log object. */
  deliver(): string {
    this.pass({ minutes: 5 });
    const key = this.keys.at(-1);
    if (!key) throw new Error("nothing was delivered");
    return key;
  }

  overwrite(key: string) {
    this.cloud.objects.put(this.account, bucketName, key, Buffer.from("[]"), "application/json", {
      hasContentMd5: true,
    });
  }

  delete(key: string, versionId?: string) {
    this.cloud.objects.delete(this.cloud.deployer, bucketName, key, versionId);
  }

  /** An event of the day. */
  happen() {
    this.cloud.serviceAccounts.create(byDeployer(this.emulator), {
      folderId: this.cloud.folderId,
      name: `a-${this.cloud.auditLog.lastSequence}`,
    });
  }

  /** Somebody who may do everything in the folder, and did not deploy the stack. */
  get stranger(): Call {
    const subject = { type: "userAccount", id: "stranger" };
    this.cloud.access.add(this.cloud.folderId, { roleId: "admin", subject });
    return { ...byDeployer(this.emulator), subject, remoteAddress: "203.0.113.7" };
  }

  connect(subject = this.cloud.deployer) {
    const { endpoint, storageProxy: storageEndpoint } = this.emulator;
    return openCloud({ endpoint, storageEndpoint, token: this.emulator.issueToken(subject) });
  }

  async verify(
    options: Partial<VerifyOptions> = {},
    onPause: () => void = () => {},
    subject = this.cloud.deployer,
  ) {
    const connection = await this.connect(subject);
    const progress: string[] = [];
    const found = await verify(
      this.world,
      connection,
      { quick: true, wait: 15 * minute, deployers: [this.cloud.deployer.id], ...options },
      {
        now: () => this.cloud.clock.now().getTime(),
        pause: async (milliseconds) => {
          this.pass({ milliseconds });
          onPause();
        },
        progress: (text) => progress.push(text),
      },
    );
    return { ...found, text: textOf("dev", found), progress };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.emulator.close();
  }
}

const checkOf = ({ trails }: Verification, name: string): Check | undefined =>
  trails[0]?.checks.find((check) => check.name === name);

const linesOf = (check: Check | undefined): string => [check?.text, ...(check?.details ?? [])].join("\n");

test.each([
  ["standard", () => standard],
  ["hardened", () => hardened],
])("a whole run on a sound stack, %s: nothing is wrong, and the event was found", async (_name, stack) => {
  await using copy = await Copy.of(stack());
  const found = await copy.verify({ quick: false });
  expect(found.text).toMatch(
    /ok {3}delivery {3}Event evt\w+, caused at \S+, was delivered 5 min later in cnp/,
  );
  expect(found.text).toContain(`encrypted with key ${copy.keyId}.`);
  expect(found.progress[0]).toContain("Waiting for an event in a log object of trail");
  expect(found.text).toMatch(/Nothing is wrong.\n$/);
  expect(found.result).toBe("told");
});

/** What is broken, which check tells it, and how. */
const breaks: {
  what: string;
  stack?: () => Made;
  emulator?: EmulatorOptions;
  breaks: (copy: Copy) => void;
  check: string;
  result?: Check["result"];
  told: RegExp;
}[] = [
  {
    what: "the role on the organization is gone, and the trail has noticed",
    breaks: (copy) => {
      copy.cloud.access.remove(copy.cloud.organizationId, {
        roleId: "audit-trails.viewer",
        subject: copy.account,
      });
      copy.pass({ minutes: 5 });
    },
    check: "status",
    told: /status ERROR.*"ACCESS_DENIED.*72 hours[\s\S]*Cause: .*lacks a role[\s\S]*Found: .*no role audit-trails.viewer[\s\S]*Remedy: /,
  },
  {
    what: "the bucket is full",
    breaks: (copy) => {
      copy.deliver();
      copy.set({ maxSize: 1 });
      copy.pass({ minutes: 5 });
    },
    check: "status",
    told: /Cause: The bucket holds as much as it may/,
  },
  {
    what: "the account is gone",
    emulator: { switches: { accountInUse: "delete" } },
    breaks: (copy) => {
      copy.cloud.serviceAccounts.delete(byDeployer(copy.emulator), copy.account.id);
      copy.pass({ minutes: 5 });
    },
    check: "status",
    told: /Cause: The trail's account does not exist any more/,
  },
  {
    what: "the bucket's ACL lets everybody in",
    breaks: (copy) =>
      copy.set({
        acl: {
          grants: [{ grantType: "GRANT_TYPE_ALL_USERS", permission: "PERMISSION_READ", granteeId: "" }],
        },
      }),
    check: "bucket",
    told: /It is public: its ACL lets everybody in/,
  },
  {
    what: "the trail delivers to another bucket",
    breaks: (copy) => {
      copy.cloud.buckets.create(byDeployer(copy.emulator), {
        folderId: copy.cloud.folderId,
        name: "other-logs",
      });
      copy.cloud.trails.update(
        byDeployer(copy.emulator),
        {
          trailId: copy.trail.id,
          destination: { objectStorage: { bucketId: "other-logs", objectPrefix: "" } },
        },
        ["destination"],
      );
    },
    check: "settings",
    told: /changed outside of the stack.*\nIts bucket is other-logs, not audit-logs\./,
  },
  {
    what: "the key is off, and the service gives no code",
    emulator: { switches: { statusErrorMessage: "text-only" } },
    breaks: (copy) => {
      copy.cloud.keys.update(byDeployer(copy.emulator), { keyId: copy.keyId, status: "INACTIVE" }, [
        "status",
      ]);
      copy.pass({ minutes: 5 });
    },
    check: "status",
    told: /Cause: The bucket's key is not active/,
  },
  {
    what: "the key is off",
    breaks: (copy) =>
      copy.cloud.keys.update(byDeployer(copy.emulator), { keyId: copy.keyId, status: "INACTIVE" }, [
        "status",
      ]),
    check: "key",
    told: /is INACTIVE, not ACTIVE/,
  },
  {
    what: "the trail is gone",
    breaks: (copy) => copy.cloud.trails.delete(byDeployer(copy.emulator), copy.trail.id),
    check: "status",
    told: /does not exist any more.*pulumi up --refresh/,
  },
  {
    what: "the trail may not be read",
    breaks: (copy) =>
      copy.cloud.faults.fail({ method: "TrailService/Get" }, "PERMISSION_DENIED", { times: 99 }),
    check: "status",
    result: "unknown",
    told: /cannot be read: PERMISSION_DENIED: .*\(request [-\w]+\)/,
  },
  {
    what: "the trail collects less",
    breaks: (copy) =>
      copy.cloud.trails.update(
        byDeployer(copy.emulator),
        {
          trailId: copy.trail.id,
          filteringPolicy: {
            managementEventsFilter: {
              resourceScopes: [{ id: copy.cloud.folderId, type: "resource-manager.folder" }],
            },
          },
        },
        ["filtering_policy"],
      ),
    check: "settings",
    told: /It does not collect management events of organization \w+\.\nIt also collects management events of folder/,
  },
  {
    what: "the role to upload is missing",
    breaks: ({ cloud, account }) =>
      cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject: account }),
    check: "roles",
    told: /It lacks storage.uploader on folder \w+ or bucket \w+, which the stack gave it. Grant it: yc resource-manager folder add-access-binding --id \w+ --role storage.uploader --subject serviceAccount:/,
  },
  {
    what: "a role too many",
    breaks: ({ cloud, account }) =>
      cloud.access.add(cloud.folderId, { roleId: "storage.admin", subject: account }),
    check: "roles",
    told: /It has storage.admin on folder \w+, which it does not need/,
  },
  {
    what: "a wider role in the place of the needed one",
    breaks: ({ cloud, account }) => {
      cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject: account });
      cloud.access.add(cloud.folderId, { roleId: "editor", subject: account });
    },
    check: "roles",
    told: /^The account \w+ has not exactly the roles that it needs.\nIt has editor on folder \w+, which it does not need/,
  },
  {
    what: "who has a role on the key may not be read",
    breaks: (copy) =>
      copy.cloud.faults.fail({ method: "SymmetricKeyService/ListAccessBindings" }, "PERMISSION_DENIED", {
        times: 99,
      }),
    check: "roles",
    result: "unknown",
    told: /Whether it has kms.keys.encrypterDecrypter on key \w+ cannot be told: key \w+: PERMISSION_DENIED/,
  },
  {
    what: "the bucket is not encrypted any more",
    breaks: (copy) => copy.set({ encryption: { rules: [] } }),
    check: "key",
    told: /is not encrypted; key \w+ should do it/,
  },
  {
    what: "the bucket is public",
    breaks: (copy) => copy.set({ anonymousAccessFlags: { read: true, list: false, configRead: false } }),
    check: "bucket",
    told: /It is public: everybody may read\./,
  },
  {
    what: "versioning is suspended",
    breaks: (copy) => copy.set({ versioning: "VERSIONING_SUSPENDED" }),
    check: "bucket",
    told: /versioning: off, not on/,
  },
  {
    what: "logs are deleted after a day",
    breaks: (copy) => copy.set({ lifecycleRules: [{ enabled: true, expiration: { days: 1 } }] }),
    check: "bucket",
    told: /logs are deleted after: 1 days, not never/,
  },
  {
    what: "the lock is shorter",
    stack: () => hardened,
    breaks: (copy) => copy.set({ objectLock: { status: "OBJECT_LOCK_STATUS_DISABLED" } }),
    check: "bucket",
    told: /object lock: none, not GOVERNANCE, 1 days/,
  },
  {
    what: "the policy lets others in",
    stack: () => hardened,
    breaks: (copy) =>
      copy.set({
        policy: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }],
        },
      }),
    check: "bucket",
    told: /It is public: a statement of its policy[\s\S]*policy: another one/,
  },
  {
    what: "the bucket is gone",
    breaks: (copy) => copy.cloud.removeWithContents(bucketName),
    check: "bucket",
    told: /The bucket audit-logs does not exist/,
  },
  {
    what: "a log was overwritten",
    breaks: (copy) => copy.overwrite(copy.deliver()),
    check: "integrity",
    told: /\.json was overwritten at \S+Z/,
  },
  {
    what: "a log was deleted",
    breaks: (copy) => copy.delete(copy.deliver()),
    check: "integrity",
    told: /\.json was deleted at \S+Z/,
  },
  {
    what: "a log was overwritten, and the log tells by whom",
    stack: () => hardened,
    breaks: (copy) => {
      copy.overwrite(copy.deliver());
      copy.deliver();
    },
    check: "integrity",
    told: /\.json was overwritten at \S+Z by service account \S+ aje\w+ from cloud.yandex/,
  },
  {
    what: "nothing was delivered for a while",
    breaks: (copy) => {
      copy.deliver();
      copy.pass({ minutes: 40 });
    },
    check: "newest",
    told: /The newest log object is 40 min old: \S+\. It may be 30 min old at most/,
  },
  {
    what: "nothing was delivered for a while before the newest object",
    breaks: (copy) => {
      copy.deliver();
      copy.pass({ hours: 3 });
      copy.happen();
      copy.deliver();
    },
    check: "record",
    told: /There is a gap: no event between \S+Z and \S+Z \(3 h\)/,
  },
  {
    what: "an object is under another key",
    breaks: (copy) => {
      const keyId = copy.keyId;
      const other = copy.cloud.keys.create(byDeployer(copy.emulator), {
        folderId: copy.cloud.folderId,
        name: "other",
      });
      const { value } = other.metadata as unknown as { value: { keyId: string } };
      const rules = (id: string) => ({
        encryption: { rules: [{ kmsMasterKeyId: id, sseAlgorithm: "aws:kms" }] },
      });
      copy.cloud.access.add(value.keyId, {
        roleId: "kms.keys.encrypterDecrypter",
        subject: copy.account,
      });
      copy.set(rules(value.keyId));
      copy.deliver();
      copy.set(rules(keyId));
    },
    check: "record",
    told: /\.json is encrypted with key \w+, not with the bucket's key/,
  },
  {
    what: "a stranger suspends versioning",
    breaks: (copy) => {
      copy.cloud.buckets.update(copy.stranger, bucketName, { versioning: "VERSIONING_SUSPENDED" });
      copy.deliver();
    },
    check: "changes",
    told: /Others than the deploying account changed trail, bucket audit-logs, key or roles\.\n\S+Z storage.BucketUpdate: yandex passport user account stranger from 203.0.113.7/,
  },
  {
    what: "a stranger is refused",
    breaks: (copy) => {
      const subject = { type: "userAccount", id: "nobody" };
      expect(() => copy.cloud.trails.delete({ ...copy.stranger, subject }, copy.trail.id)).toThrow();
      copy.deliver();
    },
    check: "changes",
    result: "told",
    told: /Others tried to change .*, in vain\.\n\S+ audittrails.DeleteTrail, refused or failed/,
  },
];

test.each(breaks)("$what", async ({ stack = () => standard, emulator, breaks: breakIt, ...expected }) => {
  await using copy = await Copy.of(stack(), emulator);
  breakIt(copy);
  const found = await copy.verify({ newestWithin: 30 * minute });
  const check = checkOf(found, expected.check);
  expect(linesOf(check)).toMatch(expected.told);
  expect(check?.result).toBe(expected.result ?? "bad");
  expect(["bad", "unknown", "told"].indexOf(found.result)).toBeLessThanOrEqual(
    ["bad", "unknown", "told"].indexOf(expected.result ?? "bad"),
  );
});

describe("roles that the stack did not give", () => {
  const rolesWith = async (copy: Copy) => {
    const [target] = targetsOf(standard.world);
    if (!target) throw new Error("there is no trail");
    const cloud = await copy.connect();
    const settings = await readBucketSettings(bucketName, cloud);
    return checkRoles({ ...target, granted: [] }, [target], new Map([[bucketName, settings]]), cloud);
  };
  const without = ({ cloud, account }: Copy) =>
    cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject: account });

  test("may be a group's", async () => {
    await using copy = await Copy.of(standard);
    without(copy);
    const subject = { type: "group", id: "uploaders" };
    copy.cloud.access.add(copy.cloud.folderId, { roleId: "storage.uploader", subject });
    const check = await rolesWith(copy);
    expect(check.result).toBe("unknown");
    expect(linesOf(check)).toMatch(/Whether it has storage.uploader on .* cannot be told: .*a group has it/);
  });

  test("may be those of the cloud, which cannot be read; where it can, they are lacking", async () => {
    await using copy = await Copy.of(standard);
    without(copy);
    expect((await rolesWith(copy)).result).toBe("unknown");
    const { cloud } = copy;
    cloud.access.add(cloud.cloudId, { roleId: "resource-manager.admin", subject: cloud.deployer });
    const check = await rolesWith(copy);
    expect([check.result, linesOf(check)]).toEqual([
      "bad",
      expect.stringContaining("It lacks storage.uploader"),
    ]);
  });

  test("are had by way of the cloud, where that can be read", async () => {
    await using copy = await Copy.of(standard);
    without(copy);
    const { cloud, account } = copy;
    cloud.access.add(cloud.cloudId, { roleId: "resource-manager.admin", subject: cloud.deployer });
    cloud.access.add(cloud.cloudId, { roleId: "storage.uploader", subject: account });
    const check = await rolesWith(copy);
    expect(linesOf(check)).toContain(
      `It has storage.uploader on cloud ${cloud.cloudId}, which it does not need`,
    );
    expect(linesOf(check)).not.toContain("lacks");
  });
});

describe("the bucket's lifecycle", () => {
  test("leaves nothing to find with the standard preset, a year later", async () => {
    await using copy = await Copy.of(standard);
    copy.deliver();
    copy.pass({ hours: 24 * 400 });
    expect(checkOf(await copy.verify(), "integrity")?.result).toBe("good");
  });

  test("expires logs after a year, and what is left of them after another: no finding", async () => {
    await using copy = await Copy.of(hardened);
    const key = copy.deliver();
    copy.pass({ hours: 24 * 366 });
    const versions = () => copy.cloud.objects.versionsOf(bucketName, key);
    expect(versions().map(({ isDeleteMarker }) => isDeleteMarker)).toEqual([true, false]);
    const state = await copy.verify();
    expect(checkOf(state, "integrity")?.result).toBe("good");
    // The marker is a version without contents by then, and its rule removes it a day later.
    copy.set({ lifecycleRules: copy.cloud.buckets.require(bucketName).lifecycleRules?.slice(0, 1) });
    copy.pass({ hours: 24 * 366 });
    expect(versions().map(({ isDeleteMarker }) => isDeleteMarker)).toEqual([true]);
    const { memory, ...later } = await copy.verify({ memory: state.memory });
    expect(checkOf(later as never, "integrity")?.result).toBe("good");
    expect(Object.keys(memory)).toHaveLength(1);
  });

  test("did not do what the log tells that somebody did, also where a rule would have", async () => {
    await using copy = await Copy.of(hardened);
    const key = copy.deliver();
    // So that the lifecycle is not first.
    const rules = copy.cloud.buckets.require(bucketName).lifecycleRules ?? [];
    copy.set({ lifecycleRules: [] });
    copy.pass({ hours: 24 * 366 });
    copy.set({ lifecycleRules: rules });
    copy.delete(key);
    copy.deliver();
    const check = checkOf(await copy.verify(), "integrity");
    expect([check?.result, check?.details]).toEqual([
      "bad",
      [expect.stringMatching(`^${key} was deleted at \\S+ by yandex passport user account`)],
    ]);
  });

  test("may have had another rule when a marker was made that no rule explains: cannot tell", async () => {
    await using copy = await Copy.of(standard);
    const key = copy.deliver();
    copy.pass({ hours: 24 * 40 });
    copy.delete(key);
    const early = checkOf(await copy.verify(), "integrity");
    copy.pass({ hours: 24 * 10 });
    const check = checkOf(await copy.verify(), "integrity");
    // In the first case the log of the last day tells that the rules are the same.
    expect([early?.result, check?.result]).toEqual(["bad", "unknown"]);
    expect(linesOf(check)).toContain("the bucket's lifecycle may have done it");
  });

  test("may have deleted what a rule by tags is for: cannot tell", async () => {
    await using copy = await Copy.of(standard);
    const key = copy.deliver();
    copy.set({
      lifecycleRules: [
        { enabled: true, filter: { tag: { key: "a", value: "b" } }, expiration: { days: 30 } },
      ],
    });
    copy.pass({ hours: 24 * 40 });
    copy.delete(key);
    expect(checkOf(await copy.verify(), "integrity")?.result).toBe("unknown");
  });
});

describe("--since", () => {
  test("goes on where the last run ended: a finding is told once, and the next one is", async () => {
    await using copy = await Copy.of(standard);
    const key = copy.deliver();
    copy.overwrite(key);
    const first = await copy.verify();
    expect(checkOf(first, "integrity")?.result).toBe("bad");
    copy.happen();
    const next = copy.deliver();
    const second = await copy.verify({ memory: first.memory });
    expect(checkOf(second, "integrity")?.result).toBe("good");
    expect(checkOf(second, "record")?.text).toMatch(/^1 log object with 1 event since/);
    copy.delete(next);
    const third = checkOf(await copy.verify({ memory: second.memory }), "integrity");
    expect([third?.result, linesOf(third)]).toEqual(["bad", expect.stringContaining(`${next} was deleted`)]);
  });

  test("finds that versions are gone for good, of which the bucket itself tells nothing", async () => {
    await using copy = await Copy.of(standard);
    const key = copy.deliver();
    const { memory } = await copy.verify();
    copy.delete(key, copy.cloud.objects.versionsOf(bucketName, key)[0]?.versionId);
    expect(checkOf(await copy.verify(), "integrity")?.result).toBe("good");
    const check = checkOf(await copy.verify({ memory }), "integrity");
    expect([check?.result, linesOf(check)]).toEqual([
      "bad",
      expect.stringMatching(/1 of 1 versions that were put on \S+ are gone for good since the last run/),
    ]);
  });

  test("remembers an event that had not come: late is told apart from none", async () => {
    await using copy = await Copy.of(standard);
    const { cloud, account } = copy;
    const role = { roleId: "storage.uploader", subject: account };
    cloud.access.remove(cloud.folderId, role);
    const none = await copy.verify({ quick: false });
    expect(checkOf(none, "delivery")?.result).toBe("bad");
    expect(checkOf(none, "delivery")?.text).toMatch(/was not delivered within 15 min, nor was any other\./);
    const still = await copy.verify({ memory: none.memory });
    expect(checkOf(still, "awaited")?.text).toContain("has still not been delivered");
    cloud.access.add(cloud.folderId, role);
    copy.pass({ minutes: 5 });
    const late = await copy.verify({ memory: still.memory });
    expect(checkOf(late, "awaited")?.text).toMatch(/came late: 20 min after it happened, as evt\w+ in cnp/);
    expect(late.memory[copy.trail.id]?.awaited).toBeUndefined();
  });
});

describe("delivery", () => {
  test("that is late is found, and told to be late", async () => {
    await using copy = await Copy.of(standard);
    const { cloud, account } = copy;
    const role = { roleId: "storage.uploader", subject: account };
    cloud.access.remove(cloud.folderId, role);
    let pauses = 0;
    const found = await copy.verify({ quick: false, wait: 30 * minute }, () => {
      pauses += 1;
      if (pauses === 4 * 12) cloud.access.add(cloud.folderId, role);
    });
    expect(checkOf(found, "delivery")?.text).toMatch(/was delivered 15 min later in .* That is late/);
  });

  test("cannot be proven where the event cannot be caused", async () => {
    await using copy = await Copy.of(standard);
    copy.cloud.faults.fail({ method: "ServiceAccountService/Update" }, "INVALID_ARGUMENT");
    const found = await copy.verify({ quick: false });
    expect(checkOf(found, "delivery")).toMatchObject({
      result: "unknown",
      text: expect.stringMatching(/that failed. INVALID_ARGUMENT: .*iam.serviceAccounts.admin/),
    });
  });

  test("cannot be proven by who may not read what is delivered", async () => {
    await using copy = await Copy.of(standard);
    const { cloud } = copy;
    for (const roleId of ["audit-trails.auditor", "storage.viewer", "iam.serviceAccounts.admin"])
      cloud.access.add(cloud.folderId, { roleId, subject: watcher });
    const check = checkOf(await copy.verify({ quick: false }, undefined, watcher), "delivery");
    expect([check?.result, check?.text]).toEqual([
      "unknown",
      expect.stringMatching(/the log objects cannot be read\. AccessDenied: .*\(HTTP 403\)/),
    ]);
  });

  test("cannot be told after too short a wait", async () => {
    await using copy = await Copy.of(standard);
    const check = checkOf(await copy.verify({ quick: false, wait: 2 * minute }), "delivery");
    expect([check?.result, check?.text]).toEqual([
      "unknown",
      expect.stringContaining("wait 10 min at least"),
    ]);
  });

  test("into an object that is not encrypted with the bucket's key is bad", async () => {
    await using copy = await Copy.of(standard);
    const rules = [{ kmsMasterKeyId: copy.keyId, sseAlgorithm: "aws:kms" }];
    const found = copy.verify({ quick: false }, () => copy.set({ encryption: { rules: [] } }));
    const check = checkOf(await found, "delivery");
    copy.set({ encryption: { rules } });
    expect([check?.result, check?.text]).toEqual([
      "bad",
      expect.stringContaining("which is not encrypted; the bucket's key is"),
    ]);
  });

  test.each<[string, readonly Collected[], RegExp]>([
    [
      "data events alone",
      [{ kind: "kms", scope: "organization o", events: allEvents }],
      /the trail collects none/,
    ],
    [
      "another folder",
      [{ kind: "management", scope: "folder f", events: allEvents }],
      /collects from folder f\./,
    ],
  ])("cannot be proven where the trail collects %s", async (_name, collected, told) => {
    await using copy = await Copy.of(standard);
    const [target] = targetsOf(standard.world);
    if (!target) throw new Error("there is no trail");
    const before = copy.cloud.auditLog.lastSequence;
    const { check } = await proveDelivery({ ...target, collected }, copy.keyId, 0, await copy.connect(), {
      now: Date.now,
      pause: async () => {},
      progress: () => {},
    });
    expect([check.result, check.text]).toEqual(["unknown", expect.stringMatching(told)]);
    expect(copy.cloud.auditLog.lastSequence).toBe(before);
  });

  test("changes nothing that users see: the account is as it was", async () => {
    await using copy = await Copy.of(standard);
    const before = copy.cloud.serviceAccounts.require(copy.account.id);
    await copy.verify({ quick: false });
    expect(copy.cloud.serviceAccounts.require(copy.account.id)).toEqual(before);
  });
});

test("several trails are told one by one, also where they share bucket and account", async () => {
  const several = await made(({ cloud }) => ({
    retention: { preset: "guide" },
    trails: {
      organization: {},
      folder: { folders: [cloud.folderId] },
      separate: {
        bucketName: "other-logs",
        serviceAccountName: "separate",
        encryption: { key: "none" },
      },
    },
  }));
  await using copy = await Copy.of(several);
  copy.happen();
  copy.deliver();
  const sound = await copy.verify({ quick: false });
  expect(sound.trails.map(({ name, result }) => [name, result])).toEqual([
    ["audit-trails-folder", "told"],
    ["audit-trails-organization", "told"],
    ["audit-trails-separate", "told"],
  ]);
  expect(sound.text).toContain("The bucket other-logs is not encrypted, as configured.");
  expect(sound.text).toContain("cannot be told: the bucket keeps no versions");
  copy.cloud.removeWithContents("other-logs");
  const broken = await copy.verify();
  expect(broken.trails.map(({ result }) => result)).toEqual(["told", "told", "bad"]);
});

describe("without --deployer", () => {
  test("who made the trail may change what it needs, also when that was long ago; nobody else may", async () => {
    await using copy = await Copy.of(standard);
    copy.deliver();
    const { deployer } = copy.cloud;
    const check = checkOf(await copy.verify({ deployers: [] }), "changes");
    expect([check?.result, check?.text]).toEqual([
      "good",
      expect.stringMatching(`^Nobody but ${deployer.id}, who made the trail, changed .* 11 changes\\.$`),
    ]);
    copy.pass({ hours: 24 * 10 });
    copy.set({ maxSize: 10 ** 9 });
    copy.deliver();
    expect(checkOf(await copy.verify({ deployers: [] }), "changes")).toMatchObject({
      result: "good",
      text: expect.stringContaining("1 change."),
    });
    copy.cloud.buckets.update(copy.stranger, bucketName, { maxSize: 10 ** 8 });
    copy.deliver();
    expect(checkOf(await copy.verify({ deployers: [] }), "changes")?.result).toBe("bad");
  });

  test("changes cannot be judged where nothing tells who made the trail", async () => {
    await using copy = await Copy.of(standard);
    copy.delete(copy.deliver(), copy.cloud.objects.versionsOf(bucketName, copy.keys[0] ?? "")[0]?.versionId);
    copy.set({ maxSize: 10 ** 9 });
    copy.deliver();
    expect(checkOf(await copy.verify({ deployers: [] }), "changes")).toMatchObject({
      result: "unknown",
      text: expect.stringContaining("name it with --deployer"),
    });
  });
});

describe("what a stranger does", () => {
  /** What is done, and the type of its event where it concerns the trail. */
  const doings: { what: string; does: (copy: Copy, by: Call) => unknown; told?: string }[] = [
    {
      what: "takes a role of the account away",
      does: ({ cloud, account }, by) =>
        cloud.accessBindings.update(by, "folder", cloud.folderId, [
          { action: "REMOVE", accessBinding: { roleId: "storage.uploader", subject: account } },
        ]),
      told: "resourcemanager.UpdateFolderAccessBindings",
    },
    {
      what: "gives somebody a role for buckets",
      does: ({ cloud }, by) =>
        cloud.accessBindings.update(by, "folder", cloud.folderId, [
          {
            action: "ADD",
            accessBinding: { roleId: "storage.admin", subject: { type: "userAccount", id: "x" } },
          },
        ]),
      told: "resourcemanager.UpdateFolderAccessBindings",
    },
    {
      what: "switches the key off",
      does: ({ cloud, keyId }, by) => cloud.keys.update(by, { keyId, status: "INACTIVE" }, ["status"]),
      told: "kms.UpdateSymmetricKey",
    },
    {
      what: "gives somebody a role on the key",
      does: ({ cloud, keyId }, by) =>
        cloud.accessBindings.update(by, "symmetricKey", keyId, [
          {
            action: "ADD",
            accessBinding: { roleId: "kms.keys.decrypter", subject: { type: "userAccount", id: "x" } },
          },
        ]),
      told: "kms.UpdateSymmetricKeyAccessBindings",
    },
    {
      what: "makes a key for the account",
      does: ({ cloud, account }, by) => cloud.accessKeys.create(by, account.id, ""),
      told: "iam.CreateAccessKey",
    },
    {
      what: "renames the trail",
      does: ({ cloud, trail }, by) => cloud.trails.update(by, { trailId: trail.id, name: "other" }, ["name"]),
      told: "audittrails.UpdateTrail",
    },
    {
      what: "makes a bucket of their own",
      does: ({ cloud }, by) => cloud.buckets.create(by, { folderId: cloud.folderId, name: "their-own" }),
    },
    {
      what: "makes an account of their own",
      does: ({ cloud }, by) =>
        cloud.serviceAccounts.create(by, { folderId: cloud.folderId, name: "their-own" }),
    },
  ];

  test.each(doings)("$what: $told", async ({ does, told }) => {
    await using copy = await Copy.of(standard);
    copy.deliver();
    const { memory } = await copy.verify();
    does(copy, copy.stranger);
    // The trail may be stopped by it; it goes on when that is put right.
    copy.cloud.keys.update(byDeployer(copy.emulator), { keyId: copy.keyId, status: "ACTIVE" }, ["status"]);
    copy.cloud.access.add(copy.cloud.folderId, { roleId: "storage.uploader", subject: copy.account });
    copy.deliver();
    const check = checkOf(await copy.verify({ memory }), "changes");
    expect([check?.result, check?.details ?? []]).toEqual(
      told
        ? ["bad", [expect.stringContaining(` ${told}: yandex passport user account stranger`)]]
        : ["good", []],
    );
  });
});

test("a call that fails in passing is made again; where it goes on failing, nothing is said to be good", async () => {
  await using copy = await Copy.of(standard);
  copy.cloud.faults.fail({ method: "TrailService/Get" }, "UNAVAILABLE", { times: 2 });
  expect(checkOf(await copy.verify(), "status")?.result).toBe("good");
  copy.cloud.faults.fail({ method: "BucketService/Get" }, "PERMISSION_DENIED", { times: 99 });
  const found = await copy.verify();
  expect(found.result).toBe("unknown");
  expect(checkOf(found, "bucket")?.text).toContain("PERMISSION_DENIED");
});

describe("the roles that the README names", () => {
  const roles = [
    ...readFileSync("README.md", "utf8").matchAll(
      /^\| (organization|folder) \| `([\w.-]+)` \| [a-z][a-z ,]+ \|$/gm,
    ),
  ].map(([, on = "", role = ""]) => ({ on, role }));
  const asWatcher = async (stack: Made, without?: string) => {
    await using copy = await Copy.of(stack);
    const { cloud } = copy;
    copy.deliver();
    for (const { on, role: roleId } of roles)
      if (roleId !== without)
        cloud.access.add(on === "folder" ? cloud.folderId : cloud.organizationId, {
          roleId,
          subject: watcher,
        });
    const found = await copy.verify({}, undefined, watcher);
    // They can cause no event.
    const whole = await copy.verify({ quick: false }, undefined, watcher);
    return [found.result, checkOf(whole, "delivery")?.result];
  };

  test("are enough for all but the event", async () => {
    expect(roles).toHaveLength(6);
    expect(await asWatcher(standard)).toEqual(["told", "unknown"]);
    expect(await asWatcher(hardened)).toEqual(["told", "unknown"]);
  });

  test.each(roles.map(({ role }) => role))("are all needed: without %s it cannot tell", async (role) => {
    expect((await asWatcher(standard, role))[0]).toBe("unknown");
  });
});

test("what others wrote acts on no terminal", async () => {
  await using copy = await Copy.of(standard);
  const { stranger } = copy;
  const subject = { ...stranger.subject, id: "\u001b[2J\u202e\nok   status" };
  copy.cloud.access.add(copy.cloud.folderId, { roleId: "admin", subject });
  copy.cloud.buckets.update({ ...stranger, subject }, bucketName, { versioning: "VERSIONING_SUSPENDED" });
  copy.deliver();
  const { text } = await copy.verify();
  expect(text).toContain("\ufffd[2J\ufffd ok   status");
  for (const acting of ["\u001b", "\u202e", "\nok"]) expect(text).not.toContain(acting);
});

test("as a command: it finds pulumi on the path, follows the stack's provider, and ends with its codes", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  await local.up();
  const { pulumi } = await ensureToolchain(() => {});
  const stack = await local.open({}, { environment: { PATH: `${dirname(pulumi)}:${process.env.PATH}` } });
  using folder = makeFolder();
  const run = (options: string) =>
    stack.follow(`npm exec --no -- audit-trails verify --stack dev ${options}; echo "code $?"`);

  const touches = () => cloud.traffic.counts.get("yandex.cloud.iam.v1.ServiceAccountService/Update") ?? 0;
  const watching = setInterval(() => {
    if (touches() === 0) return;
    clearInterval(watching);
    cloud.clock.advance({ minutes: 5 });
  }, 5);
  const since = join(folder.path, "since.json");
  const whole = await run(`--since ${since} --deployer ${cloud.deployer.id}`);
  clearInterval(watching);
  expect(whole).toMatch(/ok {3}delivery {3}Event evt/);
  expect(whole).toContain("Nothing is wrong.\ncode 0\n");

  cloud.access.add(cloud.folderId, {
    roleId: "storage.admin",
    subject: { type: "serviceAccount", id: cloud.trails.all()[0]?.serviceAccountId ?? "" },
  });
  const quick = await run(`--quick --json --since ${since} --deployer ${cloud.deployer.id}`);
  const { result, trails } = JSON.parse(quick.slice(quick.indexOf("{"), quick.lastIndexOf("}") + 1));
  expect([result, trails[0].checks.map(({ name }: Check) => name)]).toEqual([
    "bad",
    ["status", "settings", "roles", "key", "bucket", "newest", "record", "integrity", "changes"],
  ]);
  expect(quick).toContain("code 1\n");
  expect(`${whole}${quick}${readFileSync(since, "utf8")}`).not.toMatch(/t1\.\w+/);
});
