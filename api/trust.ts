import { readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as tls from "node:tls";

/**
 * The certificates that the provider trusts, next to Node's own: those of the system, and of `SSL_CERT_FILE` and
 * `SSL_CERT_DIR`, which Go reads and Node does not.
 */
export function trustedCertificates(environment = process.env): tls.SecureContext {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: folders } = environment;
  const files = [
    ...(file ? [file] : []),
    ...(folders?.split(delimiter).filter(Boolean).flatMap(filesIn) ?? []),
  ];
  // Each certificate costs time, and Node's own are mostly the system's too.
  const ca = new Set([...known(), ...files.map((name) => readFileSync(name, "utf8"))]);
  return tls.createSecureContext({ ca: [...ca] });
}

/** Node before 22.15 does not tell the system's certificates. */
const known = (): readonly string[] =>
  tls.getCACertificates === undefined
    ? tls.rootCertificates
    : [...tls.getCACertificates("default"), ...tls.getCACertificates("system")];

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => join(folder, name));
