import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { FolderServiceService } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import { startEmulator } from "../../emulator";
import { Cloud } from "../../emulator/backend/cloud";

/** Local cloud in a process of its own, as clients use it. */
interface Served {
  readonly process: ChildProcess;
  /** Environment that `npm run emulator` prints for its users. */
  readonly environment: ReadonlyMap<string, string>;
  readonly folderId: string;
  /** Milliseconds from the start until the cloud served. */
  readonly startUp: number;
}

const clients = [1, 32];
const secondsEach = 3;
const objects = 100_000;

async function serve(): Promise<Served> {
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", "tsx", "emulator/serve.ts"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  while (!output.includes("?list-type=2")) await once(child.stdout, "data");
  const exports = [...output.matchAll(/export (\w+)=(\S+)/g)].map(
    ([, name = "", value = ""]) => [name, value] as const,
  );
  const folderId = /folder (\w+)/.exec(output)?.[1] ?? "";
  return {
    process: child,
    environment: new Map(exports),
    folderId,
    startUp: performance.now() - started,
  };
}

/** Measures calls per second of several clients. Each client calls again as soon as it has an answer. */
async function rate(count: number, call: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + secondsEach * 1000;
  let calls = 0;
  const client = async () => {
    while (performance.now() < end) {
      await call();
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: count }, client));
  return calls / secondsEach;
}

function grpcCall({ environment, folderId }: Served): { call: () => Promise<unknown>; close: () => void } {
  const ca = readFileSync(environment.get("SSL_CERT_FILE") ?? "");
  const client = new Client(environment.get("YC_ENDPOINT") ?? "", credentials.createSsl(ca));
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${environment.get("YC_TOKEN")}`);
  const { path, requestSerialize, responseDeserialize } = FolderServiceService.get;
  const call = () =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { folderId },
        metadata,
        (error, answer) => (error ? reject(error) : resolve(answer)),
      );
    });
  return { call, close: () => client.close() };
}

function s3Call({ environment }: Served, agent: Agent) {
  const proxy = environment.get("HTTP_PROXY") ?? "";
  const headers = { "X-YaCloud-SubjectToken": environment.get("YC_TOKEN") };
  return (method: string, path: string, body?: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(proxy + path, { method, headers, agent }, (response) => {
        response.resume().on("end", () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${method} ${path}: ${response.statusCode}`));
        });
      });
      sent.on("error", reject).end(body);
    });
}

/** Measures the local cloud. @returns rows of a name and a figure. */
export async function measureCloud(): Promise<string[][]> {
  const cloud = await serve();
  const agent = new Agent({ keepAlive: true });
  const grpc = grpcCall(cloud);
  try {
    const send = s3Call(cloud, agent);
    await send("PUT", "/bench");
    await send("PUT", "/bench/log.json", "x".repeat(2000));
    const rows = [["start until ready, with Node and the compiler", `${cloud.startUp.toFixed(0)} ms`]];
    for (const count of clients) {
      const of = `${count} client${count > 1 ? "s" : ""}`;
      rows.push([`gRPC, FolderService/Get, ${of}`, perSecond(await rate(count, grpc.call))]);
      const get = () => send("GET", "/bench/log.json");
      rows.push([`S3, GET of 2 kB, ${of}`, perSecond(await rate(count, get))]);
      const put = () => send("PUT", "/bench/log.json", "x".repeat(2000));
      rows.push([`S3, PUT of 2 kB, ${of}`, perSecond(await rate(count, put))]);
    }
    return [...rows, ...(await measureStart()), ...measureMemory()];
  } finally {
    grpc.close();
    agent.destroy();
    cloud.process.kill();
  }
}

const perSecond = (calls: number): string => `${calls.toFixed(0)} calls/s`;

/** Measures the start in a process that has loaded the program, like the tests. */
async function measureStart(): Promise<string[][]> {
  const started = performance.now();
  await using _ = await startEmulator();
  return [["startEmulator() until ready", `${(performance.now() - started).toFixed(0)} ms`]];
}

/** Measures the memory of stored objects and of deleted objects, in this process. */
function measureMemory(): string[][] {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const body = Buffer.alloc(2000, "x");
  const cloud = new Cloud();
  const call = {
    method: "bench",
    subject: cloud.deployer,
    requestId: "",
    userAgent: "",
    remoteAddress: "",
    maskedToken: "",
  };
  cloud.buckets.create(call, { name: "bench", folderId: cloud.folderId });
  cloud.store.commit();
  const put = (i: number) => {
    cloud.objects.put(cloud.deployer, "bench", `trail/2026/11/24/${i}.json`, body, "application/json");
    cloud.store.commit();
  };
  const before = used();
  for (let i = 0; i < objects; i += 1) put(i);
  const stored = used();
  for (let i = 0; i < objects; i += 1) {
    cloud.objectDeletions.delete(cloud.deployer, "bench", `trail/2026/11/24/${i}.json`);
    cloud.store.commit();
  }
  const passed = used();
  const megabytes = (more: number) => `${more.toFixed(0)} MB`;
  const count = objects.toLocaleString("en");
  return [
    [
      `memory of ${count} objects of 2 kB (${((objects * 2000) / 2 ** 20).toFixed(0)} MB)`,
      megabytes(stored - before),
    ],
    ["memory after all objects were deleted", megabytes(passed - before)],
  ];
}
