import type { IncomingMessage } from "node:http";
import type { Call, Caller } from "../backend/calls";
import type { Cloud } from "../backend/cloud";
import { masked } from "../backend/iam/tokens";
import { anonymous, type Requester } from "../backend/storage/bucketAccess";
import { isSigned, verifySignature } from "./signature";

/** A call, with the properties that bucket policies use. */
export interface S3Call extends Call {
  readonly requester: Requester;
  /** True if the request was signed with a static key. */
  readonly isSigned: boolean;
}

/**
 * Identifies the sender of a request by IAM token or by the signature of a static access key; otherwise it is anonymous.
 *
 * @throws {S3Error} for a wrong signature. @throws {CloudError} for a wrong token.
 */
export async function identify(cloud: Cloud, request: IncomingMessage, requestId: string): Promise<S3Call> {
  const { method, headers, socket } = request;
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  const token = headers["x-yacloud-subjecttoken"]?.toString() ?? bearer;
  const signed = token === undefined && isSigned(request);
  const subject = signed
    ? (await verifySignature(request, cloud.clock, (id) => cloud.accessKeys.find(id))).subject
    : token === undefined
      ? anonymous
      : cloud.tokens.verify(token);
  const caller: Caller = {
    subject,
    requestId,
    userAgent: headers["user-agent"] ?? "",
    remoteAddress: socket.remoteAddress ?? "",
    maskedToken: masked(token ?? ""),
  };
  return {
    ...caller,
    method: `s3/${method}`,
    isSigned: signed,
    requester: {
      ...subject,
      call: caller,
      isPresigned: signed && headers.authorization === undefined,
      sourceIp: socket.remoteAddress,
      bypassGovernance: headers["x-amz-bypass-governance-retention"] === "true",
    },
  };
}
