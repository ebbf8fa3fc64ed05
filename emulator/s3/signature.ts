import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Clock } from "../backend/clock";
import { S3Error } from "./errors";

/** Maximum error of a client's clock, in seconds. */
const tolerance = 15 * 60;

type HttpRequest = Parameters<SignatureV4["presign"]>[0];

/** Parts of the signature in a request. */
interface Signed {
  readonly keyId: string;
  readonly region: string;
  readonly date: Date;
  readonly signedHeaders: ReadonlySet<string>;
  readonly signature: string;
  /** Life of a presigned URL, in seconds. */
  readonly expires?: number;
}

/** Digest in the form that the signer needs. */
class Sha256 {
  private readonly hash: { update(data: Uint8Array): unknown; digest(): Uint8Array };

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret ? createHmac("sha256", Buffer.from(secret as Uint8Array)) : createHash("sha256");
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {}
}

/** Checks whether a request has a signature of AWS's version 4, in its header or its address. */
export const isSigned = ({ headers, url }: IncomingMessage): boolean =>
  String(headers.authorization).startsWith("AWS4-HMAC-SHA256") || String(url).includes("X-Amz-Signature=");

/**
 * Checks a request's signature: it signs the request again and compares.
 *
 * @param find Returns the key of an id with its secret, if there is one.
 * @returns the key.
 * @throws {S3Error} for an unknown key, or for a wrong or too old signature.
 */
export async function verifySignature<Key extends { readonly secret: string }>(
  request: IncomingMessage,
  clock: Clock,
  find: (keyId: string) => Key | undefined,
): Promise<Key> {
  const { pathname, search, searchParams } = addressOf(request);
  const signed = readSignature(request, searchParams);
  const key = find(signed.keyId);
  if (!key) throw new S3Error(403, "InvalidAccessKeyId");
  const age = (clock.now().getTime() - signed.date.getTime()) / 1000;
  if (signed.expires === undefined && Math.abs(age) > tolerance)
    throw new S3Error(403, "RequestTimeTooSkewed");
  if (signed.expires !== undefined && (age > signed.expires || age < -tolerance))
    throw new S3Error(403, "AccessDenied", "The signed address has expired");

  const signer = new SignatureV4({
    service: "s3",
    region: signed.region,
    credentials: { accessKeyId: signed.keyId, secretAccessKey: key.secret },
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const headers = [...signed.signedHeaders].map(
    (name) => [name, String(request.headers[name] ?? "")] as const,
  );
  const again: HttpRequest = {
    method: request.method ?? "",
    protocol: "http:",
    hostname: String(request.headers.host),
    path: pathname,
    query: queryOf(search),
    headers: Object.fromEntries(headers),
  };
  const signature =
    signed.expires === undefined
      ? await signHeader(signer, again, signed)
      : await signAddress(signer, again, signed);
  const [given, right] = [Buffer.from(signed.signature), Buffer.from(signature)];
  if (given.length !== right.length || !timingSafeEqual(given, right))
    throw new S3Error(403, "SignatureDoesNotMatch");
  return key;
}

async function signHeader(signer: SignatureV4, request: HttpRequest, { date, signedHeaders }: Signed) {
  const { headers } = await signer.sign(request, {
    signingDate: date,
    signableHeaders: new Set(signedHeaders),
  });
  return /Signature=(\w+)/.exec(headers.authorization ?? "")?.[1] ?? "";
}

async function signAddress(
  signer: SignatureV4,
  request: HttpRequest,
  { date, signedHeaders, expires }: Signed,
) {
  const payload = "x-amz-content-sha256";
  const unsigned = { ...request, headers: { ...request.headers, [payload]: "UNSIGNED-PAYLOAD" } };
  const { query } = await signer.presign(unsigned, {
    signingDate: date,
    expiresIn: expires,
    signableHeaders: new Set(signedHeaders),
    unsignableHeaders: new Set(signedHeaders.has(payload) ? [] : [payload]),
    unhoistableHeaders: new Set([...signedHeaders, payload]),
  });
  return String(query?.["X-Amz-Signature"]);
}

function readSignature({ headers }: IncomingMessage, query: URLSearchParams): Signed {
  const inHeader = String(headers.authorization ?? "");
  const part = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(inHeader)?.[1];
  const credential = query.get("X-Amz-Credential") ?? part("Credential") ?? "";
  const [keyId = "", , region = ""] = credential.split("/");
  const date = query.get("X-Amz-Date") ?? String(headers["x-amz-date"] ?? "");
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const signature = query.get("X-Amz-Signature") ?? part("Signature");
  const names = query.get("X-Amz-SignedHeaders") ?? part("SignedHeaders");
  if (!keyId || !y || !signature || !names) throw new S3Error(400, "AuthorizationHeaderMalformed");
  const expires = query.get("X-Amz-Expires");
  return {
    keyId,
    region,
    date: new Date(`${y}-${m}-${d}T${h}:${min}:${s}Z`),
    signature,
    signedHeaders: new Set(names.split(";")),
    ...(expires !== null && { expires: Number(expires) }),
  };
}

const addressOf = ({ url = "/" }: IncomingMessage): URL =>
  new URL(url.startsWith("/") ? `http://host${url}` : url);

/** Returns the parameters without those of the signature. */
function queryOf(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  const added = /^X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature)$/;
  for (const [name, value] of new URLSearchParams(search.replaceAll("+", "%2B")))
    if (!added.test(name)) {
      const earlier = query[name];
      query[name] = earlier === undefined ? value : [earlier, value].flat();
    }
  return query;
}
