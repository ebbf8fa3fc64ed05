import { endFailed, ensureToolchain } from ".";
import { cleanGoCache } from "./cacheFolder";

if (process.argv.includes("--clean")) cleanGoCache();
else ensureToolchain(console.log).catch(endFailed);
