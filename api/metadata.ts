import { CloudFailure } from "./failures";
import type { IssuedToken } from "./token";

const defaultAddress = "169.254.169.254";
const path = "/computeMetadata/v1/instance/service-accounts/default/token";
/** Timeout in milliseconds. The service runs on the same machine. */
const patience = 1000;

/**
 * Returns a token of the service account that is attached to the virtual machine on which this program runs:
 * https://yandex.cloud/en/docs/compute/operations/vm-connect/auth-inside-vm
 *
 * @param address Host of the metadata service, with the port if it is not 80.
 * @throws {Error} if the service has no token or does not answer. Outside of the cloud it never answers.
 */
export async function instanceToken(address = defaultAddress): Promise<IssuedToken> {
  const service = `the instance's metadata service at ${address}`;
  const response = await fetch(`http://${address}${path}`, {
    headers: { "Metadata-Flavor": "Google" },
    signal: AbortSignal.timeout(patience),
  }).catch(() => undefined);
  const lacking = "There are no credentials: neither a token nor an authorized key is set, and";
  if (!response) throw new CloudFailure(`${lacking} ${service} does not answer`);
  if (!response.ok) throw new CloudFailure(`${lacking} ${service} answers with status ${response.status}`);
  const { access_token: token, expires_in: seconds = 0 } = (await response.json().catch(() => ({}))) as {
    access_token?: string;
    expires_in?: number;
  };
  if (!token) throw new CloudFailure(`${lacking} ${service} answers without a token`);
  return { iamToken: token, expiresAt: new Date(Date.now() + seconds * 1000) };
}
