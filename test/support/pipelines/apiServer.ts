import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Request to a host's API. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many requests
  readonly body: any;
  readonly headers: IncomingMessage["headers"];
}

/** A refusal, with the status that the host would answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const pageSize = 2;

/** A host's API on loopback. Lists come in small pages, so that who reads one page only is seen. */
export abstract class ApiServer implements AsyncDisposable {
  private readonly server: Server = createServer((request, response) => void this.respond(request, response));

  /** @returns what is answered as JSON, or a refusal. */
  protected abstract answer(request: ApiRequest): unknown;

  /** Headers by which clients find the next page. */
  protected abstract linkTo(page: number, address: URL): Record<string, string>;

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? "/", this.address);
      const body = await text(request);
      const answer = this.answer({
        method: request.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        body: body === "" ? undefined : JSON.parse(body),
        headers: request.headers,
      });
      const page = Number(url.searchParams.get("page") ?? 1);
      const [shown, isLast] = pageOf(answer, page);
      response.writeHead(200, isLast ? {} : this.linkTo(page + 1, url)).end(JSON.stringify(shown));
    } catch (error) {
      response.writeHead(error instanceof ApiError ? error.status : 500).end(String(error));
    }
  }
}

/** A page of a list, and whether it is the last one. */
function pageOf(answer: unknown, page: number): [unknown, boolean] {
  if (!Array.isArray(answer)) return [answer, true];
  const end = page * pageSize;
  return [answer.slice(end - pageSize, end), answer.length <= end];
}
