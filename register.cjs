// Node loads this before the program (nodeargs in Pulumi.yaml). It makes TypeScript run without checking its types, which
// `npm run check` does, and lets Node keep compiled code, which it finds again by the content of the source.
const Module = require("node:module");
const { homedir } = require("node:os");
const { join } = require("node:path");

// Absent before Node 22.
Module.enableCompileCache?.(
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "yandex-audit-trails", "node"),
);

// Pulumi's SDK loads a compiler and a package manager for programs that hand functions to the engine. They take a third of
// the memory and a quarter of the time of a preview, so they are loaded when something asks for them.
const rarelyUsed = [
  { id: "../../typescript-shim", by: join("runtime", "closure", "parseFunction.js") },
  { id: "@npmcli/arborist", by: join("runtime", "closure", "codePaths.js") },
];
const load = Module._load;
Module._load = (id, parent, isMain) => {
  // Pulumi's runner finds positions in files by it. It knows no map of what is compiled in memory, and reads those of installed
  // packages; Node knows the former, and need not read the latter.
  if (id === "source-map-support/register") return {};
  const loadNow = () => load(id, parent, isMain);
  const isRarelyUsed = rarelyUsed.some((rare) => rare.id === id && parent?.filename.endsWith(rare.by));
  return isRarelyUsed
    ? new Proxy({}, { get: (_, name) => name === "__esModule" || loadNow()[name] })
    : loadNow();
};

require("tsx/cjs");
// Absent before Node 22.14, which reads all maps.
Module.setSourceMapsSupport?.(true, { nodeModules: false });
