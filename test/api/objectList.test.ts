import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CloudApi } from "../../api/connection";
import { ObjectFetcher } from "../../api/objectFetcher";
import { listObjects } from "../../api/objectList";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that gives answers in turn, the last one again and again, and a fetcher that asks it. */
async function serve(...answers: readonly Answer[]) {
  const urls: string[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url ?? "");
    answers[Math.min(urls.length, answers.length) - 1]?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cloud = {
    token: async () => "token",
    storageEndpoint: `http://127.0.0.1:${port}`,
  } as unknown as CloudApi;
  return {
    urls,
    fetcher: (signal?: AbortSignal) => ObjectFetcher.open("bucket", cloud, signal),
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const page =
  (inner: string): Answer =>
  (_request, response) =>
    void response
      .setHeader("date", "Mon, 30 Nov 2026 01:00:00 GMT")
      .end(`<ListBucketResult>${inner}</ListBucketResult>`);

test("pages of a listing are read to their end, with keys as they are", async () => {
  using server = await serve(
    page(
      "<IsTruncated>true</IsTruncated><NextContinuationToken>a+/=</NextContinuationToken>" +
        "<Contents><Key>p/&lt;a&gt;&amp;amp;&#34;&#x27;</Key><Size>5</Size><ETag>&quot;e&quot;</ETag></Contents>" +
        "<CommonPrefixes><Prefix>p/03/</Prefix></CommonPrefixes>",
    ),
    page("<IsTruncated>false</IsTruncated><Contents><Key>p/b</Key><Size>0</Size><ETag>f</ETag></Contents>"),
  );
  using fetcher = await server.fetcher();
  const pages = [];
  for await (const one of listObjects(fetcher, "p/", { inFolder: true })) pages.push(one);
  const at = Date.UTC(2026, 10, 30, 1);
  expect(pages).toEqual([
    { at, objects: [{ key: `p/<a>&amp;"'`, size: 5, etag: "e" }], prefixes: ["p/03/"] },
    { at, objects: [{ key: "p/b", size: 0, etag: "f" }], prefixes: [] },
  ]);
  expect(server.urls).toEqual([
    "/bucket?list-type=2&prefix=p%2F&delimiter=%2F",
    "/bucket?list-type=2&prefix=p%2F&delimiter=%2F&continuation-token=a%2B%2F%3D",
  ]);
});

test("a listing that ends without naming its next page is a failure", async () => {
  using server = await serve(page("<IsTruncated>true</IsTruncated>"));
  using fetcher = await server.fetcher();
  const read = async () => {
    for await (const _page of listObjects(fetcher, "p/"));
  };
  await expect(read()).rejects.toThrow("A listing ends without naming its next page");
});

const body: Answer = (_request, response) => void response.end("contents");

test.each([429, 503])("an answer of %d is asked for again, as late as the service says", async (status) => {
  using server = await serve((_request, response) => {
    response.writeHead(status, { "retry-after": "1" }).end();
  }, body);
  using fetcher = await server.fetcher();
  const began = Date.now();
  expect((await fetcher.get("key")).body.toString()).toBe("contents");
  expect(Date.now() - began).toBeGreaterThan(990);
});

test("an object is saved to a private file, from its beginning if the connection breaks", async () => {
  using server = await serve((_request, response) => {
    response.writeHead(200, { "content-length": "8" }).write("half", () => response.destroy());
  }, body);
  using fetcher = await server.fetcher();
  const path = join(mkdtempSync(join(tmpdir(), "saved-")), "object");
  await fetcher.save("key", path);
  expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["contents", 0o600]);
});

test("a refusal is no object, and a file that cannot be written is no failure of the cloud", async () => {
  using server = await serve((_request, response) => {
    response
      .writeHead(403)
      .end("<Error><Code>AccessDenied</Code><Message>KMS key is denied</Message></Error>");
  }, body);
  using fetcher = await server.fetcher();
  const folder = mkdtempSync(join(tmpdir(), "saved-"));
  await expect(fetcher.save("key", join(folder, "object"))).rejects.toMatchObject({ code: "AccessDenied" });
  await expect(fetcher.save("key", join(folder, "none", "object"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.each([
  ["a request", () => {}],
  [
    "a pause",
    ((_request, response) => {
      response.writeHead(503, { "retry-after": "30" }).end();
    }) as Answer,
  ],
])("a signal ends %s at once", async (_what, answer) => {
  using server = await serve(answer);
  const abort = new AbortController();
  using fetcher = await server.fetcher(abort.signal);
  const got = fetcher.get("key");
  while (server.urls.length === 0) await new Promise(setImmediate);
  setImmediate(() => abort.abort(new Error("Ctrl-C")));
  await expect(got).rejects.toThrow("Ctrl-C");
});
