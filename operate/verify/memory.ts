import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { UsageError } from "../exitCodes";
import { inert } from "../inert";
import { seenSchema } from "./seen";

const trailMemorySchema = z.object({
  /** Time of the newest version or delete marker that was seen, in milliseconds since 1970. */
  through: z.number(),
  /** Versions of exactly that time, by key and version id. */
  last: z.array(z.string()),
  /** Time of the newest event. */
  lastEvent: z.number().optional(),
  /** Versions that were seen; absent in files of the first format, which only kept numbers. */
  seen: seenSchema.optional(),
  /** Id of the trail's creator. */
  maker: z.string().optional(),
  /** A caused event that was not delivered when the run ended. */
  awaited: z.object({ requestId: z.string().optional(), from: z.number(), to: z.number() }).optional(),
});

/** First format of the file. It counted versions without their names, and wrote null for an invalid time. */
const firstForm = z.object({
  version: z.literal(1),
  stack: z.string(),
  trails: z.record(
    z.string(),
    trailMemorySchema.omit({ seen: true }).extend({
      through: z.number().nullable(),
      lastEvent: z
        .number()
        .nullish()
        .transform((time) => time ?? undefined),
    }),
  ),
});

const memorySchema = z.object({
  version: z.literal(2),
  stack: z.string(),
  trails: z.record(z.string(), trailMemorySchema),
});

/** Memory of one trail for the next run. */
export type TrailMemory = z.infer<typeof trailMemorySchema>;

/** Memory for the next run, by the ids of trails. */
export type Memory = Readonly<Record<string, TrailMemory>>;

/**
 * Reads the memory of an earlier run.
 *
 * @returns an empty memory if the file is missing: this is the first run.
 * @throws {UsageError} if the file is not a memory of this stack.
 */
export function readMemory(file: string, stack: string): Memory {
  const shown = inert(file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new UsageError(`${shown} cannot be read: ${(error as Error).message}`);
  }
  const { data } = z.union([memorySchema, firstForm]).safeParse(jsonIn(text));
  if (!data)
    throw new UsageError(`${shown} was not written by audit-trails verify. Name another file, or delete it.`);
  if (data.stack !== stack)
    throw new UsageError(
      `${shown} is of stack ${inert(data.stack)}, not of ${inert(stack)}. Name another file.`,
    );
  const known = Object.entries(data.trails).filter(([, { through }]) => through !== null);
  return Object.fromEntries(known) as Memory;
}

/** Writes the memory for the next run. @throws {UsageError} if the file cannot be written. */
export function writeMemory(file: string, stack: string, trails: Memory): void {
  try {
    // The rename makes the write atomic.
    const next = `${file}.next`;
    writeFileSync(next, `${JSON.stringify({ version: 2, stack, trails })}\n`, { mode: 0o600 });
    renameSync(next, file);
  } catch (error) {
    throw new UsageError(
      `${inert(file)} cannot be written: ${(error as Error).message}. The next run with --since reads the same logs again.`,
    );
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
