import { join } from "node:path";
import { z } from "zod";
import type { DefaultProvider } from "./importFile";
import { readIfThere } from "./readIfThere";

const sdkFile = z.object({
  pulumi: z.object({
    name: z.string(),
    version: z.string(),
    parameterization: z.object({ version: z.string(), value: z.string() }),
  }),
});

/** Returns the provider whose SDK is installed in the current folder; undefined without one. */
export function installedProvider(): DefaultProvider | undefined {
  const file = join("node_modules", "@pulumi", "yandex", "package.json");
  const sdk = sdkFile.safeParse(readIfThere(file, JSON.parse));
  if (!sdk.success) return undefined;
  const { name: pluginName, version: pluginVersion, parameterization } = sdk.data.pulumi;
  const { version, value } = parameterization;
  return { version, parameterization: { pluginName, pluginVersion, value } };
}
