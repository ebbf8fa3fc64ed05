import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package manager, as far as the SDK needs it. */
interface PackageManager {
  /** Files that it leaves beside package.json, and a text that they have. */
  readonly lock: { readonly files: readonly string[]; readonly text?: string };
  /**
   * The command that runs the install script of the SDK, which compiles it. Most managers run none that nobody allowed.
   *
   * @param spec Where the program says that the SDK is, such as `file:sdks/yandex`.
   */
  readonly compile: (spec: string) => string;
}

const sdk = "@pulumi/yandex";

const managers = {
  pnpm: { lock: { files: ["pnpm-lock.yaml"] }, compile: (spec) => `pnpm approve-builds ${sdk}@${spec}` },
  yarn: {
    lock: { files: ["yarn.lock"], text: "__metadata:" },
    compile: () =>
      `npm pkg set 'dependenciesMeta[${sdk}].built=true' --json && yarn install && yarn rebuild ${sdk}`,
  },
  "yarn 1": { lock: { files: ["yarn.lock"] }, compile: () => "yarn install --force" },
  bun: { lock: { files: ["bun.lock", "bun.lockb"] }, compile: () => `bun pm trust ${sdk}` },
  npm: { lock: { files: ["package-lock.json"] }, compile: () => `npm rebuild ${sdk}` },
} as const satisfies Record<string, PackageManager>;

type Manager = keyof typeof managers;

/**
 * The command that compiles the SDK of a program, by the package manager with which the program was installed: the one that its
 * package.json names, else the one whose lock file is there, in the program's folder or the nearest one above.
 */
export function compileCommand(folder: string): string {
  const { manager, spec } = found(folder);
  return managers[manager].compile(spec ?? "file:sdks/yandex");
}

function found(folder: string): { readonly manager: Manager; readonly spec?: string } {
  const manifest = readManifest(folder);
  const spec = manifest.dependencies?.[sdk];
  const manager = named(manifest.packageManager) ?? locked(folder);
  if (manager) return { manager, spec };
  const above = dirname(folder);
  return above === folder ? { manager: "npm", spec } : { ...found(above), ...(spec && { spec }) };
}

/** @param text Such as `pnpm@12.0.0`. */
function named(text = ""): Manager | undefined {
  const [name = "", version = ""] = text.split("@");
  if (name === "yarn") return version.startsWith("1.") ? "yarn 1" : "yarn";
  return name in managers ? (name as Manager) : undefined;
}

function locked(folder: string): Manager | undefined {
  const isThere = ({ lock: { files, text = "" } }: PackageManager) =>
    files.some((file) => readIfThere(join(folder, file))?.includes(text));
  return (Object.keys(managers) as Manager[]).find((name) => isThere(managers[name]));
}

interface Manifest {
  readonly packageManager?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function readManifest(folder: string): Manifest {
  try {
    return JSON.parse(readIfThere(join(folder, "package.json")) ?? "{}");
  } catch {
    return {}; // The package manager tells of it.
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
