import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A listener that stands for the world outside; it counts who comes. */
async function trap() {
  const visits: string[] = [];
  const server = createServer((socket) => {
    socket.once("data", (data) => visits.push(data.toString("latin1").slice(0, 80)));
    socket.on("error", () => {});
    socket.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { visits, host: `127.0.0.1:${port}`, close: () => server.close() };
}

test("npm start reaches nothing that inherited settings point to, and prints none of their secrets", async () => {
  const outside = await trap();
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-test-"));
  const secret = "do-not-print-me";
  const hostile = {
    YC_ENDPOINT: outside.host,
    YC_STORAGE_ENDPOINT_URL: `http://${outside.host}`,
    YC_TOKEN: secret,
    YC_SERVICE_ACCOUNT_KEY_FILE: secret,
    AWS_ACCESS_KEY_ID: secret,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_CA_BUNDLE: "/nonexistent",
    PULUMI_BACKEND_URL: `http://${outside.host}`,
    PULUMI_ACCESS_TOKEN: secret,
    HTTP_PROXY: `http://${outside.host}`,
    HTTPS_PROXY: `http://${outside.host}`,
    http_proxy: `http://${outside.host}`,
    https_proxy: `http://${outside.host}`,
    ALL_PROXY: `http://${outside.host}`,
  };
  const start = spawn(process.execPath, ["--import", "tsx", "local/start.ts", "--folder", folder], {
    env: { ...process.env, ...hostile },
  });
  let output = "";
  for (const stream of [start.stdout, start.stderr]) stream.on("data", (data) => (output += data));
  const [exitCode] = await once(start, "close");
  outside.close();

  expect(output).toContain("is ACTIVE");
  expect(exitCode).toBe(0);
  expect(outside.visits).toEqual([]);
  expect(output).not.toContain(secret);
  expect(readFileSync(join(folder, "cloud.jsonl"), "utf8")).not.toContain(secret);
  rmSync(folder, { recursive: true });
}, 60_000);
