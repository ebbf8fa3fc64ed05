import { constants, generateKeyPairSync, verify } from "node:crypto";
import type { Call } from "../calls";
import { CloudError } from "../errors";
import { requireValid } from "../limits";
import type { Subject } from "./access";
import { type AccountKeyNeeds, AccountKeys } from "./accountKeys";

/** The public half of an authorized key of a service account. */
export interface AuthorizedKey {
  readonly id: string;
  readonly serviceAccountId: string;
  readonly createdAt: string;
  readonly description: string;
  readonly lastUsedAt?: string;
  readonly keyAlgorithm: "RSA_2048" | "RSA_4096";
  /** Public key as PEM. */
  readonly publicKey: string;
}

/** Audience of a JWT: https://yandex.cloud/en/docs/iam/operations/iam-token/create-for-sa#via-jwt */
const audience = "https://iam.api.cloud.yandex.net/iam/v1/tokens";
const longestLife = 3600;

/** IAM's authorized keys: service accounts get tokens with them. */
export class AuthorizedKeys extends AccountKeys<AuthorizedKey> {
  constructor(cloud: AccountKeyNeeds) {
    super(cloud, {
      table: "authorizedKeys",
      noun: "Key",
      package: "yandex.cloud.iam.v1",
      idField: "keyId",
      permission: "iam.keys.manage",
    });
  }

  /** Creates a key. @returns the key, and its private half as PEM, which is not stored. */
  create(
    call: Call,
    serviceAccountId: string,
    description: string,
    algorithm: string,
  ): { key: AuthorizedKey; privateKey: string } {
    this.cloud.serviceAccounts.require(serviceAccountId);
    const parameters = { serviceAccountId, description, keyAlgorithm: algorithm };
    return this.change(call, "Create", serviceAccountId, parameters, () => {
      requireValid("description", "shortDescription", description);
      const keyAlgorithm = algorithm === "RSA_4096" ? "RSA_4096" : "RSA_2048";
      const { publicKey, privateKey } = generateKeyPairSync("rsa", {
        modulusLength: Number(keyAlgorithm.slice(4)),
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      });
      const key: AuthorizedKey = {
        id: this.cloud.ids.make("aje", serviceAccountId, "authorized-key"),
        serviceAccountId,
        createdAt: this.cloud.clock.now().toISOString(),
        description,
        keyAlgorithm,
        publicKey,
      };
      this.keys.put(key.id, key);
      return { key, response: { key }, result: { key, privateKey } };
    });
  }

  protected override detailsOf({ keyAlgorithm, description }: AuthorizedKey): object {
    return { keyAlgorithm, description };
  }

  /**
   * Returns the account that signed a JWT. The algorithm is PS256, and the header has the key's id.
   *
   * @throws {CloudError} UNAUTHENTICATED for any other JWT.
   */
  verifyJwt(jwt: string): Subject {
    const refused = new CloudError("UNAUTHENTICATED", "The JWT is invalid or has expired");
    const [head = "", payload = "", signature = ""] = jwt.split(".");
    const header = parse(head);
    const claims = parse(payload);
    const key = this.keys.get(String(header.kid));
    if (!key || header.alg !== "PS256") throw refused;
    const options = {
      key: key.publicKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    const isSigned = verify(
      "sha256",
      Buffer.from(`${head}.${payload}`),
      options,
      Buffer.from(signature, "base64url"),
    );
    const now = this.cloud.clock.now().getTime() / 1000;
    const [issued, expires] = [Number(claims.iat), Number(claims.exp)];
    const isCurrent = issued <= now + 60 && expires > now && expires - issued <= longestLife;
    const isMeant = claims.iss === key.serviceAccountId && [claims.aud].flat().includes(audience);
    if (!isSigned || !isCurrent || !isMeant) throw refused;
    this.noteUse(key);
    return { type: "serviceAccount", id: key.serviceAccountId };
  }
}

function parse(part: string): Record<string, unknown> {
  try {
    const found = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}
