import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { makeCertificate } from "../../emulator/tls";

const host = "git.test";
const service = "git-upload-pack";

/**
 * Serves the git repositories of a folder, for clones, as a host of their own: the engine takes plugins from HTTPS addresses
 * without a port only. Clients come to it through a proxy, which leads everywhere else too.
 */
export class GitServer implements Disposable {
  private constructor(
    /** Git settings that lead clients to this server. */
    readonly environment: Readonly<Record<string, string>>,
    private readonly servers: readonly { close(): unknown; closeAllConnections(): void }[],
  ) {}

  /** Address of the folder. */
  readonly url = `https://${host}`;

  static async start(folder: string): Promise<GitServer> {
    const { key, certificate } = await makeCertificate(host);
    const caFile = join(folder, "ca.pem");
    writeFileSync(caFile, certificate);
    const git = createTlsServer({ key, cert: certificate }, (request, response) =>
      answer(folder, request, response),
    ).listen(0, "127.0.0.1");
    await once(git, "listening");
    const gitPort = (git.address() as AddressInfo).port;

    const proxy = createServer()
      .on("connect", ({ url = "" }, client) => {
        const [name = "", port] = url.split(":");
        const target = name === host ? connect(gitPort, "127.0.0.1") : connect(Number(port), name);
        target.once("connect", () => {
          client.write("HTTP/1.1 200 OK\r\n\r\n");
          target.pipe(client).pipe(target);
        });
        target.once("error", () => client.destroy());
        client.once("error", () => target.destroy());
      })
      .listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    return new GitServer({ HTTPS_PROXY, SSL_CERT_FILE: caFile }, [git, proxy]);
  }

  [Symbol.dispose](): void {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

/** Answers both requests of a clone: https://git-scm.com/docs/http-protocol. */
function answer(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const [, repository = "", path] = /^\/([\w/-]+\.git)\/([\w/-]+)/.exec(request.url ?? "") ?? [];
  const lists = path === "info/refs";
  response.setHeader("content-type", `application/x-${service}-${lists ? "advertisement" : "result"}`);
  if (lists) response.write(`001e# service=${service}\n0000`);
  const git = spawn("git", [
    "upload-pack",
    "--stateless-rpc",
    ...(lists ? ["--advertise-refs"] : []),
    join(folder, repository),
  ]);
  request.pipe(git.stdin);
  git.stdout.pipe(response);
}
