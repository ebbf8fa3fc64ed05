// Node loads this file before the program (nodeargs in Pulumi.yaml). It makes Node run TypeScript without type checks,
// which `npm run check` does instead. Node also keeps compiled code, which it finds by the content of the source.
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

/** Replaces the function above: from now on tsx compiles each file that is loaded. */
function useTsx() {
  require("tsx/cjs");
  mapSources();
}

// Few programs need these modules: Pulumi's runner and SDK load some, zod loads its texts in all languages. They are
// loaded on first use, so never in a preview.
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
  // Pulumi's runner uses this module to find positions in files. It cannot read maps of code that is compiled in
  // memory, and it reads the maps of installed packages. Node does the first, and need not do the second.
  if (id === "source-map-support/register") return {};
  // Traces are sent only if this variable is set.
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

/** Returns a module that is loaded on its first use. */
function lazily(loadNow) {
  const get = (_, name) => {
    if (name === "__esModule") return true;
    const loaded = loadNow();
    return name === "default" && !loaded.__esModule ? loaded : loaded[name];
  };
  return new Proxy({}, { get });
}

/**
 * Ends the process if Node is too old. The packages require this version. On Node 20, an error costs gigabytes and
 * minutes.
 */
function requireNode(leastMajor, leastMinor) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  process.stderr.write(
    `Node ${leastMajor}.${leastMinor} or newer is required; this is v${process.versions.node}. ` +
      "Install it from https://nodejs.org/en/download, put it first on the PATH, and run this again.\n",
  );
  // With this code, Pulumi adds no message of its own.
  process.exit(32);
}
