import { promises as fs } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isUnit } from "../keys";
import { readIfThere, syncFolder, writeText } from "./files";

/** Form of the cache. A cache of another form is made anew. */
const version = 1;

const unit = z.string().refine(isUnit);
const fileName = z.string().regex(/^[\w.-]+$/);

const partSchema = z.object({
  /** Parquet file in the folder `days`. */
  file: fileName,
  events: z.number(),
  /** Bytes of the lines that it was made of. */
  bytes: z.number(),
});

const unitSchema = z.object({
  /** Whether it was listed whole more than an hour after its end, and all its objects were read. */
  closed: z.boolean(),
  parts: z.array(partSchema),
  /** File with the objects, see {@link UnitObjects}. */
  objectsFile: fileName,
  objects: z.number(),
  events: z.number(),
  /** Whether the file with the objects reports anything about them. */
  reports: z.boolean(),
});

const manifestSchema = z.object({
  version: z.literal(version),
  keyPrefix: z.string(),
  /** Months whose listing was read: the days and months that there are, and whether there will be no more. */
  months: z.record(
    unit,
    z.object({
      closed: z.boolean(),
      listedAt: z.number(),
      units: z.array(unit),
      foreign: z.array(z.string()),
    }),
  ),
  /** Keys, and beginnings of keys, that are in no month, as of the last listing of everything. */
  foreign: z.array(z.string()),
  units: z.record(unit, unitSchema),
  /** Parquet file of later copies, in the folder itself. */
  duplicates: fileName.optional(),
  /** Parquet files of days whose events were not compared with those of other days yet. */
  unchecked: z.union([z.array(fileName), z.literal("all")]),
  conflicts: z.array(z.object({ eventId: z.string(), objects: z.array(z.string()) })),
  /** Files that are no longer used, and since when: another process may still read them. */
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
  /** Text that continues a sentence that begins with the key, about what is no log in it. */
  fault: z.string().optional(),
  /** Whether it was not read because of its size. */
  skipped: z.literal(true).optional(),
  /** Whether it is not named as log objects are, and so was not read. */
  foreign: z.literal(true).optional(),
  /** What became of it since it was read. */
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

/** @returns an empty manifest if there is none, or one of another form or prefix. */
export async function readManifest(folder: string, keyPrefix: string): Promise<Manifest> {
  const text = await readIfThere(join(folder, manifestFile));
  const { data } = manifestSchema.safeParse(text === undefined ? undefined : parsed(text));
  return data?.keyPrefix === keyPrefix ? data : emptyManifest(keyPrefix);
}

/** Writes the manifest, after all that it names. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await syncFolder(join(folder, "days"));
  await writeText(join(folder, manifestFile), JSON.stringify(manifest));
  await syncFolder(folder);
}

export const readObjects = async (folder: string, file: string): Promise<CachedObject[]> =>
  objectsSchema.parse(JSON.parse(await fs.readFile(join(folder, "days", file), "utf8")));

export const writeObjects = (folder: string, file: string, objects: readonly CachedObject[]): Promise<void> =>
  writeText(join(folder, "days", file), JSON.stringify(objects));

/** @returns undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
