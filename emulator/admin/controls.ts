import { z } from "zod";
import type { Cloud } from "../backend/cloud";
import { codes } from "../backend/errors";
import { switches } from "../backend/switches";

/** A behaviour of the cloud that can be read and set while it runs. */
export interface Control {
  readonly read: (cloud: Cloud) => unknown;
  /** Sets the behaviour. @returns the fault of an invalid value, which changes nothing. */
  readonly set: (cloud: Cloud, given: unknown) => string | undefined;
  readonly remove?: (cloud: Cloud) => void;
}

const amount = z.number().nonnegative();
const duration = z.strictObject({
  hours: amount.optional(),
  minutes: amount.optional(),
  seconds: amount.optional(),
  milliseconds: amount.optional(),
});

const method = z.string().describe("End of the method's name, such as TrailService/Create or s3/GET");
const count = z.int().positive().optional();
const failure = { method, code: z.enum(codes), times: count, after: z.int().nonnegative().optional() };
const fault = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("delay"), method, milliseconds: amount }),
  z.strictObject({ kind: z.literal("fail"), ...failure }),
  z.strictObject({ kind: z.literal("failLate"), ...failure }),
  z.strictObject({ kind: z.literal("hang"), method, times: count }),
  z.strictObject({ kind: z.literal("drop"), method, times: count }),
  z.strictObject({ kind: z.literal("hold"), method, until: method, milliseconds: amount }),
]);

const positions = z.strictObject(
  Object.fromEntries(Object.entries(switches).map(([name, { values }]) => [name, z.enum(values).optional()])),
);

const operations = z.strictObject({
  duration: duration.optional(),
  /** Seconds. */
  pollInterval: z.int().nonnegative().optional(),
});

function control<T extends z.ZodType>({
  read,
  body,
  write,
  remove,
}: {
  readonly read: (cloud: Cloud) => unknown;
  readonly body: T;
  readonly write: (cloud: Cloud, body: z.infer<T>) => void;
  readonly remove?: (cloud: Cloud) => void;
}): Control {
  const set = (cloud: Cloud, given: unknown) => {
    const { success, data, error } = body.safeParse(given);
    if (success) write(cloud, data);
    return error && z.prettifyError(error);
  };
  return { read, set, remove };
}

function switchOn({ faults }: Cloud, given: z.infer<typeof fault>): void {
  const pick = { method: given.method };
  if (given.kind === "delay") faults.delay(pick, given.milliseconds);
  else if (given.kind === "hang" || given.kind === "drop") faults[given.kind](pick, given);
  else if (given.kind === "hold")
    faults.hold(pick, { until: { method: given.until }, bound: given.milliseconds });
  else faults[given.kind](pick, given.code, given);
}

/** Controls, by the last part of their addresses. */
export const controls: Readonly<Record<string, Control>> = {
  clock: control({
    read: ({ clock }) => ({ now: clock.now().toISOString(), aheadMilliseconds: clock.ahead }),
    body: duration,
    write: ({ clock }, by) => clock.advance(by),
  }),
  "clock-jumps": control({
    read: ({ clockJumps }) => clockJumps.list(),
    body: z.strictObject({ method, by: duration }),
    write: ({ clockJumps }, jump) => clockJumps.add(jump),
    remove: ({ clockJumps }) => clockJumps.clear(),
  }),
  switches: control({
    read: (cloud) => cloud.switches,
    body: positions,
    write: (cloud, given) => void Object.assign(cloud.switches, given),
  }),
  faults: control({
    read: ({ faults }) => faults.list(),
    body: fault,
    write: switchOn,
    remove: ({ faults }) => faults.clear(),
  }),
  "propagation-delay": control({
    read: ({ access }) => access.propagationDelay,
    body: duration,
    write: ({ access }, delay) => {
      access.propagationDelay = delay;
    },
  }),
  operations: control({
    read: (cloud) => ({ duration: cloud.operations.duration, pollInterval: cloud.operations.pollInterval }),
    body: operations,
    write: (cloud, given) => {
      if (given.duration) cloud.operations.duration = given.duration;
      if (given.pollInterval !== undefined) cloud.operations.pollInterval = String(given.pollInterval);
    },
  }),
  quotas: control({
    read: (cloud) => cloud.quotas,
    body: z.strictObject({
      trails: amount.optional(),
      serviceAccounts: amount.optional(),
      buckets: amount.optional(),
      storageBytes: amount.optional(),
    }),
    write: (cloud, given) => void Object.assign(cloud.quotas, given),
  }),
};
