// Bundles each program of this repository into one JavaScript file. So Node reads and compiles one file instead of
// many, and no compiler runs. The user's cache folder keeps the files. A file is used until one of its sources changes.
const { createHash, randomUUID } = require("node:crypto");
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join, sep } = require("node:path");

/**
 * Checks whether a file is a program that is bundled: TypeScript of this repository. tsx compiles the files of other
 * folders.
 */
exports.isBundled = (file) =>
  file.endsWith(".ts") && file.startsWith(__dirname + sep) && !file.includes(`${sep}node_modules${sep}`);

/**
 * Returns the program as one JavaScript file. It is rebuilt if one of its sources has changed. Packages are not
 * included.
 *
 * @param cache Folder that keeps the file, if it can be written.
 * @returns undefined if the program cannot be bundled.
 */
exports.bundleOf = (program, cache) => {
  const options = optionsFor(program);
  const name = hashOf(JSON.stringify(options), require("esbuild/package.json").version);
  const file = join(cache, `${name}.json`);
  const kept = read(file);
  if (kept) return kept.code;
  const made = make(options);
  if (made) write(file, made);
  return made?.code;
};

const optionsFor = (program) => ({
  entryPoints: [program],
  // esbuild writes no file. Paths in the source map are relative to this one.
  outfile: `${program}.js`,
  write: false,
  metafile: true,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: `node${process.versions.node}`,
  packages: "external",
  // So late imports also pass through the loaders that register.cjs installs.
  supported: { "dynamic-import": false },
  keepNames: true,
  sourcemap: "inline",
  sourcesContent: false,
  tsconfigRaw: {},
  logLevel: "silent",
  logOverride: { "empty-import-meta": "error" },
});

/**
 * Bundles a program. @returns undefined if esbuild cannot do it; tsx then reports the error with the source's own
 * lines.
 */
function make(options) {
  const [program] = options.entryPoints;
  try {
    const { outputFiles, metafile } = require("esbuild").buildSync({ ...options, absWorkingDir: __dirname });
    const files = Object.keys(metafile.inputs).map((file) => join(__dirname, file));
    // In a bundle these names would refer to the program's own place.
    const dependsOnPlace = files.some(
      (file) =>
        file !== program &&
        /\b__(dirname|filename)\b|\brequire(\.resolve)?\((?!["'`])/.test(readFileSync(file, "utf8")),
    );
    const code = dependsOnPlace ? undefined : outputFiles[0].text;
    return { files, code, hash: hashOfBundle(files, code) };
  } catch {
    return undefined;
  }
}

/** Returns a hash of the bundle, its sources, and the files beside them to which an import could resolve instead. */
function hashOfBundle(files, code = "") {
  const folders = [...new Set(files.map(dirname))];
  const names = folders.map((folder) =>
    readdirSync(folder).filter((name) => /\.([cm]?[jt]sx?|json)$/.test(name)),
  );
  return hashOf(code, JSON.stringify([files, names]), ...files.map((file) => readFileSync(file)));
}

function hashOf(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

/** Reads a bundle. @returns undefined if the file is incomplete or out of date. */
function read(file) {
  try {
    const kept = JSON.parse(readFileSync(file, "utf8"));
    return kept.hash === hashOfBundle(kept.files, kept.code) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes a bundle to a temporary file first, since other processes may read it. If nothing can be written, each run
 * bundles.
 */
function write(file, bundle) {
  const aside = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    try {
      writeFileSync(aside, JSON.stringify(bundle));
      renameSync(aside, file);
    } finally {
      rmSync(aside, { force: true });
    }
  } catch {
    // Kept for speed only.
  }
}
