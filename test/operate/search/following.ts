import { follow } from "../../../operate/search/follow";
import { queryOf } from "../../../operate/search/options";
import type { Place } from "../../../operate/search/place";
import type { RawOptions } from "../../../operate/search/rawOptions";
import { allEvents, type Collected } from "../../../operate/stack/events";
import type { Stack } from "../verify/stack";

const over = new Error("over");

/** Management events of an organization. */
export const management: Collected = { kind: "management", scope: "organization o", events: allEvents };

/** Trail to follow. */
export interface Followed {
  readonly trail: string;
  /** @default the stack's trail */
  readonly trailId?: string;
  readonly bucket?: string;
  readonly objectPrefix?: string;
  readonly collection?: Place["collection"];
}

/** Returns the key of a log object of today. */
export function keyOf(stack: Stack, name: string, trailId = stack.trailId): string {
  const day = stack.cloud.clock.now().toISOString().slice(0, 10).replaceAll("-", "/");
  return `${trailId}/${day}/${name}.json`;
}

/**
 * Follows trails of a stack. Before each listing but the first, a step happens.
 *
 * @returns what was printed and reported.
 */
export async function following(
  of:
    | Stack
    | {
        readonly stack: Stack;
        readonly subject?: Parameters<Stack["connect"]>[0];
        readonly trails?: readonly Followed[];
      },
  options: RawOptions,
  ...steps: readonly (() => unknown)[]
) {
  const { stack, subject, trails = [{ trail: "first" }] } = "stack" in of ? of : { stack: of };
  // The cloud's time passes, so that older tokens expire.
  const token = async () => stack.emulator.issueToken(subject ?? stack.cloud.deployer);
  const cloud = { ...(await stack.connect(subject)), token };
  const { storageEndpoint } = cloud;
  const places = trails.map(
    ({
      trail,
      trailId = stack.trailId,
      bucket = "audit-logs",
      objectPrefix,
      collection = [management],
    }): Place => ({
      ...{ trail, source: { storageEndpoint, bucket, trailId, objectPrefix } },
      ...{ cloud, logging: { own: [], folders: [] }, collection, notes: [] },
    }),
  );
  const [out, reported]: [string[], string[]] = [[], []];
  const left = [...steps];
  // The machine's clock is not the service's.
  const now = () => 0;
  const query = queryOf(
    undefined,
    { stack: "dev", follow: true, format: "jsonl", columns: "event_type", ...options },
    Date.now(),
  );
  const ending = follow(query, places, {
    ...{ now, signal: new AbortController().signal },
    out: { write: async (text) => void out.push(text) },
    report: (line) => void reported.push(`${line}\n`),
    pause: async () => {
      const step = left.shift();
      if (!step) throw over;
      await step();
    },
  });
  await expect(ending).rejects.toBe(over);
  return { lines: out.join("").split("\n").slice(0, -1), reported: reported.join("") };
}
