import { parse } from "yaml";
import { z } from "zod";
import { UsageError } from "../exitCodes";
import type { DefaultProvider } from "../state/importFile";
import { installedProvider } from "../state/installedProvider";
import { readIfThere } from "../state/readIfThere";

/** The program in the current folder. */
export interface Program {
  /** Name of the project, and namespace of its configuration. */
  readonly project: string;
  /** Keys of its configuration, with the defaults from Pulumi.yaml. */
  readonly defaults: ReadonlyMap<string, unknown>;
  readonly provider: DefaultProvider;
}

const projectFile = z.object({
  name: z.string(),
  config: z.record(z.string(), z.object({ default: z.unknown().optional() })).optional(),
});

/** Reads the program in the current folder. @throws {UsageError} if it is not this project's, or if the provider's SDK is missing. */
export function programHere(): Program {
  const file = projectFile.safeParse(readIfThere("Pulumi.yaml", parse));
  if (!file.success || !("adopted" in (file.data.config ?? {})))
    throw new UsageError(
      "The program in the current folder is not that of yandex-audit-trails: its Pulumi.yaml has no configuration key " +
        "adopted. Run adopt in a copy of that project. In another program, give AuditTrails the argument adopted, and import with " +
        "the ids from docs/provider-releases.md.",
    );
  const provider = installedProvider();
  if (!provider) throw new UsageError("The provider's SDK is missing. Run pulumi install first.");
  return {
    project: file.data.name,
    defaults: new Map(Object.entries(file.data.config ?? {}).map(([key, one]) => [key, one.default])),
    provider,
  };
}

/** Checks whether a release of the provider has StorageBucketIamBinding. 0.150.0 is the oldest release in which it was found. */
export function grantsOnBuckets(release: string): boolean {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return major > 0 || minor >= 150;
}

/** Returns the separator in the import id of a role binding: a comma since release 0.160.0, which rewrote bindings. */
export function bindingSeparator(release: string): string {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return major === 0 && minor < 160 ? " " : ",";
}
