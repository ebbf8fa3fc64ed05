import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A stand-in for an instance's metadata service. */
export async function startMetadata(
  answer: (path: string, flavor: unknown) => { status?: number; body: string },
): Promise<AsyncDisposable & { address: string }> {
  const server: Server = createServer((request, response) => {
    const { status = 200, body } = answer(request.url ?? "", request.headers["metadata-flavor"]);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

/** One that gives a token, if it is asked as the vendor says. */
export const metadataOf = (token: string, expiresIn = 43_200) =>
  startMetadata((path, flavor) =>
    path === "/computeMetadata/v1/instance/service-accounts/default/token" && flavor === "Google"
      ? { body: JSON.stringify({ access_token: token, expires_in: expiresIn, token_type: "Bearer" }) }
      : { status: 403, body: "" },
  );
