import { openCloud } from "../../api/connection";
import type { Emulator } from "../../emulator";
import { readState } from "../../operate/stack/engineJson";
import { StackView } from "../../operate/stack/stackView";
import { verify } from "../../operate/verify/verify";
import type { CliStack } from "../local/cliStack";
import { columns } from "../local/report";

/**
 * Number of calls in the longest chain of dependent calls: addresses, bucket, cloud of its folder, organization, roles
 * there.
 */
const longestChain = 5;
const latency = 200;
const rounds = 3;

/** Times `audit-trails verify --quick` on an existing stack, without the start of the process and the engine's export. */
export async function measureVerify(emulator: Emulator, stack: CliStack): Promise<string[]> {
  const { cloud, endpoint, storageProxy: storageEndpoint } = emulator;
  process.env.SSL_CERT_FILE = emulator.caFile;
  const { resources } = readState(JSON.stringify({ deployment: stack.state() }));
  const view = new StackView(new Map(resources.map((resource) => [resource.urn, resource])));
  cloud.clock.advance({ minutes: 5 });
  const around = { now: Date.now, pause: async () => {}, progress: () => {} };
  const run = async () => {
    // A different token makes a new connection.
    const api = await openCloud({ endpoint, storageEndpoint, token: emulator.issueToken() });
    await verify(view, api, { quick: true, wait: 0, deployers: [] }, around);
  };
  // The first run is not measured: it loads the vendor's clients.
  await run();
  cloud.faults.delay({ method: "" }, latency);
  const walls: number[] = [];
  const before = cloud.traffic.calls;
  for (let i = 0; i < rounds; i += 1) {
    const started = performance.now();
    await run();
    walls.push(performance.now() - started);
  }
  const wall = walls.sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? 0;
  const chain = longestChain * latency;
  return columns([
    ["wall, median of 3", `${Math.round(wall)} ms`],
    ["calls", String((cloud.traffic.calls - before) / rounds)],
    [`longest chain of dependent calls, ${longestChain}`, `${chain} ms`],
    ["ratio", (wall / chain).toFixed(2)],
  ]);
}
