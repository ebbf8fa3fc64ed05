import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** Reading and writing for the owner, nothing for others: states hold key material. */
const ownerOnly = 0o600;

/** Writes a file whole that its owner alone can read, whoever could read the one before it. */
export function writePrivately(file: string, text: string): void {
  const aside = `${file}.new`;
  const descriptor = openSync(aside, "w", ownerOnly);
  // Where an earlier write was cut off, the file is there with its old mode.
  fchmodSync(descriptor, ownerOnly);
  writeSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(aside, file);
}
