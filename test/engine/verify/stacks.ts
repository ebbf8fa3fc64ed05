import { openCloud } from "../../../api/connection";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import type { Call } from "../../../emulator/backend/calls";
import type { Duration } from "../../../emulator/backend/clock";
import type { BucketSettings } from "../../../emulator/backend/storage/bucket";
import { readState } from "../../../operate/stack/engineJson";
import { StackView } from "../../../operate/stack/stackView";
import { type Check, minute } from "../../../operate/verify/check";
import { textOf } from "../../../operate/verify/text";
import { type Verification, type VerifyOptions, verify } from "../../../operate/verify/verify";
import { bucketName, byDeployer, LocalStack } from "../../support/localStack";

/** A stack as it was brought up: its state, and its cloud. */
export interface Made {
  readonly view: StackView;
  readonly state: EmulatorOptions["state"];
}

export async function made(config: (emulator: Emulator) => Record<string, unknown>): Promise<Made> {
  await using local = await LocalStack.start();
  await local.up(config(local.emulator));
  const stack = await local.open();
  const { resources } = readState(JSON.stringify({ deployment: stack.state() }));
  const view = new StackView(new Map(resources.map((resource) => [resource.urn, resource])));
  return { view, state: local.keep().cloud };
}

/** Somebody with the documented roles. */
export const watcher = { type: "userAccount", id: "watcher" };

export let standard: Made;
/** With a policy and a lock; logs expire after a year; the trail also records who puts and deletes objects. */
export let hardened: Made;
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
export class Copy implements AsyncDisposable {
  private constructor(
    readonly emulator: Emulator,
    private readonly view: StackView,
  ) {}

  static async of({ view, state }: Made, options: EmulatorOptions = {}): Promise<Copy> {
    const emulator = await startEmulator({ ...options, state: structuredClone(state) });
    process.env.SSL_CERT_FILE = emulator.caFile;
    // Who may reach the logs by way of the cloud is read too.
    const { access, organizationId, deployer } = emulator.cloud;
    access.add(organizationId, { roleId: "resource-manager.auditor", subject: deployer });
    return new Copy(emulator, view);
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
    this.cloud.objectDeletions.delete(this.cloud.deployer, bucketName, key, versionId);
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
      this.view,
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

export const checkOf = ({ trails }: Verification, name: string): Check | undefined =>
  trails[0]?.checks.find((check) => check.name === name);

export const linesOf = (check: Check | undefined): string =>
  [check?.text, ...(check?.details ?? [])].join("\n");

/** A fault, the check that reports it, and the report. */
interface Break {
  readonly what: string;
  readonly stack?: () => Made;
  readonly emulator?: EmulatorOptions;
  readonly breaks: (copy: Copy) => void;
  readonly check: string;
  readonly result?: Check["result"];
  readonly reported: RegExp;
}

/** The checks report each of the faults. */
export function testBreaks(breaks: readonly Break[]): void {
  test.each(breaks)("$what", async ({ stack = () => standard, emulator, breaks: breakIt, ...expected }) => {
    await using copy = await Copy.of(stack(), emulator);
    breakIt(copy);
    const found = await copy.verify({ newestWithin: 30 * minute });
    const check = checkOf(found, expected.check);
    expect(linesOf(check)).toMatch(expected.reported);
    expect(check?.result).toBe(expected.result ?? "bad");
    expect(["bad", "unknown", "info"].indexOf(found.result)).toBeLessThanOrEqual(
      ["bad", "unknown", "info"].indexOf(expected.result ?? "bad"),
    );
  });
}
