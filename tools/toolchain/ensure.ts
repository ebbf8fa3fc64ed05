import { endFailed, ensureToolchain } from ".";
import { cleanGoCache } from "./cacheFolder";
import { pinnedRelease } from "./release";
import { forgetUnavailable } from "./unavailable";

if (process.argv.includes("--retry")) forgetUnavailable(pinnedRelease());
if (process.argv.includes("--clean")) cleanGoCache();
else ensureToolchain(console.log).catch(endFailed);
