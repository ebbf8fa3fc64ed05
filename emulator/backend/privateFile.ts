import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** File mode that lets only the owner read and write: states hold key material. */
const ownerOnly = 0o600;

/** Replaces a file as a whole. Only its owner can read it, regardless of the old mode. */
export function writePrivately(file: string, text: string): void {
  const aside = `${file}.new`;
  const descriptor = openSync(aside, "w", ownerOnly);
  // After an interrupted write the file may exist with another mode.
  fchmodSync(descriptor, ownerOnly);
  writeSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(aside, file);
}
