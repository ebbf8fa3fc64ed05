import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Package manager, as far as the SDK needs it. */
interface PackageManager {
  /** Lock files that it writes next to package.json, and a text that they contain. */
  readonly lock: { readonly files: readonly string[]; readonly text?: string };
  /**
   * Returns the command that runs the install script of the SDK, which compiles it. Most managers skip install scripts
   * that nobody has allowed.
   *
   * @param spec Place of the SDK in the program's package.json, such as `file:sdks/yandex`.
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
 * Returns the command that compiles the SDK of a program. It uses the package manager that the program's package.json
 * names. Otherwise it uses the manager of the lock file in the program's folder or the nearest one above.
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

/** Returns the manager that a text names. @param text Name with version, such as `pnpm@12.0.0`. */
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
    return {}; // The package manager reports this error itself.
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
