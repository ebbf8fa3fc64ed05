import { openCloud } from "../../api/connection";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import type { Duration } from "../../emulator/backend/clock";
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
beforeAll(async () => {
  standard = await made(() => ({}));
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

  /** Lets time pass in steps of a day at most, since lifecycles run once a day. */
  pass(by: Duration) {
    this.cloud.clock.advance(by);
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

test("a whole run on a sound stack: the event is found by its request in an object that the key encrypts", async () => {
  await using copy = await Copy.of(standard);
  const found = await copy.verify({ quick: false });
  process.stdout.write(found.text);
  expect(found.result).toBe("told");
});
