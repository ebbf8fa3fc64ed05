import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

const stampFile = "stamp.json";

interface Fingerprint {
  readonly sha256: string;
  /** Size in bytes. */
  readonly size: number;
  /** Time of the last change, milliseconds since 1970. If time and size are equal, the checksum is not computed. */
  readonly mtime: number;
}

/** Records the checksums of a folder's files. It is written last, so it also marks the folder as complete. */
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
 * @returns the first difference; undefined if every file is as recorded.
 */
export async function checkStamp(folder: string): Promise<string | undefined> {
  let recorded: Record<string, Fingerprint>;
  try {
    recorded = JSON.parse(readFileSync(join(folder, stampFile), "utf8"));
  } catch {
    return "it is missing or incomplete";
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
