import { promises as fs } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isUnit } from "../keys";
import { readIfThere, syncFolder, writeText } from "./files";

/** Version of the cache's format. A cache of another version is filled again. */
const version = 1;

const unit = z.string().refine(isUnit);
const fileName = z.string().regex(/^[\w.-]+$/);

const partSchema = z.object({
  /** Parquet file in the folder `days`. */
  file: fileName,
  /** Bytes of the file. */
  size: z.number(),
  events: z.number(),
  /** Bytes of the lines that were converted into it. */
  bytes: z.number(),
});

const unitSchema = z.object({
  /** True if it was listed more than an hour after its end, and all its objects were read. */
  closed: z.boolean(),
  parts: z.array(partSchema),
  /** JSON file with the list of objects, see {@link CachedObject}. */
  objectsFile: fileName,
  objects: z.number(),
  events: z.number(),
  /** True if the list of objects contains anything to report. */
  reports: z.boolean(),
});

const manifestSchema = z.object({
  version: z.literal(version),
  keyPrefix: z.string(),
  /** Listed months, with their days. A closed month gets no more days. */
  months: z.record(
    unit,
    z.object({
      closed: z.boolean(),
      listedAt: z.number(),
      units: z.array(unit),
      foreign: z.array(z.string()),
    }),
  ),
  /** Keys, and prefixes of keys, outside all months, from the last listing of everything. */
  foreign: z.array(z.string()),
  units: z.record(unit, unitSchema),
  /** Parquet file that lists the repeated copies of events; it lies in the folder itself. */
  duplicates: fileName.optional(),
  /** Parquet files of days whose events must still be compared with those of other days. */
  unchecked: z.union([z.array(fileName), z.literal("all")]),
  conflicts: z.array(z.object({ eventId: z.string(), objects: z.array(z.string()).readonly() })),
  /** Replaced files, with the time of their replacement. Another process may still read them. */
  replaced: z.array(z.object({ file: fileName, at: z.number() })),
});

export type Part = z.infer<typeof partSchema>;
export type CachedUnit = z.infer<typeof unitSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

const objectSchema = z.object({
  /** Key, without the trail's prefix. */
  key: z.string(),
  size: z.number(),
  etag: z.string(),
  /** Faults of its contents, as the continuation of a sentence after the key. */
  fault: z.string().optional(),
  /** True if it was not read because of its size. */
  skipped: z.literal(true).optional(),
  /** True if its key is not that of a log object. It was not read. */
  foreign: z.literal(true).optional(),
  /** Change in the bucket since the day was read. */
  since: z.enum(["added", "changed", "gone"]).optional(),
});
export type CachedObject = z.infer<typeof objectSchema>;

/** Objects of a day or month that were read. */
const objectsSchema = z.array(objectSchema);

export const emptyManifest = (keyPrefix: string): Manifest => ({
  version,
  keyPrefix,
  months: {},
  foreign: [],
  units: {},
  unchecked: [],
  conflicts: [],
  replaced: [],
});

const manifestFile = "manifest.json";

/** Reads the manifest. @returns an empty one if there is none, or if its version or prefix differs. */
export async function readManifest(folder: string, keyPrefix: string): Promise<Manifest> {
  const text = await readIfThere(join(folder, manifestFile));
  const { data } = manifestSchema.safeParse(text === undefined ? undefined : parsed(text));
  return data?.keyPrefix === keyPrefix ? data : emptyManifest(keyPrefix);
}

/** Writes the manifest, after syncing the files that it names. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await syncFolder(join(folder, "days"));
  await writeText(join(folder, manifestFile), JSON.stringify(manifest));
  await syncFolder(folder);
}

export const readObjects = async (folder: string, file: string): Promise<CachedObject[]> =>
  objectsSchema.parse(JSON.parse(await fs.readFile(join(folder, "days", file), "utf8")));

export const writeObjects = (
  folder: string,
  file: string,
  objects: readonly CachedObject[],
): Promise<number> => writeText(join(folder, "days", file), JSON.stringify(objects));

/** Parses JSON. @returns undefined for any other text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
