import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const pageSize = 1000;

/** Folder whose files this process serves as a bucket, with the calls of Object Storage that search needs. */
const [folder = ""] = process.argv.slice(2);

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "", "http://localhost");
  const [, , ...key] = decodeURIComponent(url.pathname).split("/");
  if (!url.searchParams.has("list-type")) response.end(readFileSync(join(folder, ...key)));
  else response.end(list(url.searchParams));
});

function list(query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const names = existsSync(join(folder, prefix))
    ? readdirSync(join(folder, prefix), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    : [];
  const from = Number(query.get("continuation-token") ?? 0);
  const rows = names.slice(from, from + pageSize).map((entry) => {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) return `<CommonPrefixes><Prefix>${path}/</Prefix></CommonPrefixes>`;
    const { size } = statSync(join(folder, path));
    return `<Contents><Key>${path}</Key><Size>${size}</Size><ETag>"0123456789abcdef0123456789abcdef"</ETag></Contents>`;
  });
  const isCut = from + pageSize < names.length;
  const next = isCut ? `<NextContinuationToken>${from + pageSize}</NextContinuationToken>` : "";
  return `<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${rows.join("")}</ListBucketResult>`;
}

server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
