import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

const stampFile = "stamp.json";

interface Fingerprint {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970; equal time and size spare the checksum. */
  readonly mtime: number;
}

/** Records the checksums of a folder's files. Written last, it also says that the folder is whole. */
export async function writeStamp(folder: string, files: readonly string[]): Promise<void> {
  const fingerprints: Record<string, Fingerprint> = {};
  for (const file of files) {
    const path = join(folder, file);
    const { size, mtimeMs } = statSync(path);
    fingerprints[file] = { sha256: await sha256(path), size, mtime: mtimeMs };
  }
  writeFileSync(join(folder, stampFile), JSON.stringify(fingerprints, undefined, 2));
}

/**
 * Checks a folder against its stamp.
 *
 * @returns what is wrong with it, or nothing if every file is as recorded.
 */
export async function checkStamp(folder: string): Promise<string | undefined> {
  let recorded: Record<string, Fingerprint>;
  try {
    recorded = JSON.parse(readFileSync(join(folder, stampFile), "utf8"));
  } catch {
    return "it is not there or was not finished";
  }
  for (const [file, expected] of Object.entries(recorded)) {
    const path = join(folder, file);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return `${file} is missing`;
    if (found.size === expected.size && found.mtimeMs === expected.mtime) continue;
    if (found.size !== expected.size || (await sha256(path)) !== expected.sha256)
      return `${file} has been changed`;
  }
  return undefined;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
