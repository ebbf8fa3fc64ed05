import type { Emulator } from "../../emulator";

/** Credentials of the deployer at a local cloud. */
export const connectionTo = (emulator: Emulator) => ({
  endpoint: emulator.endpoint,
  storageEndpoint: emulator.storageEndpoint,
  token: emulator.issueToken(),
});

/** Lets this process reach a local cloud, as the provider does. */
export function reach(emulator: Emulator): void {
  const { SSL_CERT_FILE, HTTP_PROXY } = emulator.providerEnvironment();
  Object.assign(process.env, { SSL_CERT_FILE, HTTP_PROXY });
}
