import { readFileSync } from "node:fs";
import { CloudFailure } from "./failures";
import { instanceToken } from "./metadata";
import { type IssuedToken, renewed } from "./token";

/** Credentials, as the provider takes them from configuration or environment. */
export interface Credentials {
  /** IAM token or OAuth token. */
  readonly token?: string;
  /** Authorized key of a service account: path of a file, or the contents of the file. */
  readonly serviceAccountKeyFile?: string;
  /** Host of the instance's metadata service, with the port if it is not 80. */
  readonly metadataAddress?: string;
}

/** Credential that IAM exchanges for a token. */
export type Exchanged = { readonly jwt: string } | { readonly yandexPassportOauthToken: string };

/** Audience of the JWT. The provider and the vendor's SDKs use this address with every endpoint. */
const audience = "https://iam.api.cloud.yandex.net/iam/v1/tokens";

/**
 * Returns a function that gets IAM tokens. It uses the first source that is set, in the provider's order: authorized
 * key, token, instance metadata. https://yandex.cloud/en/docs/terraform/authentication
 *
 * @param exchange Requests a token from IAM.
 * @throws {Error} if the authorized key cannot be read.
 */
export function tokenSource(
  { serviceAccountKeyFile, token, metadataAddress }: Credentials,
  exchange: (credentials: Exchanged) => Promise<IssuedToken>,
): () => Promise<string> {
  if (serviceAccountKeyFile) {
    const key = readKey(serviceAccountKeyFile);
    return renewed(async () => exchange({ jwt: await signedJwt(key) }));
  }
  if (!token) return renewed(() => instanceToken(metadataAddress));
  if (isIamToken(token)) return async () => token;
  return renewed(() => exchange({ yandexPassportOauthToken: token }));
}

const isIamToken = (token: string): boolean => /^t1\.[^.]*\.[^.]*$/.test(token);

interface AuthorizedKey {
  readonly id: string;
  readonly service_account_id: string;
  readonly private_key: string;
}

/** Returns the id of the service account of an authorized key. @throws {Error} if the key cannot be read. */
export const accountOfKey = (serviceAccountKeyFile: string): string =>
  readKey(serviceAccountKeyFile).service_account_id;

/**
 * Reads an authorized key.
 *
 * @param source Path of a file, or the contents. Errors never repeat it: a text that looks like a path may be a key.
 */
function readKey(source: string): AuthorizedKey {
  const key = parsed(source.trimStart().startsWith("{") ? source : readFile(source));
  if (key?.id && key.service_account_id && key.private_key) return key;
  throw new CloudFailure(
    "The authorized key is not a JSON object with id, service_account_id and private_key",
  );
}

function readFile(name: string): string {
  try {
    return readFileSync(name, "utf8");
  } catch (error) {
    throw new CloudFailure(`The authorized key cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function parsed(text: string): AuthorizedKey | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Signs a JWT: https://yandex.cloud/en/docs/iam/operations/iam-token/create-for-sa#via-jwt */
async function signedJwt({ id, service_account_id, private_key }: AuthorizedKey): Promise<string> {
  const { default: jwt } = await import("jsonwebtoken");
  try {
    return jwt.sign({}, private_key, {
      algorithm: "PS256",
      keyid: id,
      issuer: service_account_id,
      audience,
      expiresIn: "1h",
    });
  } catch {
    throw new CloudFailure("The authorized key cannot sign: its private_key is not an RSA key in PEM format");
  }
}
