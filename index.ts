import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./settings/read";
import { buildStack } from "./stack";

export = async () => {
  const settings = readSettings();
  if (settings.preflight && !pulumi.runtime.isDryRun()) {
    // Loaded on demand: a preview should not spend the time. `import()` would bypass the loaders that register.cjs
    // installs.
    const { requireReady } = require("./preflight") as typeof import("./preflight");
    await requireReady(settings);
  }
  return buildStack(settings);
};
