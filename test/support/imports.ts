import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** An import of a file, as dependency-cruiser reports it. */
interface Import {
  /** The specifier. */
  readonly module: string;
  /** File that it means, from the top folder. */
  readonly resolved: string;
  /** Such as `local`, `npm`, `core`, `type-only`. */
  readonly dependencyTypes: readonly string[];
  /** True for `import()`: it is loaded when the line runs. */
  readonly dynamic: boolean;
}

const configuration = join(__dirname, "dependencyCruiser.cjs");
const depcruise = join(
  __dirname,
  "..",
  "..",
  "node_modules",
  "dependency-cruiser",
  "bin",
  "dependency-cruiser.mjs",
);

/** The imports of the project's own files. */
export class Imports {
  private constructor(private readonly byFile: ReadonlyMap<string, readonly Import[]>) {}

  /** Reads the imports of all files of the project but its tests. */
  static read(): Imports {
    const shipped = readdirSync(".", { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && !/^(\.|test|dist|bin|sdks|docs|node_modules)/.test(entry.name),
      )
      .map(({ name }) => name);
    const files = readdirSync(".").filter((name) => name.endsWith(".ts"));
    const args = [depcruise, "--config", configuration, "--output-type", "json", ...files, ...shipped];
    const output = execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1e9 });
    const { modules } = JSON.parse(output) as {
      modules: { source: string; dependencies: Import[] }[];
    };
    return new Imports(new Map(modules.map(({ source, dependencies }) => [source, dependencies])));
  }

  /** Returns the files below a folder. */
  filesIn(folder: string): string[] {
    return [...this.byFile.keys()].filter(
      (file) => file.startsWith(`${folder}/`) && !file.includes("node_modules"),
    );
  }

  /** Returns the project's files that the files of a folder import from other folders, types too. */
  localOf(folder: string): string[] {
    return this.importsOf(folder)
      .filter(({ dependencyTypes }) => dependencyTypes.includes("local"))
      .map(({ resolved }) => resolved)
      .filter((file) => !file.startsWith(`${folder}/`));
  }

  /** Returns the names of the packages that the files of a folder import, types too. */
  packagesOf(folder: string): string[] {
    const names = this.importsOf(folder)
      .filter(({ module, dependencyTypes }) => !module.startsWith(".") && !dependencyTypes.includes("core"))
      .map(({ module }) => /^(@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module);
    return [...new Set(names)].sort();
  }

  /** Returns the files and packages that a file loads when it is loaded itself: no types, and nothing that is imported late. */
  loadedBy(file: string, loaded = new Set<string>()): Set<string> {
    if (loaded.has(file)) return loaded;
    loaded.add(file);
    for (const { module, resolved, dependencyTypes, dynamic } of this.byFile.get(file) ?? []) {
      if (dynamic || dependencyTypes.includes("type-only")) continue;
      if (module.startsWith(".")) this.loadedBy(resolved, loaded);
      else loaded.add(module);
    }
    return loaded;
  }

  private importsOf(folder: string): Import[] {
    return this.filesIn(folder).flatMap((file) => this.byFile.get(file) ?? []);
  }
}
