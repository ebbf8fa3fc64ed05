import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cloud } from "../backend/cloud";
import type { Bucket, BucketSettings } from "../backend/storage/bucket";
import { LoopbackServer } from "../loopbackServer";
import { cannedAclIn } from "./aclXml";
import { storageHost, storageRegion, targetOf } from "./addressing";
import { type Answer, errorAnswer, xmlAnswer } from "./answer";
import { readBody } from "./body";
import { readSubResource, subResourceOf, writeSubResource } from "./bucketConfiguration";
import { S3Error, toS3Error } from "./errors";
import { identify, type S3Call } from "./identity";
import { listBuckets, listObjects, listUploads, listVersions } from "./listings";
import { handleUpload } from "./multipart";
import { deleteObjects, handleObject, missingObject, type ObjectRequest } from "./objectRequests";
import { handleSubResource, objectSubResourceOf } from "./objectSubResources";
import { requireServed } from "./served";
import { parseXml, textAt } from "./xml";

/** The S3 server. It is also the forward proxy that clients use to reach the storage host. */
export class S3Server extends LoopbackServer {
  constructor(private readonly cloud: Cloud) {
    super((request, response) => void this.answer(request, response));
    this.server.on("connect", (request, socket) => {
      socket.end(`HTTP/1.1 403 Forbidden\r\n\r\nThis proxy serves ${storageHost} only, not ${request.url}\n`);
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const end = this.cloud.traffic.begin(`s3/${request.method}`);
    let answer: Answer;
    try {
      const target = targetOf(request.url ?? "/", request.headers.host);
      const call = await identify(this.cloud, request, requestId);
      const { method = "" } = request;
      requireServed(method, target, request.headers);
      await this.cloud.faults.meet(`s3/${method}`, target);
      const body = await readBody(request);
      answer = this.handle(call, {
        cloud: this.cloud,
        by: call.requester,
        method,
        target,
        headers: request.headers,
        body,
      });
    } catch (error) {
      answer = errorAnswer(toS3Error(error), request.url ?? "", requestId);
    }
    this.cloud.store.commit();
    end();
    if (this.cloud.faults.losesAnswer(`s3/${request.method}`, request.url)) {
      request.socket.destroy();
      return;
    }
    const { status = 200, headers = {}, body = "" } = answer;
    response.writeHead(status, {
      "content-length": Buffer.byteLength(body),
      // Clients use it as their clock.
      date: this.cloud.clock.now().toUTCString(),
      ...headers,
      "x-amz-request-id": requestId,
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  private handle(call: S3Call, request: ObjectRequest): Answer {
    const { bucket: name, key } = request.target;
    if (!name) return xmlAnswer(listBuckets(this.cloud, call.requester));
    const bucket = this.cloud.buckets.find(name);
    if (bucket?.disabledStatickeyAuth && call.isSigned) throw new S3Error(403, "AccessDenied");
    try {
      return key ? handleKey(request) : handleBucket(call, request, bucket);
    } catch (error) {
      throw key ? missingObject(error, this.cloud, request.target) : error;
    }
  }
}

function handleKey(request: ObjectRequest): Answer {
  const { query } = request.target;
  if (query.has("uploadId") || query.has("uploads")) return handleUpload(request);
  const subResource = objectSubResourceOf(query);
  return subResource ? handleSubResource(subResource, request) : handleObject(request);
}

function handleBucket(call: S3Call, request: ObjectRequest, bucket: Bucket | undefined): Answer {
  const { cloud, by, method, target, body } = request;
  const { bucket: name, query } = target;
  const subResource = subResourceOf(query);
  if (subResource) {
    const verb = { GET: "Get", PUT: "Put", DELETE: "Delete" }[method];
    const action = `s3:${verb}Bucket${policyName(subResource)}`;
    if (bucket) requirePolicy(request, bucket, action);
    if (method === "GET") return xmlAnswer(readSubResource(cloud, call, name, subResource, action));
    const document = method === "PUT" ? body.contents.toString() : undefined;
    writeSubResource(request, call, subResource, document);
    return { status: method === "DELETE" ? 204 : 200 };
  }
  if (query.has("delete")) return deleteObjects(request);
  if (query.has("versions")) return xmlAnswer(listVersions(cloud, by, target));
  if (query.has("uploads")) return xmlAnswer(listUploads(cloud, by, target));
  if (method === "GET") return xmlAnswer(listObjects(cloud, by, target));
  if (method === "HEAD") {
    cloud.buckets.get(call, name);
    return {};
  }
  // S3 has no folders, so the bucket is created in the only one.
  if (method === "PUT") {
    cloud.buckets.create(call, { name, folderId: cloud.folderId, ...settingsOf(request) });
    return {};
  }
  if (bucket && !cloud.buckets.isEmpty(name)) {
    cloud.access.require(call.subject, "storage.buckets.delete", name);
    throw new S3Error(409, "BucketNotEmpty");
  }
  cloud.buckets.delete(call, name);
  return { status: 204 };
}

/** Reads the settings of a new bucket from its headers. */
function settingsOf({ headers, body }: ObjectRequest): BucketSettings {
  if (body.contents.length > 0) {
    const document = parseXml(body.contents.toString(), "CreateBucketConfiguration");
    const region = textAt(document, "CreateBucketConfiguration", "LocationConstraint");
    if (region && region !== storageRegion) throw new S3Error(400, "InvalidLocationConstraint");
  }
  const acl = cannedAclIn(headers);
  return acl ? { acl } : {};
}

function requirePolicy({ cloud, by }: ObjectRequest, bucket: Bucket, action: string): void {
  if (!cloud.bucketAccess.passesPolicy(by, action, bucket)) throw new S3Error(403, "AccessDenied");
}

/** Returns the name of a sub-resource in actions: `ObjectLock` for `object-lock`. */
const policyName = (subResource: string): string =>
  subResource
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
