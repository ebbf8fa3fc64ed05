import { readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as tls from "node:tls";
import { CloudFailure } from "./failures";

/**
 * Returns the certificates that the provider trusts, and Node's own. The provider trusts those of the system, and those of
 * `SSL_CERT_FILE` and `SSL_CERT_DIR`, which Go reads and Node does not.
 *
 * @throws {CloudFailure} if they cannot be read.
 */
export function trustedCertificates(environment = process.env): tls.SecureContext {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = environment;
  let own: readonly string[];
  try {
    const files = [
      ...(file ? [file] : []),
      ...(folders?.split(delimiter).filter(Boolean).flatMap(filesIn) ?? []),
    ];
    own = files.map((name) => readFileSync(name, "utf8"));
  } catch (error) {
    throw new CloudFailure(
      `The certificates of SSL_CERT_FILE or SSL_CERT_DIR cannot be read: ${(error as Error).message}`,
    );
  }
  // Each certificate costs time, and most of Node's own certificates are also in the system's list.
  return tls.createSecureContext({ ca: [...new Set([...known(), ...own])] });
}

/** Returns the certificates of Node and of the system. Node before 22.15 cannot list the system's certificates. */
const known = (): readonly string[] =>
  tls.getCACertificates === undefined
    ? tls.rootCertificates
    : [...tls.getCACertificates("default"), ...tls.getCACertificates("system")];

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => join(folder, name));
