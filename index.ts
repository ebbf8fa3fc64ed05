import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./settings/read";
import { buildStack } from "./stack";

export = async () => {
  const settings = readSettings();
  if (settings.preflight && !pulumi.runtime.isDryRun()) {
    // Loaded when needed: the time is not a preview's to spend. An import() would not go through what register.cjs sets up.
    const { requireReady } = require("./preflight") as typeof import("./preflight");
    await requireReady(settings);
  }
  return buildStack(settings);
};
