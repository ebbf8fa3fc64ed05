import { createHash } from "node:crypto";
import { Agent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { S3Client } from "@aws-sdk/client-s3";
import type { CloudApi } from "./connection";
import { isCloudFailure, StorageFailure } from "./failures";
import { proxyFor } from "./proxy";

/**
 * Returns a client that sends the IAM token instead of a signature:
 * https://yandex.cloud/en/docs/storage/api-ref/authentication
 */
export async function objectStorage(cloud: CloudApi): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const agent = await storageAgent(cloud);
  const client = new S3Client({
    endpoint: cloud.storageEndpoint,
    region: "ru-central1",
    forcePathStyle: true,
    credentials: { accessKeyId: "unused", secretAccessKey: "unused" },
    maxAttempts: attempts,
    requestHandler: {
      ...{ connectionTimeout: patience, requestTimeout: patience, throwOnRequestTimeout: true },
      ...{ httpAgent: agent, httpsAgent: agent as HttpsAgent },
    },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const showToken: Middleware = (next) => async (args) => {
    const { headers, body } = args.request as { headers: Record<string, string>; body?: unknown };
    delete headers.authorization;
    headers["X-YaCloud-SubjectToken"] = await cloud.token();
    // The client sends only newer checksums, but the service may require this one.
    if (typeof body === "string") headers["Content-MD5"] = createHash("md5").update(body).digest("base64");
    return next(args);
  };
  client.middlewareStack.addRelativeTo(showToken as never, {
    name: "subjectToken",
    relation: "after",
    toMiddleware: "httpSigningMiddleware",
  });
  const explainHang: Middleware = (next) => async (args) => {
    try {
      return await next(args);
    } catch (error) {
      const isHang = isCloudFailure(error) && (error as Error).name === "TimeoutError";
      throw isHang ? hangs(cloud) : error;
    }
  };
  client.middlewareStack.add(explainHang as never, { name: "explainHang", step: "initialize" });
  return client;
}

/** Timeout of one attempt in milliseconds. Three attempts without an answer take one minute. */
export const patience = 20_000;
export const attempts = 3;

/** Returns the error for requests that Object Storage does not answer. */
export const hangs = ({ storageEndpoint }: CloudApi): StorageFailure =>
  new StorageFailure(
    "Timeout",
    `Object Storage at ${storageEndpoint} did not answer within ${patience / 1000} s, ${attempts} times. Check the network, ` +
      "HTTPS_PROXY and YC_STORAGE_ENDPOINT_URL, and run the command again",
  );

/**
 * Returns an agent that keeps connections open, directly or through a proxy. Node's own agents support no proxies
 * before 24.
 */
export async function storageAgent(
  { storageEndpoint, secureContext }: CloudApi,
  maxSockets?: number,
): Promise<Agent> {
  const isTls = storageEndpoint.startsWith("https:");
  const options = { keepAlive: true, maxSockets, ...(isTls && { secureContext }) };
  const proxy = proxyFor(storageEndpoint);
  if (!proxy) return isTls ? new HttpsAgent(options) : new Agent(options);
  if (!isTls) {
    const { HttpProxyAgent } = await import("http-proxy-agent");
    return new HttpProxyAgent(proxy, options);
  }
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  const agent = new HttpsProxyAgent(proxy, options);
  // By default this agent uses the options only for the connection to the proxy.
  const connect = agent.connect.bind(agent);
  agent.connect = (request, target) => connect(request, Object.assign(target, { secureContext }));
  return agent;
}

/** Type of the client's middleware, as far as it is used here. The client does not export its own types for it. */
type Middleware = (next: (args: Sent) => Promise<unknown>) => (args: Sent) => Promise<unknown>;

interface Sent {
  readonly request: unknown;
}
