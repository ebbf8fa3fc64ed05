// Programs of this repository as one JavaScript file each: Node finds, reads and compiles one file instead of many, and no
// compiler runs. The files are kept in the user's cache folder and used as long as nothing that they were made of has changed.
const { createHash, randomUUID } = require("node:crypto");
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join, sep } = require("node:path");

/** Whether a file is a program that is bundled: TypeScript of this repository. tsx compiles what other people's folders hold. */
exports.isBundled = (file) =>
  file.endsWith(".ts") && file.startsWith(__dirname + sep) && !file.includes(`${sep}node_modules${sep}`);

/**
 * The program as one JavaScript file, made anew if one of its sources has changed. Packages are left outside.
 *
 * @param cache Folder that keeps it, if it can be written.
 * @returns undefined if it cannot be one file.
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
  // Nothing is written. The map names the sources from here.
  outfile: `${program}.js`,
  write: false,
  metafile: true,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: `node${process.versions.node}`,
  packages: "external",
  // What is imported late goes through what register.cjs sets up, too.
  supported: { "dynamic-import": false },
  keepNames: true,
  sourcemap: "inline",
  sourcesContent: false,
  tsconfigRaw: {},
  logLevel: "silent",
  logOverride: { "empty-import-meta": "error" },
});

/** @returns undefined for what esbuild cannot bundle; tsx says why, in the terms of the source. */
function make(options) {
  const [program] = options.entryPoints;
  try {
    const { outputFiles, metafile } = require("esbuild").buildSync({ ...options, absWorkingDir: __dirname });
    const files = Object.keys(metafile.inputs).map((file) => join(__dirname, file));
    // In one file these would mean the program's own place.
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

/** Of the bundle and of all that it was made of: the sources, and which files beside them an import could mean instead. */
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

/** @returns undefined unless it is whole and still true. */
function read(file) {
  try {
    const kept = JSON.parse(readFileSync(file, "utf8"));
    return kept.hash === hashOfBundle(kept.files, kept.code) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Written aside, since others may be reading it. Where nothing can be written, each run bundles. */
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
