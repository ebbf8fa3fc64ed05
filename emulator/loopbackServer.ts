import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server that nobody but this machine can reach. */
export class LoopbackServer {
  protected readonly server: Server;

  constructor(listener: RequestListener) {
    this.server = createServer(listener);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** @param port 0 for any free one. @throws {Error} if it is taken. */
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
