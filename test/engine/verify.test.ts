import { openCloud } from "../../api/connection";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import type { Call } from "../../emulator/backend/calls";
import type { Duration } from "../../emulator/backend/clock";
import type { BucketSettings } from "../../emulator/backend/storage/bucket";
import { readState } from "../../operate/engine/json";
import { World } from "../../operate/engine/world";
import { type Check, minute } from "../../operate/verify/check";
import { textOf } from "../../operate/verify/text";
import { type Verification, type VerifyOptions, verify } from "../../operate/verify/verify";
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

let standard: Made;
/** With a policy and a lock; logs expire after a year; the trail also tells who puts and deletes objects. */
let hardened: Made;
beforeAll(async () => {
  standard = await made(() => ({}));
  hardened = await made(({ cloud }) => ({
    retention: { preset: "year" },
    objectLock: { mode: "GOVERNANCE", days: 1 },
    access: { administrators: [cloud.deployer.id], denyDelete: false },
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

  async verify(options: Partial<VerifyOptions> = {}, onPause: () => void = () => {}) {
    const { endpoint, storageProxy: storageEndpoint } = this.emulator;
    const connection = await openCloud({ endpoint, storageEndpoint, token: this.emulator.issueToken() });
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
