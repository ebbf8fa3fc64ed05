// Node loads this before the program (nodeargs in Pulumi.yaml). It makes TypeScript run without checking its types, which
// `npm run check` does, and lets Node keep compiled code, which it finds again by the content of the source.
requireNode(22, 15);
const Module = require("node:module");
const { homedir } = require("node:os");
const { isAbsolute, join } = require("node:path");
const { bundleOf, isBundled } = require("./bundle.cjs");

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "yandex-audit-trails");
Module.enableCompileCache(join(cache, "node"));

const mapSources = () => Module.setSourceMapsSupport(true, { nodeModules: false });
mapSources();

Module._extensions[".ts"] = (module, file) => {
  const code = isBundled(file) ? bundleOf(file, join(cache, "programs")) : undefined;
  if (code !== undefined) return module._compile(code, file);
  useTsx();
  return Module._extensions[".ts"](module, file);
};

/** Has tsx compile each file that is loaded from now on, in the place of the function above. */
function useTsx() {
  require("tsx/cjs");
  mapSources();
}

// Pulumi's runner and SDK load these modules for what few programs do, and zod its texts in all languages. They are loaded
// when something of them is used, which a preview never does.
const rarelyUsed = [
  { id: "../../typescript-shim", by: join("runtime", "closure", "parseFunction.js") },
  { id: "@npmcli/arborist", by: join("runtime", "closure", "codePaths.js") },
  { id: "normalize-package-data", by: join("runtime", "closure", "codePaths.js") },
  { id: "js-yaml", by: join("@pulumi", "pulumi", "runtime", "manifest.js") },
  { id: "./automation", by: join("@pulumi", "pulumi", "index.js") },
  { id: "../locales/index.cjs", by: join("zod", "v4", "core", "index.cjs") },
  { id: "../locales/index.cjs", by: join("zod", "v4", "classic", "external.cjs") },
];
const runner = join("@pulumi", "pulumi", "cmd", "run");
const load = Module._load;
Module._load = (id, parent, isMain) => {
  const isLoadedBy = (file) => parent?.filename?.endsWith(file);
  // Pulumi's runner finds positions in files by it. It knows no map of what is compiled in memory, and reads those of installed
  // packages; Node knows the former, and need not read the latter.
  if (id === "source-map-support/register") return {};
  // Traces are sent where this variable is set, and only there.
  if (
    !process.env.PULUMI_EXPERIMENTAL &&
    isLoadedBy(join(runner, "tracing.js")) &&
    /^@opentelemetry\/(?!api$)/.test(id)
  )
    return {};
  if (isAbsolute(id) && isLoadedBy(join(runner, "run.js")) && !isBundled(Module._resolveFilename(id, parent)))
    useTsx();
  const loadNow = () => load(id, parent, isMain);
  return rarelyUsed.some((rare) => rare.id === id && isLoadedBy(rare.by)) ? lazily(loadNow) : loadNow();
};

/** A module that is loaded when something of it is used. */
function lazily(loadNow) {
  const get = (_, name) => {
    if (name === "__esModule") return true;
    const loaded = loadNow();
    return name === "default" && !loaded.__esModule ? loaded : loaded[name];
  };
  return new Proxy({}, { get });
}

/** Ends the process if its Node is older. Packages ask for this one; Node 20 makes gigabytes and minutes of an error. */
function requireNode(leastMajor, leastMinor) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  process.stderr.write(
    `Node ${leastMajor}.${leastMinor} or newer is needed; this is v${process.versions.node}. ` +
      "Install it from https://nodejs.org/en/download, put it first on the PATH, and run this again.\n",
  );
  // Pulumi takes this code for a fault that has been told, and adds nothing.
  process.exit(32);
}
