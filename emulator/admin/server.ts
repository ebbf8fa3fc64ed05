import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cloud } from "../backend/cloud";
import { StateFileError } from "../backend/journal";
import { LoopbackServer, readAll } from "../loopbackServer";
import { controls } from "./controls";
import { overviewOf } from "./overview";
import { pageOf } from "./page";

/** Longest body of a request, in bytes. */
const longestBody = 64 * 1024;

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface Reply {
  readonly type: string;
  readonly body: string;
}

const json = (value: unknown): Reply => ({
  type: "application/json",
  body: `${JSON.stringify(value, undefined, 2)}\n`,
});

/**
 * Server of the cloud's web page and of the controls of its behaviour, on loopback. Pages of other sites get nothing:
 * requests must name this address as their host and, if they have an origin, as their origin.
 */
export class AdminServer extends LoopbackServer {
  constructor(private readonly cloud: Cloud) {
    super((request, response) => void this.handle(request, response));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let status = 200;
    let reply: Reply;
    try {
      this.requireOwn(request);
      reply = await this.answer(request);
      this.cloud.store.commit();
    } catch (error) {
      if (error instanceof StateFileError) throw error;
      status = error instanceof Refusal ? error.status : 500;
      reply = json({ error: error instanceof Refusal ? error.message : "Internal error" });
      if (status === 500) console.error(error);
    }
    response.writeHead(status, {
      "content-type": `${reply.type}; charset=utf-8`,
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      "cache-control": "no-store",
    });
    response.end(reply.body);
  }

  private requireOwn({ headers }: IncomingMessage): void {
    const own = [`127.0.0.1:${this.port}`, `localhost:${this.port}`];
    if (!own.includes(headers.host ?? ""))
      throw new Refusal(403, `Host must be ${own.join(" or ")}, not ${headers.host}`);
    if (headers.origin !== undefined && !own.some((host) => headers.origin === `http://${host}`))
      throw new Refusal(403, `Requests from ${headers.origin} are refused`);
  }

  private async answer(request: IncomingMessage): Promise<Reply> {
    const { method = "" } = request;
    const path = (request.url ?? "/").replace(/\?.*$/, "");
    const views: Readonly<Record<string, () => Reply>> = {
      "/": () => ({ type: "text/html", body: pageOf(overviewOf(this.cloud)) }),
      "/cloud": () => json(overviewOf(this.cloud)),
      "/state": () => json(this.cloud.store.export()),
    };
    const view = views[path];
    if (view) {
      if (method !== "GET") throw new Refusal(405, `${path} is read-only`);
      return view();
    }
    const control = controls[path.slice(1)];
    if (!control) {
      const known = [...Object.keys(views), ...Object.keys(controls).map((name) => `/${name}`)];
      throw new Refusal(404, `There is no ${path}. Known paths: ${known.join(", ")}.`);
    }
    if (method === "POST") {
      const error = control.set(this.cloud, await bodyOf(request));
      if (error) throw new Refusal(400, error);
    } else if (method === "DELETE" && control.remove) control.remove(this.cloud);
    else if (method !== "GET") throw new Refusal(405, `${path} does not accept ${method}`);
    return json(control.read(this.cloud));
  }
}

/** Reads the JSON body of a request. @throws {Refusal} for a body that is too long or not JSON. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const body = await readAll(request, longestBody);
  if (!body) throw new Refusal(413, `The body is longer than ${longestBody} bytes`);
  try {
    return JSON.parse(body.toString() || "{}");
  } catch {
    throw new Refusal(400, "The body is not JSON");
  }
}
