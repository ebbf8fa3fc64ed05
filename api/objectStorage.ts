import { createHash } from "node:crypto";
import { Agent } from "node:https";
import type { S3Client } from "@aws-sdk/client-s3";
import type { CloudApi } from "./connection";
import { proxyFor } from "./proxy";

/** A client that shows the token instead of a signature: https://yandex.cloud/en/docs/storage/api-ref/authentication */
export async function objectStorage(cloud: CloudApi): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    endpoint: cloud.storageEndpoint,
    region: "ru-central1",
    forcePathStyle: true,
    credentials: { accessKeyId: "unused", secretAccessKey: "unused" },
    requestHandler: { ...deadlines, ...(await agents(cloud)) },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const showToken: Middleware = (next) => async (args) => {
    const { headers, body } = args.request as { headers: Record<string, string>; body?: unknown };
    delete headers.authorization;
    headers["X-YaCloud-SubjectToken"] = await cloud.token();
    // The client sends newer checksums only, where the service may ask for this one.
    if (typeof body === "string") headers["Content-MD5"] = createHash("md5").update(body).digest("base64");
    return next(args);
  };
  client.middlewareStack.addRelativeTo(showToken as never, {
    name: "subjectToken",
    relation: "after",
    toMiddleware: "httpSigningMiddleware",
  });
  return client;
}

/** Milliseconds for one attempt at a request. */
const patience = 60_000;
const deadlines = { connectionTimeout: patience, requestTimeout: patience, throwOnRequestTimeout: true };

/** Node's own agents know proxies in its newest releases only. */
async function agents({ storageEndpoint, secureContext }: CloudApi) {
  const options = { keepAlive: true, secureContext };
  const proxy = proxyFor(storageEndpoint);
  if (!proxy) return { httpsAgent: new Agent(options) };
  const { HttpProxyAgent } = await import("http-proxy-agent");
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  const httpsAgent = new HttpsProxyAgent(proxy, options);
  // By itself it uses the options on the way to the proxy alone.
  const connect = httpsAgent.connect.bind(httpsAgent);
  httpsAgent.connect = (request, target) => connect(request, Object.assign(target, { secureContext }));
  return { httpAgent: new HttpProxyAgent(proxy, options), httpsAgent };
}

/** The part of the client's middleware that is used here: its own types are kept in a package that it does not export. */
type Middleware = (next: (args: Sent) => Promise<unknown>) => (args: Sent) => Promise<unknown>;

interface Sent {
  readonly request: unknown;
}
