import { S3Error } from "./errors";

/** Host name of Object Storage for clients, which reach it through the proxy. */
export const storageHost = "storage.localcloud.test";

/** Region of all buckets. */
export const storageRegion = "ru-central1";

/** Target of a request. */
export interface Target {
  /** Name of the bucket; empty for the service itself. */
  readonly bucket: string;
  /** Key of the object; empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/**
 * Reads bucket and key from a request: `bucket.storage.localcloud.test/key`, or `/bucket/key` at the storage host or
 * at a loopback address. A proxied request names the whole address in its first line.
 *
 * @throws {S3Error} for any other host: this is not an open proxy.
 */
export function targetOf(requestLine: string, hostHeader = ""): Target {
  const [, authority = hostHeader, path = "", search] = requestForm.exec(requestLine) ?? [];
  const query = new URLSearchParams(search);
  const key = decode(path.slice(1));
  const hostname = authority.toLowerCase().replace(/:\d*$/, "");
  const suffix = `.${storageHost}`;
  if (hostname.endsWith(suffix)) return { bucket: hostname.slice(0, -suffix.length), key, query };
  if (![storageHost, "127.0.0.1", "localhost"].includes(hostname))
    throw new S3Error(403, "AccessDenied", `This proxy serves ${storageHost} only, not ${hostname}`);
  const slash = key.indexOf("/");
  return slash < 0
    ? { bucket: key, key: "", query }
    : { bucket: key.slice(0, slash), key: key.slice(slash + 1), query };
}

/** Pattern of a request's address. The class URL would resolve `..` in a key. */
const requestForm = /^(?:https?:\/\/([^/?#]*))?(\/[^?#]*)?(?:\?([^#]*))?/i;

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error(400, "InvalidURI");
  }
}
