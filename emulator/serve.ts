import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type EmulatorOptions, startEmulator } from ".";
import { Cloud } from "./backend/cloud";
import { StateFileError } from "./backend/journal";
import { writePrivately } from "./backend/privateFile";
import type { ExportedState } from "./backend/store";
import { switches } from "./backend/switches";
import { hold } from "./holder";
import type { Emulator } from "./index";

const switchHelp = Object.entries(switches)
  .map(
    ([name, { values, default: position, text }]) =>
      `  ${name}: ${values.join(" | ")} (${position})\n      ${text}`,
  )
  .join("\n");

const help = `A local Yandex Cloud on loopback: KMS, IAM, Resource Manager, Object Storage and Audit Trails.

  npm run emulator -- [options]

  --state FILE            keep the state in a file (in memory only without it)
  --seed TEXT             same seed, same ids (local)
  --import FILE           begin with an exported state
  --export FILE           write the state of the --state file as JSON, and exit;
                          it holds key material, and only its owner can read it
  --grpc-port PORT        port of the gRPC API (any free one)
  --s3-port PORT          port of Object Storage (any free one)
  --admin-port PORT       port of the web page and the controls (any free one)
  --switch NAME=POSITION  behaviour that the vendor does not document; may be repeated

Switches, with their defaults:
${switchHelp}
`;

/** Returns instructions to connect clients to the cloud. */
function instructions(emulator: Emulator): string {
  const { organizationId, cloudId, folderId, deployer } = emulator.cloud;
  const variables = Object.entries(emulator.providerEnvironment());
  return `Local Yandex Cloud is ready. Ctrl-C stops it.

Web page: ${emulator.adminUrl}

organization ${organizationId}, cloud ${cloudId}, folder ${folderId}
The token is of ${deployer.type}:${deployer.id}

Terraform, Pulumi and the provider (the token lives for 12 hours):
${variables.map(([name, value]) => `  export ${name}=${value}`).join("\n")}
  unset AWS_CA_BUNDLE

Yandex CLI (not run here):
  yc config set endpoint ${emulator.endpoint}
  yc config set token "$YC_TOKEN"

Node SDK:
  new Session({ iamToken: process.env.YC_TOKEN, ssl: { rootCerts: readFileSync("${emulator.caFile}") } })
    .client(TrailServiceClient, "${emulator.endpoint}")

Object Storage:
  curl -H "X-YaCloud-SubjectToken: $YC_TOKEN" "${emulator.storageProxy}/<bucket>?list-type=2"
`;
}

/** Reads switches. @throws {Error} for an unknown switch or position. */
function readSwitches(given: readonly string[]): EmulatorOptions["switches"] {
  const pairs = given.map((text) => {
    const [name = "", position = ""] = text.split("=");
    const known: { values: readonly string[] } | undefined = switches[name as keyof typeof switches];
    if (!known)
      throw new Error(`There is no switch ${name}. Known switches: ${Object.keys(switches).join(", ")}.`);
    if (!known.values.includes(position))
      throw new Error(`Switch ${name} has no position "${position}". Use ${known.values.join(" or ")}.`);
    return [name, position] as const;
  });
  return Object.fromEntries(pairs);
}

/** Reads an exported state. @throws {Error} for a file that is not JSON. */
function readState(file: string): ExportedState {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", short: "h" },
      state: { type: "string" },
      seed: { type: "string" },
      "grpc-port": { type: "string", default: "0" },
      "s3-port": { type: "string", default: "0" },
      "admin-port": { type: "string", default: "0" },
      import: { type: "string" },
      export: { type: "string" },
      switch: { type: "string", multiple: true, default: [] },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  if (values.export) {
    if (!values.state || !existsSync(values.state))
      throw new Error("--export needs --state, which names the file with the state.");
    using _ = await hold(values.state);
    const { store } = new Cloud({ stateFile: values.state });
    const state = store.export();
    writePrivately(values.export, `${JSON.stringify(state, undefined, 2)}\n`);
    console.log(state.notice);
    return;
  }
  const emulator = await startEmulator({
    stateFile: values.state,
    seed: values.seed,
    grpcPort: Number(values["grpc-port"]),
    s3Port: Number(values["s3-port"]),
    adminPort: Number(values["admin-port"]),
    state: values.import ? readState(values.import) : undefined,
    switches: readSwitches(values.switch),
  });
  console.log(instructions(emulator));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.close());
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

// If the state file cannot be written, the cloud stops: each answered change must be in it.
process.on("uncaughtException", (error) => {
  console.error(error instanceof StateFileError ? error.message : error);
  process.exit(1);
});
