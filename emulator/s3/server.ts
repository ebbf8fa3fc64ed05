import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Call } from "../backend/calls";
import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import { masked } from "../backend/tokens";
import { storageHost, type Target, targetOf } from "./addressing";
import { readSubResource, subResourceOf, writeSubResource } from "./bucketConfiguration";
import { errorBody, S3Error, toS3Error } from "./errors";
import { toXml } from "./xml";

const longestBody = 16 << 20;

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** The S3 front, which is also the forward proxy through which clients reach the storage host's name. */
export class S3Server {
  private readonly server: Server;

  constructor(private readonly cloud: Cloud) {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on("connect", (request, socket) => {
      socket.end(`HTTP/1.1 403 Forbidden\r\n\r\nThis proxy serves ${storageHost} only, not ${request.url}\n`);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const end = this.cloud.traffic.begin(`s3/${request.method}`);
    let answer: Answer;
    try {
      const target = targetOf(request.url ?? "/", request.headers.host);
      const call = this.identify(request, requestId);
      await this.cloud.faults.meet(`s3/${request.method}`, target);
      answer = this.handle(call, request.method ?? "", target, await readBody(request), request);
    } catch (error) {
      const s3Error = toS3Error(error);
      const headers = { "content-type": "application/xml" };
      answer = { status: s3Error.status, headers, body: errorBody(s3Error, request.url ?? "", requestId) };
    }
    this.cloud.store.commit();
    end();
    const { status = 200, headers = {}, body = "" } = answer;
    const length = Buffer.byteLength(body);
    response.writeHead(status, { "content-length": length, ...headers, "x-amz-request-id": requestId });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  private identify({ method, headers, socket }: IncomingMessage, requestId: string): Call {
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
    const token = headers["x-yacloud-subjecttoken"]?.toString() ?? bearer;
    return {
      method: `s3/${method}`,
      subject: this.cloud.tokens.verify(token),
      requestId,
      userAgent: headers["user-agent"] ?? "",
      remoteAddress: socket.remoteAddress ?? "",
      maskedToken: masked(token ?? ""),
    };
  }

  private handle(call: Call, method: string, target: Target, body: Buffer, request: IncomingMessage): Answer {
    const { bucket, key, query } = target;
    if (!bucket) throw new S3Error(501, "NotImplemented");
    const subResource = subResourceOf(query);
    if (key && !subResource) return this.handleObject(call, method, target, body, request);
    const xmlHeaders = { "content-type": "application/xml" };

    if (subResource && !key) {
      if (method === "GET")
        return { headers: xmlHeaders, body: readSubResource(this.cloud, call, bucket, subResource) };
      if (method === "PUT") writeSubResource(this.cloud, call, bucket, subResource, body.toString());
      else if (method === "DELETE") writeSubResource(this.cloud, call, bucket, subResource);
      else throw new S3Error(405, "MethodNotAllowed");
      return { status: method === "DELETE" ? 204 : 200 };
    }
    if (method === "HEAD") this.cloud.buckets.get(call, bucket);
    // S3 names no folder; the one there is takes the bucket.
    else if (method === "PUT")
      this.cloud.buckets.create(call, { name: bucket, folderId: this.cloud.folderId });
    else if (method === "GET" && query.get("list-type") === "2")
      return { headers: xmlHeaders, body: this.list(call, target) };
    else if (method === "DELETE") {
      if (!this.cloud.objects.isEmpty(bucket)) throw new S3Error(409, "BucketNotEmpty");
      this.cloud.buckets.delete(call, bucket);
      return { status: 204 };
    } else throw new S3Error(501, "NotImplemented");
    return {};
  }

  private handleObject(
    { subject }: Call,
    method: string,
    { bucket, key }: Target,
    body: Buffer,
    request: IncomingMessage,
  ): Answer {
    const { objects } = this.cloud;
    try {
      if (method === "PUT") {
        const contentType = request.headers["content-type"] ?? "application/octet-stream";
        return { headers: { etag: `"${objects.put(subject, bucket, key, body, contentType).etag}"` } };
      }
      if (method === "DELETE") {
        objects.delete(subject, bucket, key);
        return { status: 204 };
      }
      if (method !== "GET" && method !== "HEAD") throw new S3Error(405, "MethodNotAllowed");
      const { info, body: contents } = objects.get(subject, bucket, key);
      const encryption = info.kmsKeyId && {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": info.kmsKeyId,
      };
      const headers = {
        "content-type": info.contentType,
        etag: `"${info.etag}"`,
        "last-modified": new Date(info.lastModified).toUTCString(),
        ...encryption,
      };
      return { headers, body: contents };
    } catch (error) {
      const noObject =
        error instanceof CloudError && error.code === "NOT_FOUND" && this.cloud.buckets.find(bucket);
      throw noObject ? new S3Error(404, "NoSuchKey") : error;
    }
  }

  private list(call: Call, { bucket, query }: Target): string {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
    const maxKeys = Math.min(Number(query.get("max-keys") ?? 1000), 1000);
    const rest = this.cloud.objects.list(call.subject, bucket, prefix).filter(({ key }) => key > after);
    const page = rest.slice(0, maxKeys);
    const isTruncated = rest.length > page.length;
    return toXml("ListBucketResult", {
      Name: bucket,
      Prefix: prefix,
      KeyCount: page.length,
      MaxKeys: maxKeys,
      IsTruncated: isTruncated,
      ...(isTruncated && { NextContinuationToken: page.at(-1)?.key }),
      Contents: page.map(({ key, lastModified, etag, size }) => ({
        Key: key,
        LastModified: lastModified,
        ETag: `"${etag}"`,
        Size: size,
        StorageClass: "STANDARD",
      })),
    });
  }
}

/** @throws {S3Error} for a body longer than this cloud takes. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > longestBody) throw new S3Error(400, "EntityTooLarge");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
