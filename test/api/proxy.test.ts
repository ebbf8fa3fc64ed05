import { proxyFor } from "../../api/proxy";

/** https://pkg.go.dev/golang.org/x/net/http/httpproxy */
const rules: { env: Record<string, string>; address?: string; proxy?: string }[] = [
  { env: {}, proxy: undefined },
  { env: { HTTPS_PROXY: "http://p:1" }, proxy: "http://p:1/" },
  { env: { https_proxy: "http://p:1" }, proxy: "http://p:1/" },
  { env: { HTTPS_PROXY: "http://p:1", https_proxy: "http://q:1" }, proxy: "http://p:1/" },
  { env: { HTTPS_PROXY: "p:1" }, proxy: "http://p:1/" },
  { env: { HTTPS_PROXY: "https://p:1" }, proxy: "https://p:1/" },
  { env: { HTTP_PROXY: "http://p:1" }, proxy: undefined },
  { env: { HTTP_PROXY: "http://p:1" }, address: "http://api.example.com", proxy: "http://p:1/" },
  { env: { HTTPS_PROXY: "http://p:1" }, address: "http://api.example.com", proxy: undefined },
  { env: { ALL_PROXY: "http://p:1" }, proxy: undefined },
  { env: { HTTPS_PROXY: "http://p:1" }, address: "https://localhost:443", proxy: undefined },
  { env: { HTTPS_PROXY: "http://p:1" }, address: "https://127.8.9.1:443", proxy: undefined },
  { env: { HTTPS_PROXY: "http://p:1" }, address: "https://[::1]:443", proxy: undefined },
  { env: { HTTPS_PROXY: "http://p:1" }, address: "https://10.1.2.3", proxy: "http://p:1/" },
];

test.each(rules)("$env for $address: $proxy", ({ env, address = "https://api.example.com:443", proxy }) => {
  expect(proxyFor(address, env)?.href).toBe(proxy);
});

const exceptions: { entry: string; address: string; covers: boolean }[] = [
  { entry: "*", address: "https://api.example.com", covers: true },
  { entry: "example.com", address: "https://api.example.com", covers: true },
  { entry: "example.com", address: "https://example.com", covers: true },
  { entry: "EXAMPLE.com", address: "https://Api.Example.COM", covers: true },
  { entry: "example.com", address: "https://badexample.com", covers: false },
  { entry: ".example.com", address: "https://api.example.com", covers: true },
  { entry: ".example.com", address: "https://example.com", covers: false },
  { entry: "*.example.com", address: "https://api.example.com", covers: true },
  { entry: "example.com:443", address: "https://api.example.com", covers: true },
  { entry: "example.com:80", address: "https://api.example.com", covers: false },
  { entry: "other.com, example.com", address: "https://api.example.com", covers: true },
  { entry: "other.com,", address: "https://api.example.com", covers: false },
  { entry: "10.0.0.0/8", address: "https://10.1.2.3:443", covers: true },
  { entry: "10.0.0.0/8", address: "https://11.1.2.3:443", covers: false },
  { entry: "10.1.2.3", address: "https://10.1.2.3:443", covers: true },
  { entry: "10.1.2.3:443", address: "https://10.1.2.3:443", covers: true },
  { entry: "10.1.2.3:80", address: "https://10.1.2.3:443", covers: false },
  { entry: "2.3", address: "https://10.1.2.3:443", covers: false },
  { entry: "fd00::/8", address: "https://[fd00::1]:443", covers: true },
  { entry: "fd00::1", address: "https://[fd00::1]:443", covers: true },
  { entry: "[fd00::1]:443", address: "https://[fd00::1]:443", covers: true },
  { entry: "10.0.0.0/99", address: "https://10.1.2.3:443", covers: false },
];

test.each(exceptions)("NO_PROXY $entry covers $address: $covers", ({ entry, address, covers }) => {
  for (const name of ["NO_PROXY", "no_proxy"]) {
    const proxy = proxyFor(address, { HTTPS_PROXY: "http://p:1", [name]: entry });
    expect(proxy === undefined).toBe(covers);
  }
});
