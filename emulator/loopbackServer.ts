import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server that only this machine can reach. */
export class LoopbackServer {
  protected readonly server: Server;

  constructor(listener: RequestListener) {
    this.server = createServer(listener);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Starts to listen. @param port Port; 0 for any free one. @throws {Error} if it is taken. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Reads the body of a request; undefined if it is too long. @throws {Error} if the client disconnects. */
export async function readAll(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
