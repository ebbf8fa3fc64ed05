import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildableProvider, fingerprintOf, type Release } from "./release";

/** Lowest version of Go that builds all programs. */
export const leastGo = "1.26";

const goFolder = join(__dirname, "go");
const goOs = process.platform;
const goArch = process.arch === "x64" ? "amd64" : process.arch;

/** Go program. */
export interface Program {
  readonly name: string;
  /** Version with leading v. */
  readonly version: string;
  /** Path of the program, relative to its folder in the cache. */
  readonly path: string;
  /** Source for a build from the Go module proxy; absent if that is not possible. */
  readonly source?: Source;
}

/** Source of a program, built from the Go module proxy. */
export interface Source {
  /** Folder with the program's own go.mod and go.sum. In one module the dependencies of the programs would conflict. */
  readonly folder: string;
  /** Package that is built. */
  readonly package: string;
  /** Variable that holds the version in the program, if the build has to set it. */
  readonly versionVariable?: string;
  /** Duration of a build with empty caches, in minutes, measured on 2 cores. */
  readonly minutes: number;
}

const pulumiVersion = "v3.259.0";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

export const pulumi: Program = {
  name: "Pulumi CLI",
  version: pulumiVersion,
  path: "bin/pulumi",
  source: {
    folder: join(goFolder, "pulumi"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    versionVariable,
    minutes: 4,
  },
};

/** Node language host. In the CLI's folder, the engine accepts it as the CLI's own and prints no warning. */
export const languageHost: Program = {
  name: "Node language host",
  version: pulumiVersion,
  path: "bin/pulumi-language-nodejs",
  source: { folder: join(goFolder, "nodejs"), package: ".", versionVariable, minutes: 1 },
};

/** Language host of YAML programs, for tests of the components in another language. */
export const yamlHost: Program = {
  name: "YAML language host",
  version: "v1.38.1",
  path: "bin/pulumi-language-yaml",
  source: {
    folder: join(goFolder, "yaml"),
    package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    versionVariable: "github.com/pulumi/pulumi-yaml/pkg/version.Version",
    minutes: 2,
  },
};

/** Returns the plugin with which the engine runs a Terraform provider. */
export const pluginOf = ({ plugin }: Release): Program => ({
  name: "Pulumi plugin terraform-provider",
  version: `v${plugin}`,
  path: `home/plugins/resource-terraform-provider-v${plugin}/pulumi-resource-terraform-provider`,
  source: {
    folder: join(goFolder, "bridge"),
    package: "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic",
    versionVariable: "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/version.version",
    minutes: 3,
  },
});

/** Returns the official provider, in the folder that the plugin checks before it asks a registry. */
export const providerOf = ({ provider }: Release): Program => ({
  name: "Terraform provider yandex",
  version: `v${provider}`,
  path: `dynamic_tf_plugins/registry.opentofu.org/yandex-cloud/yandex/${provider}/${goOs}_${goArch}/terraform-provider-yandex_v${provider}`,
  source:
    provider === buildableProvider
      ? {
          folder: join(goFolder, "provider"),
          package: "github.com/yandex-cloud/terraform-provider-yandex",
          minutes: 3,
        }
      : undefined,
});

/** Returns the name of the folder for one built program: a change of another program does not build it again. */
export const builtKey = (program: Program): string => `built-${basename(program.path)}-${hashOf([program])}`;

/** Returns the name of the folder for the programs that run any provider. Folders with equal names have equal contents. */
export function engineKey(release: Release): string {
  return `engine-${hashOf([pulumi, languageHost, pluginOf(release)])}`;
}

/** Returns the name of the folder for the YAML language host. Folders with equal names have equal contents. */
export const yamlKey = (): string => `yaml-${hashOf([yamlHost])}`;

/** Returns the name of the folder for a provider and its SDK. Folders with equal names have equal contents. */
export function providerKey(release: Release): string {
  const binary = release.binary && fingerprintOf(release.binary);
  return `provider-${release.provider}-${hashOf([providerOf(release)], engineKey(release), binary)}`;
}

function hashOf(programs: readonly Program[], ...others: readonly (string | undefined)[]): string {
  const hash = createHash("sha256").update(`${goOs} ${goArch} ${others.join(" ")}`);
  for (const { source, ...program } of programs) {
    hash.update(JSON.stringify({ ...program, ...source, folder: undefined }));
    for (const file of source ? sourcesOf(source) : []) hash.update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}

/** The committed files that a build depends on: checksums of modules, and the program's own code. */
const sourcesOf = ({ folder }: Source): string[] =>
  readdirSync(folder)
    .filter((name) => /^go\.(mod|sum)$|\.go$/.test(name))
    .sort()
    .map((name) => join(folder, name));
