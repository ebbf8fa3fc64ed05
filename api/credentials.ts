import { readFileSync } from "node:fs";
import { CloudFailure } from "./failures";
import { instanceToken } from "./metadata";
import { type IssuedToken, renewed } from "./token";

/** Who asks: what the provider is given, by configuration or environment. */
export interface Credentials {
  /** IAM token, or OAuth token. */
  readonly token?: string;
  /** Authorized key of a service account: a file, or its contents. */
  readonly serviceAccountKeyFile?: string;
  /** Host, and port if it is not 80, of the instance's metadata service. */
  readonly metadataAddress?: string;
}

/** What IAM exchanges for a token. */
export type Exchanged = { readonly jwt: string } | { readonly yandexPassportOauthToken: string };

/** Who a JWT is for. The provider and the vendor's SDKs name this address at every endpoint. */
const audience = "https://iam.api.cloud.yandex.net/iam/v1/tokens";

/**
 * Where IAM tokens come from, in the provider's order: an authorized key, a token, the instance's metadata.
 * https://yandex.cloud/en/docs/terraform/authentication
 *
 * @param exchange Asks IAM for a token.
 * @throws {Error} for an authorized key that cannot be read.
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

/** The service account of an authorized key. @throws {Error} for one that cannot be read. */
export const accountOfKey = (serviceAccountKeyFile: string): string =>
  readKey(serviceAccountKeyFile).service_account_id;

/** @param source A file, or its contents. No error repeats either: what is taken for a file's name may be a key. */
function readKey(source: string): AuthorizedKey {
  const key = parsed(source.trimStart().startsWith("{") ? source : readFile(source));
  if (key?.id && key.service_account_id && key.private_key) return key;
  throw new CloudFailure("The authorized key is not JSON of id, service_account_id and private_key");
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

/** https://yandex.cloud/en/docs/iam/operations/iam-token/create-for-sa#via-jwt */
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
    throw new CloudFailure("The authorized key cannot sign: its private_key is no RSA key in PEM form");
  }
}
