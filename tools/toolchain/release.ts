import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { parse } from "yaml";
import { ToolchainError } from "./errors";

const projectFile = join(__dirname, "..", "..", "Pulumi.yaml");
const providerModules = join(__dirname, "go", "provider", "go.mod");

/** The newest release of the provider whose modules the Go module proxy serves: `go/provider` names and builds it. */
export const buildableProvider: string =
  /\/terraform-provider-yandex v(\S+)/.exec(readFileSync(providerModules, "utf8"))?.[1] ?? "";

/** Release of the provider, and of the plugin that runs it. Versions have no leading v. */
export interface Release {
  readonly provider: string;
  readonly plugin: string;
  /** Path of the provider's binary, if the user names one. */
  readonly binary?: string;
}

/**
 * Reads the release in use, from the `packages` entry of Pulumi.yaml or from
 * `AUDIT_TRAILS_PROVIDER=<version>:<path to the binary>`.
 *
 * @throws {ToolchainError} if the variable does not have this form, or names no file.
 */
export function readRelease(): Release {
  const pinned = pinnedRelease();
  const override = process.env.AUDIT_TRAILS_PROVIDER;
  if (!override) return pinned;
  const [, provider, binary] = /^(\d+\.\d+\.\d+):(.+)$/.exec(override) ?? [];
  if (!provider || !binary || !isAbsolute(binary))
    throw new ToolchainError(
      `AUDIT_TRAILS_PROVIDER is "${override}", but must be <version>:<absolute path to the binary>, such as ` +
        `${pinned.provider}:/opt/terraform-provider-yandex_v${pinned.provider}. Unset it to use the release that Pulumi.yaml names.`,
    );
  if (!statSync(binary, { throwIfNoEntry: false })?.isFile())
    throw new ToolchainError(`AUDIT_TRAILS_PROVIDER names ${binary}, which is not a file.`);
  return { ...pinned, provider, binary };
}

/** Returns the release that Pulumi.yaml names. */
export function pinnedRelease(): Release {
  const { version, parameters } = parse(readFileSync(projectFile, "utf8")).packages.yandex;
  return { plugin: String(version), provider: String(parameters[1]) };
}

/** Returns a text that differs between binaries of the same name, without reading them. */
export function fingerprintOf(binary: string): string {
  const { size, mtimeMs } = statSync(binary);
  return createHash("sha256").update(`${binary} ${size} ${mtimeMs}`).digest("hex");
}
