import { BlockList, isIP } from "node:net";
import { CloudFailure } from "./failures";

/** Environment variables that name a proxy, by protocol. The first one that is set counts. */
const variables: Readonly<Record<string, readonly string[]>> = {
  "http:": ["HTTP_PROXY", "http_proxy"],
  "https:": ["HTTPS_PROXY", "https_proxy"],
};
const exceptions = ["NO_PROXY", "no_proxy"];
const ports: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/**
 * Returns the proxy for an address, as the environment sets it; undefined if there is none for the address.
 *
 * The rules are those of Go (https://pkg.go.dev/golang.org/x/net/http/httpproxy), so that all requests use the same proxies as
 * the provider's. The rules of Node, of its libraries and of gRPC differ from these, and from each other.
 *
 * @throws {CloudFailure} if the proxy is not a valid address.
 */
export function proxyFor(address: string, environment = process.env): URL | undefined {
  const { protocol, hostname, port } = new URL(address);
  const first = (names: readonly string[] = []) => names.map((name) => environment[name]).find(Boolean);
  const proxy = first(variables[protocol]);
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (!proxy || host === "localhost" || contains(loopback, host)) return undefined;
  const excepted = (first(exceptions) ?? "").split(",").map((entry) => entry.trim().toLowerCase());
  if (excepted.some((entry) => entry && covers(entry, host, port || ports[protocol]))) return undefined;
  // The message does not repeat the value: it may contain a password.
  const url = proxy.includes("://") ? proxy : `http://${proxy}`;
  if (URL.canParse(url)) return new URL(url);
  throw new CloudFailure(
    `The proxy for ${protocol} is not a valid address: check ${variables[protocol]?.join(" and ")}`,
  );
}

/**
 * Checks whether an entry of NO_PROXY matches a host: `*`, `10.0.0.0/8`, `10.1.2.3`, `[::1]:443`, `example.com`,
 * `.example.com:443`.
 */
function covers(entry: string, host: string, port: string | undefined): boolean {
  if (entry === "*") return true;
  const [range = "", bits] = entry.split("/");
  if (bits !== undefined) {
    const longest = isIP(range) === 6 ? 128 : 32;
    if (!isIP(range) || !/^\d+$/.test(bits) || Number(bits) > longest) return false;
    const block = new BlockList();
    block.addSubnet(range, Number(bits), familyOf(range));
    return contains(block, host);
  }
  const [, bracketed, name = "", onlyPort] = /^(?:\[(.+)\]|([^:]+|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
  const named = (bracketed ?? name).replace(/^\*(?=\.)/, "");
  if (onlyPort && onlyPort !== port) return false;
  if (isIP(named) || isIP(host)) return named === host;
  return named.startsWith(".") ? host.endsWith(named) : host === named || host.endsWith(`.${named}`);
}

const familyOf = (ip: string) => (isIP(ip) === 6 ? "ipv6" : "ipv4");

const contains = (block: BlockList, host: string): boolean =>
  isIP(host) > 0 && block.check(host, familyOf(host));
