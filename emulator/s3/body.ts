import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import { readAll } from "../loopbackServer";
import { S3Error } from "./errors";

const longestBody = 64 << 20;

/** Contents of a request. */
export interface Body {
  readonly contents: Buffer;
  /** True if the request had the MD5 sum of the contents. */
  readonly hasContentMd5: boolean;
}

interface Hash {
  update(contents: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

const crc = (Algorithm: new () => Hash) => async (contents: Buffer) => {
  const hash = new Algorithm();
  hash.update(contents);
  return Buffer.from(await hash.digest()).toString("base64");
};
const sha = (algorithm: string) => async (contents: Buffer) =>
  createHash(algorithm).update(contents).digest("base64");

/** Checksums from clients as base64: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const checksums: Readonly<Record<string, (contents: Buffer) => Promise<string>>> = {
  "content-md5": sha("md5"),
  "x-amz-checksum-crc32": crc(Crc32),
  "x-amz-checksum-crc32c": crc(Crc32c),
  "x-amz-checksum-crc64nvme": crc(Crc64Nvme),
  "x-amz-checksum-sha1": sha("sha1"),
  "x-amz-checksum-sha256": sha("sha256"),
};

/**
 * Reads the body of a request, decodes the chunks of AWS clients, and checks the checksums.
 *
 * @throws {S3Error} for a body that is too long, or that does not match its checksums.
 */
export async function readBody(request: IncomingMessage): Promise<Body> {
  // A client that disconnects has sent an incomplete body.
  const raw = await readAll(request, longestBody).catch(() => {
    throw new S3Error(400, "IncompleteBody");
  });
  if (!raw) throw new S3Error(400, "EntityTooLarge");
  const { headers } = request;
  const isChunked =
    String(headers["x-amz-content-sha256"]).startsWith("STREAMING-") ||
    String(headers["content-encoding"]).includes("aws-chunked");
  const { contents, trailers } = isChunked ? decodeChunks(raw) : { contents: raw, trailers: {} };

  const sums: Readonly<Record<string, unknown>> = { ...headers, ...trailers };
  for (const [name, sum] of Object.entries(checksums))
    if (sums[name] !== undefined && sums[name] !== (await sum(contents))) throw new S3Error(400, "BadDigest");
  const sha256 = headers["x-amz-content-sha256"];
  if (/^[0-9a-f]{64}$/.test(String(sha256)) && sha256 !== createHash("sha256").update(contents).digest("hex"))
    throw new S3Error(400, "XAmzContentSHA256Mismatch");
  return { contents, hasContentMd5: headers["content-md5"] !== undefined };
}

/** Decodes chunks: `<size in hex>[;extension]CRLF<data>CRLF`. The last one has size 0, and trailing headers follow. */
function decodeChunks(raw: Buffer): { contents: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  for (let position = 0; ; ) {
    const end = raw.indexOf("\r\n", position);
    const [size = ""] = raw.subarray(position, Math.max(end, position)).toString("latin1").split(";");
    if (end < 0 || !/^[0-9a-fA-F]{1,8}$/.test(size)) throw new S3Error(400, "IncompleteBody");
    const start = end + 2;
    const length = Number.parseInt(size, 16);
    if (length === 0) return { contents: Buffer.concat(chunks), trailers: headersIn(raw.subarray(start)) };
    if (start + length > raw.length) throw new S3Error(400, "IncompleteBody");
    chunks.push(raw.subarray(start, start + length));
    position = start + length + 2;
  }
}

function headersIn(lines: Buffer): Record<string, string> {
  const entries = lines
    .toString("latin1")
    .split("\r\n")
    .map((line) => line.split(":"))
    .filter(([name, value]) => name && value);
  return Object.fromEntries(
    entries.map(([name = "", value = ""]) => [name.trim().toLowerCase(), value.trim()]),
  );
}
