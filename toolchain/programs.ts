import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Least version of Go with which all programs were built. */
export const leastGo = "1.26";

const goFolder = join(__dirname, "go");
const goOs = process.platform;
const goArch = process.arch === "x64" ? "amd64" : process.arch;

/** A Go program that is built from the Go module proxy. */
export interface Program {
  readonly name: string;
  /** With leading v. */
  readonly version: string;
  /** Folder with the program's own go.mod and go.sum: the programs' dependencies clash in one module. */
  readonly folder: string;
  /** Package that is built. */
  readonly package: string;
  /** Variable that holds the version in the program, if the build has to set it. */
  readonly versionVariable?: string;
  /** Where the program is kept, relative to the toolchain's folder. */
  readonly path: string;
  /** Duration of a build with empty caches, in minutes, measured on 2 cores. */
  readonly minutes: number;
}

const pluginFile = "pulumi-resource-terraform-provider";

export const pulumi: Program = {
  name: "Pulumi CLI",
  version: "v3.259.0",
  folder: join(goFolder, "pulumi"),
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  versionVariable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
  path: "bin/pulumi",
  minutes: 4,
};

export const bridge: Program = {
  name: "Pulumi plugin terraform-provider",
  version: "v1.1.3",
  folder: join(goFolder, "bridge"),
  package: "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic",
  versionVariable: "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/version.version",
  path: `home/plugins/resource-terraform-provider-v1.1.3/${pluginFile}`,
  minutes: 3,
};

export const provider: Program = {
  name: "Terraform provider yandex",
  version: "v0.137.0",
  folder: join(goFolder, "provider"),
  package: "github.com/yandex-cloud/terraform-provider-yandex",
  // The folder where the plugin looks before it asks a registry, so that the state names the ordinary provider.
  path: `home/dynamic_tf_plugins/registry.opentofu.org/yandex-cloud/yandex/0.137.0/${goOs}_${goArch}/terraform-provider-yandex_v0.137.0`,
  minutes: 3,
};

/** Generates the Node SDK; needed only while the toolchain is made. */
export const sdkGenerator: Program = {
  name: "SDK generator",
  version: "v0.137.0",
  folder: join(goFolder, "sdkgen"),
  package: ".",
  path: "sdkgen",
  minutes: 1,
};

export const programs: readonly Program[] = [pulumi, bridge, provider, sdkGenerator];

/** Names what the toolchain is made from: equal keys, equal toolchains. */
export function toolchainKey(): string {
  const hash = createHash("sha256").update(`${goOs} ${goArch}`);
  for (const program of programs) {
    hash.update(JSON.stringify({ ...program, folder: undefined }));
    hash
      .update(readFileSync(join(program.folder, "go.mod")))
      .update(readFileSync(join(program.folder, "go.sum")));
  }
  hash.update(readFileSync(join(sdkGenerator.folder, "main.go")));
  return hash.digest("hex").slice(0, 16);
}
