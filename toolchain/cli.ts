import { endFailed, ensureToolchain } from ".";

ensureToolchain(console.log).catch(endFailed);
