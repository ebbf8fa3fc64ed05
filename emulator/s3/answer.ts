import type { S3Error } from "./errors";
import { toPlainXml } from "./xml";

/** Answer to a request. */
export interface Answer {
  /** HTTP status. @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export const xmlAnswer = (body: string): Answer => ({ headers: { "content-type": "application/xml" }, body });

export function errorAnswer({ status, code, message }: S3Error, resource: string, requestId: string): Answer {
  const body = toPlainXml("Error", {
    Code: code,
    Message: message,
    Resource: resource,
    RequestId: requestId,
  });
  return { ...xmlAnswer(body), status };
}
