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
  /** The keys of its configuration, with their defaults as the CLI takes them. */
  readonly defaults: ReadonlyMap<string, unknown>;
  readonly provider: DefaultProvider;
}

const projectFile = z.object({
  name: z.string(),
  config: z.record(z.string(), z.object({ default: z.unknown().optional() })).optional(),
});

/** @throws {UsageError} if it is another program than this project's, or the provider's SDK is not made. */
export function programHere(): Program {
  const file = projectFile.safeParse(readIfThere("Pulumi.yaml", parse));
  if (!file.success || !("adopted" in (file.data.config ?? {})))
    throw new UsageError(
      "The program in the current folder is not the one of yandex-audit-trails: its Pulumi.yaml has no configuration key " +
        "adopted. Run this in a copy of that project. In another program, give AuditTrails the argument adopted and import with " +
        "the ids that are in the README.",
    );
  const provider = installedProvider();
  if (!provider) throw new UsageError("The provider's SDK is not there. Run pulumi install first.");
  return {
    project: file.data.name,
    defaults: new Map(Object.entries(file.data.config ?? {}).map(([key, one]) => [key, one.default])),
    provider,
  };
}

/** Checks whether a release of the provider has StorageBucketIamBinding. It came after the oldest one that is tested, by 0.150. */
export function grantsOnBuckets(release: string): boolean {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return major > 0 || minor >= 150;
}

/** What stands between the parts of a role binding's id when it is imported: commas since bindings were rewritten in 0.160.0. */
export function bindingSeparator(release: string): string {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return major === 0 && minor < 160 ? " " : ",";
}
