import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { startEmulator } from "../../emulator";
import { Api } from "../support/api";
import { callEveryOperation } from "../support/everyOperation";

const folder = "emulator/grpc/protos";

/** Types of metadata and response that the vendor declares, by the method that starts the operation. */
const declared = new Map<string, readonly [metadata: string, response: string]>();
for (const file of readdirSync(folder).filter((name) => name.endsWith(".proto"))) {
  const text = readFileSync(join(folder, file), "utf8");
  for (const [, service, methods = ""] of text.matchAll(/^service (\w+) \{\n(.*?)^\}/gms))
    for (const [, method, metadata = "", response = ""] of methods.matchAll(
      /rpc (\w+)\([^{;]*\{\s*option \(operation\)\.metadata = "(.*?)";\s*option \(operation\)\.response = "(.*?)";/g,
    ))
      declared.set(`${file.replace(".proto", "")}.${service}.${method}`, [metadata, response]);
}

/** The vendor's newer client refuses operations of other types, and with them a deployment that succeeded. */
test("every operation that is served answers with the types that the vendor declares for it", async () => {
  await using emulator = await startEmulator();
  const answered = [...(await callEveryOperation(emulator))].map(([method, { done, metadata, response }]) => {
    const types = [metadata, response].map((any) => any?.type_url.replace("type.googleapis.com/", ""));
    return [method, { done, types }] as const;
  });
  const expected = answered.map(([method]) => [method, { done: true, types: declared.get(method) }] as const);
  expect(Object.fromEntries(answered)).toEqual(Object.fromEntries(expected));
});

test("all served operations are checked", async () => {
  await using emulator = await startEmulator();
  const called = await callEveryOperation(emulator);
  using api = new Api(emulator);
  const isServed = async (method: string) =>
    api.callNewest(method, {}).then(
      () => true,
      ({ code }) => code !== status.UNIMPLEMENTED,
    );
  const served: string[] = [];
  for (const method of declared.keys()) if (await isServed(method)) served.push(method);
  expect(served.filter((method) => !called.has(method))).toEqual([]);
});
