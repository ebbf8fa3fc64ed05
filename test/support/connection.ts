import type { Emulator } from "../../emulator";

/** What a command signs in with at a local cloud, as its deployer. */
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
