import { createWriteStream } from "node:fs";
import {
  type Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { pauseAfter } from "./attempts";
import type { CloudApi } from "./connection";
import { CloudFailure, StorageFailure } from "./failures";
import { attempts, hangs, patience, storageAgent } from "./objectStorage";

/** Maximum number of connections to Object Storage at the same time. */
const connections = 64;
/** Maximum number of attempts at a request that is answered with 429 or 5xx. Between attempts each connection waits. */
const refusals = 6;
/** Longest pause in milliseconds that is accepted from the header `Retry-After`. */
const longestPause = 30_000;

/** Answer of Object Storage. */
export interface Fetched {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answer to one attempt, with any status. */
interface Attempt extends Fetched {
  readonly status: number;
}

/** Takes the body of a successful answer. @returns the value of {@link Fetched.body}. */
type Sink = (response: IncomingMessage) => Promise<Buffer>;

/** Failure of the connection. A retry on a new connection may succeed. */
class Broken extends CloudFailure {
  constructor(override readonly cause: Error) {
    super(cause.message);
  }
}

/**
 * Gets many objects of a bucket over connections that stay open. It needs a sixth of the processor time of the AWS
 * client.
 */
export class ObjectFetcher implements Disposable {
  private constructor(
    private readonly bucket: string,
    private readonly cloud: CloudApi,
    private readonly agent: Agent,
    private readonly signal?: AbortSignal,
  ) {}

  /** @param signal Ends all requests, which then fail with its reason. */
  static async open(bucket: string, cloud: CloudApi, signal?: AbortSignal): Promise<ObjectFetcher> {
    return new ObjectFetcher(bucket, cloud, await storageAgent(cloud, connections), signal);
  }

  /**
   * Gets an object, or data about it such as its ACL. Retries temporary failures: status 429 or 5xx, a broken
   * connection, no answer in time.
   *
   * @param query Query parameters, such as `{ versionId }` or `{ acl: "" }`.
   * @throws {CloudFailure} if Object Storage refuses the request, or all attempts fail.
   */
  get(key: string, query: Readonly<Record<string, string>> = {}): Promise<Fetched> {
    return this.send("GET", key, query);
  }

  /**
   * Saves an object of any size to a file with mode 0600.
   *
   * @throws as {@link get}, and the error of the file.
   */
  async save(key: string, path: string): Promise<void> {
    let fileError: unknown;
    const sink: Sink = async (response) => {
      const file = createWriteStream(path, { mode: 0o600 });
      file.on("error", (error) => {
        fileError = error;
      });
      await pipeline(response, file);
      return Buffer.alloc(0);
    };
    await this.send("GET", key, {}, { sink }).catch((error: unknown) => {
      throw fileError ?? error;
    });
  }

  /**
   * Returns the service's time, milliseconds since 1970, accurate to one second; undefined if the answer has no date.
   *
   * @throws as {@link get}.
   */
  async time(): Promise<number | undefined> {
    const { headers } = await this.send("HEAD", "", {}, { anyStatus: true });
    const at = Date.parse(headers.date ?? "");
    // The header has no fraction of a second. Half a second is the mean error.
    return Number.isNaN(at) ? undefined : at + 500;
  }

  private async send(
    method: string,
    key: string,
    query: Readonly<Record<string, string>>,
    { anyStatus = false, sink = collect }: { readonly anyStatus?: boolean; readonly sink?: Sink } = {},
  ): Promise<Fetched> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.attempt(method, key, query, sink).catch((error: unknown) => {
        this.signal?.throwIfAborted();
        if (error instanceof Broken) return error;
        throw error;
      });
      if (answer instanceof Broken) {
        if (attempt >= attempts) throw answer.cause.name === "TimeoutError" ? hangs(this.cloud) : answer;
      } else if (answer.status < 300 || (anyStatus && !isPassing(answer.status))) return answer;
      else if (!isPassing(answer.status) || attempt >= refusals) throw failureOf(answer);
      const asked = answer instanceof Broken ? 0 : Number(answer.headers["retry-after"]) * 1000 || 0;
      const pause = Math.min(longestPause, Math.max(asked, pauseAfter(attempt)));
      await delay(pause, undefined, { signal: this.signal }).catch((error: unknown) => {
        this.signal?.throwIfAborted();
        throw error;
      });
    }
  }

  private async attempt(
    method: string,
    key: string,
    query: Readonly<Record<string, string>>,
    sink: Sink,
  ): Promise<Attempt> {
    const { protocol, hostname, port } = new URL(this.cloud.storageEndpoint);
    const path = ["", this.bucket, ...(key ? key.split("/") : [])].map(encodeURIComponent).join("/");
    const search = new URLSearchParams(query).toString();
    const headers = { "X-YaCloud-SubjectToken": await this.cloud.token() };
    const { agent, signal } = this;
    const target = { protocol, hostname, port, path: search ? `${path}?${search}` : path };
    const send = protocol === "https:" ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new Broken(error));
      const request = send({ ...target, method, headers, agent, signal }, (response) => {
        const { statusCode: status = 0 } = response;
        const body = status < 300 ? sink(response) : collect(response);
        body.then((taken) => resolve({ status, headers: response.headers, body: taken }), fail);
      });
      // This timeout counts time without data, not the time for a whole large object.
      request.setTimeout(patience, () => {
        request.destroy(Object.assign(new Error("no answer in time"), { name: "TimeoutError" }));
      });
      request.on("error", fail);
      request.end();
    });
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}

const isPassing = (status: number): boolean => status === 429 || status >= 500;

/** By events: an iterator takes a third more processor time for each object. */
function collect(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    response.on("data", (part: Buffer) => parts.push(part));
    response.on("end", () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
    response.on("error", reject);
  });
}

/** Parses an error answer: https://yandex.cloud/en/docs/storage/s3/api-ref/response-codes */
function failureOf({ status, headers, body }: Attempt): StorageFailure {
  const text = body.toString();
  const tag = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  return new StorageFailure(
    tag("Code") ?? "Failed",
    tag("Message") ?? "Object Storage refused the request",
    status,
    headers["x-amz-request-id"]?.toString(),
  );
}
