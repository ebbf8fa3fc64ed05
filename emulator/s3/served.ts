import type { IncomingHttpHeaders } from "node:http";
import type { Target } from "./addressing";
import { S3Error } from "./errors";

/** A supported request: a method on the service, a bucket or an object. */
interface Served {
  readonly on: "service" | "bucket" | "object";
  readonly method: string;
  /** Parameters that identify it, such as `acl` of `?acl`. @default none */
  readonly by?: readonly string[];
  /** Further supported parameters. @default none */
  readonly with?: readonly string[];
  /** Supported headers of S3, and conditions. @default none */
  readonly headers?: readonly RegExp[];
}

const listing = ["prefix", "delimiter", "encoding-type"];
/** Headers of an object that a client can replace by parameters such as `response-expires`. */
export const overridable = [
  "content-type",
  "content-disposition",
  "content-encoding",
  "cache-control",
  "content-language",
  "expires",
];
const overrides = overridable.map((name) => `response-${name}`);

const acl = /^x-amz-acl$/;
const bypass = /^x-amz-bypass-governance-retention$/;
const upload = [
  acl,
  /^x-amz-(meta-.+|storage-class|tagging)$/,
  /^x-amz-object-lock-(mode|retain-until-date|legal-hold)$/,
];
const conditions = /^if-(match|none-match|modified-since|unmodified-since)$/;

const row = (
  on: Served["on"],
  methods: string,
  by: readonly string[],
  others: Pick<Served, "with" | "headers"> = {},
): Served[] => methods.split(" ").map((method) => ({ on, method, by, ...others }));

/** All supported requests. The vendor supports more: https://yandex.cloud/en/docs/storage/s3/api-ref/ */
const served: readonly Served[] = [
  ...row("service", "GET", []),

  ...row("bucket", "HEAD DELETE", []),
  ...row("bucket", "PUT", [], { headers: [acl] }),
  ...row("bucket", "GET", ["list-type"], {
    with: [...listing, "max-keys", "continuation-token", "start-after", "fetch-owner"],
  }),
  ...row("bucket", "GET", ["versions"], {
    with: [...listing, "max-keys", "key-marker", "version-id-marker"],
  }),
  ...row("bucket", "GET", ["uploads"], {
    with: [...listing, "max-uploads", "key-marker", "upload-id-marker"],
  }),
  ...row("bucket", "POST", ["delete"]),
  ...row("bucket", "GET", ["acl"]),
  ...row("bucket", "PUT", ["acl"], { headers: [acl] }),
  ...["logging", "object-lock", "versioning"].flatMap((name) => row("bucket", "GET PUT", [name])),
  ...["cors", "encryption", "lifecycle", "policy", "tagging", "website"].flatMap((name) =>
    row("bucket", "GET PUT DELETE", [name]),
  ),

  ...row("object", "GET HEAD", [], { with: ["versionId", ...overrides], headers: [conditions] }),
  ...row("object", "PUT", [], { headers: [...upload, /^(x-amz-copy-source|if-none-match)$/] }),
  ...row("object", "DELETE", [], { with: ["versionId"], headers: [bypass] }),
  ...row("object", "POST", ["uploads"], { headers: upload }),
  ...row("object", "PUT", ["uploadId", "partNumber"], { headers: [/^x-amz-copy-source(-range)?$/] }),
  ...row("object", "GET POST DELETE", ["uploadId"]),
  ...row("object", "GET", ["acl"], { with: ["versionId"] }),
  ...row("object", "PUT", ["acl"], { with: ["versionId"], headers: [acl] }),
  ...row("object", "GET PUT", ["tagging"], { with: ["versionId"] }),
  ...row("object", "GET", ["retention"], { with: ["versionId"] }),
  ...row("object", "PUT", ["retention"], { with: ["versionId"], headers: [bypass] }),
  ...row("object", "PUT", ["legal-hold"], { with: ["versionId"] }),
];

/** Parameters of every request: its signature, and the operation name from the newest client. */
const anyParameter =
  /^(x-id|x-amz-(algorithm|credential|date|expires|signedheaders|signature|content-sha256))$/i;

/** Headers that change the meaning of a request. Others belong to transport and client. */
const meaningful = /^(x-(amz|yc)-|if-|content-range$)/;

/** Headers of every request: signature, body and checksums. The AWS SDK for C++ also sends the API's version. */
const anyHeader =
  /^x-amz-(api-version|date|content-sha256|user-agent|decoded-content-length|trailer|sdk-.+|checksum-(mode|algorithm|type|crc32|crc32c|crc64nvme|sha1|sha256))$/;

/**
 * Refuses unsupported requests before they have any effect.
 *
 * @throws {S3Error} NotImplemented with the method, parameter or header.
 */
export function requireServed(
  method: string,
  { bucket, key, query }: Target,
  headers: IncomingHttpHeaders,
): void {
  const on = key ? "object" : bucket ? "bucket" : "service";
  const names = [...new Set(query.keys())].filter((name) => !anyParameter.test(name));
  const rows = served.filter(
    (one) => one.on === on && one.method === method && (one.by ?? []).every((name) => names.includes(name)),
  );
  // The request with the most identifying parameters.
  const [operation] = rows.sort((a, b) => (b.by?.length ?? 0) - (a.by?.length ?? 0));
  if (!operation)
    throw notServed(`${method} of the ${on}${names.length > 0 ? ` with ?${names.join("&")}` : ""}`);
  const known = [...(operation.by ?? []), ...(operation.with ?? [])];
  const parameter =
    names.find((name) => !known.includes(name)) ?? names.find((name) => query.getAll(name).length > 1);
  if (parameter !== undefined) throw notServed(`The parameter ${parameter} in ${method} of the ${on}`);
  const header = Object.keys(headers).find(
    (name) =>
      meaningful.test(name) &&
      !anyHeader.test(name) &&
      !operation.headers?.some((pattern) => pattern.test(name)),
  );
  if (header !== undefined) throw notServed(`The header ${header} in ${method} of the ${on}`);
}

/** Returns the refusal of something unsupported. */
export const notServed = (what: string): S3Error =>
  new S3Error(501, "NotImplemented", `${what} is not supported`);
