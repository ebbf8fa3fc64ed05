import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  type FSWatcher,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import manifest from "../../package.json";
import { type LocalRun, localEnvironment } from "./environment";
import { backendOf, type StackState, stackName, stateOf } from "./state";

const repository = join(__dirname, "..", "..");

/** Options of a stack on a local cloud. */
export interface CliStackOptions extends LocalRun {
  /** Configuration, with keys without namespace. @default the values of Pulumi.dev.yaml */
  readonly config?: Readonly<Record<string, unknown>>;
  /** File of another program, which replaces index.ts. @default index.ts */
  readonly program?: string;
  /** Folder of another project, which replaces this project. @default this project */
  readonly project?: string;
  /** More environment variables of the CLI and the program. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Options of an operation of the CLI. */
export interface OperationOptions {
  /** More arguments of the CLI, such as `--refresh`. */
  readonly args?: readonly string[];
  /** Receives each event of the engine immediately. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** Result of an operation of the CLI. */
export interface OperationResult {
  /** Everything that the CLI printed during the operation. */
  readonly output: string;
  /** Number of resources by kind of operation. */
  readonly changes: Readonly<Record<string, number>>;
}

/** Failed run of the CLI. The message is everything that the CLI printed. */
export class CliError extends Error {
  override readonly name = "CliError";
}

/**
 * Stack `dev` of a program on a local cloud, which the Pulumi CLI runs. Several may use the same folder, one after the
 * other.
 */
export class CliStack {
  /** Id of the process of the running or last command. */
  pid: number | undefined;

  private constructor(private readonly options: CliStackOptions) {}

  /** Opens the stack; creates it if the folder has none. */
  static async open(options: CliStackOptions): Promise<CliStack> {
    const stack = new CliStack(options);
    if (!existsSync(backendOf(options.folder))) {
      mkdirSync(backendOf(options.folder), { recursive: true });
      await stack.run(["stack", "init", stackName], projectOf(options));
    }
    return stack;
  }

  up(options?: OperationOptions): Promise<OperationResult> {
    return this.operate(["up", "--yes", "--skip-preview"], options);
  }

  preview(options?: OperationOptions): Promise<OperationResult> {
    return this.operate(["preview"], options);
  }

  refresh(options?: OperationOptions): Promise<OperationResult> {
    return this.operate(["refresh", "--yes", "--skip-preview"], options);
  }

  destroy(options?: OperationOptions): Promise<OperationResult> {
    return this.operate(["destroy", "--yes", "--skip-preview"], options);
  }

  previewDestroy(options?: OperationOptions): Promise<OperationResult> {
    return this.operate(["destroy", "--preview-only"], options);
  }

  /** Runs a command line from a message: `pulumi …`. */
  follow(line: string): Promise<string> {
    return this.spawn(
      "sh",
      ["-c", line.replace(/^pulumi /, `'${this.options.toolchain.pulumi}' `)],
      repository,
      {
        PULUMI_STACK: stackName,
      },
    );
  }

  /** Returns the state that the CLI keeps. */
  state(): StackState {
    return stateOf(this.options.folder, this.projectName);
  }

  /** Name of the project, which is also the namespace of the configuration. */
  private get projectName(): string {
    return parse(readFileSync(join(this.options.project ?? repository, "Pulumi.yaml"), "utf8")).name;
  }

  /** @throws {CliError} if the CLI fails. */
  private async operate(
    command: readonly string[],
    { args = [], onEvent }: OperationOptions = {},
  ): Promise<OperationResult> {
    const { folder, config } = this.options;
    const configFile = join(folder, "Pulumi.dev.yaml");
    const devFile = readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8");
    writeFileSync(configFile, config ? configurationOf(config, this.projectName, devFile) : devFile);
    const changes: Record<string, number> = {};
    const events = new EventLog(join(folder, "events.jsonl"), (event) => {
      Object.assign(changes, event.summaryEvent?.resourceChanges);
      onEvent?.(event);
    });
    try {
      const stack = ["--stack", stackName, "--config-file", configFile, "--event-log", events.file];
      const output = await this.run(
        [...command, ...stack, "--non-interactive", ...args],
        projectOf(this.options),
      );
      return { output, changes };
    } finally {
      events.close();
    }
  }

  private run(args: readonly string[], cwd: string): Promise<string> {
    // With this variable the CLI accepts --event-log.
    const environment = { PULUMI_DEBUG_COMMANDS: "true" };
    return this.spawn(this.options.toolchain.pulumi, [...args, "--color", "never"], cwd, environment);
  }

  private async spawn(
    command: string,
    args: readonly string[],
    cwd: string,
    environment: NodeJS.ProcessEnv,
  ): Promise<string> {
    const child = spawn(command, args, {
      cwd,
      env: { ...localEnvironment(this.options), ...environment, ...this.options.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.pid = child.pid;
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    const [code] = await once(child, "close");
    if (code !== 0) throw new CliError(output);
    return output;
  }
}

/** Returns the contents of a stack's file: values under the project's name, and the salt of the empty passphrase. */
function configurationOf(
  config: Readonly<Record<string, unknown>>,
  projectName: string,
  devFile: string,
): string {
  const values = Object.entries(config).map(([key, value]) => [`${projectName}:${key}`, value]);
  const salt = /^encryptionsalt: .*$/m.exec(devFile)?.[0] ?? "";
  return `${stringify({ config: Object.fromEntries(values) })}${salt}\n`;
}

/**
 * Returns the folder in which the CLI runs. The CLI runs nothing outside of a project, so other programs get their own
 * folder.
 */
function projectOf({ program, project, folder }: CliStackOptions): string {
  if (!program && !project) return repository;
  const own = join(folder, "project");
  rmSync(own, { recursive: true, force: true });
  if (project) copyProject(project, own);
  else if (program) likeThisOne(program, own);
  return own;
}

/** Creates a project like this one with another program. */
function likeThisOne(program: string, own: string): void {
  mkdirSync(own);
  for (const name of ["node_modules", "package.json", "register.cjs"])
    symlinkSync(join(repository, name), join(own, name));
  symlinkSync(program, join(own, "program.ts"));
  const settings = readFileSync(join(repository, "Pulumi.yaml"), "utf8");
  writeFileSync(join(own, "Pulumi.yaml"), settings.replace("main: index.ts", "main: program.ts"));
}

/** Copies a project as a user would. This repository replaces the package, and the project gets its SDKs. */
function copyProject(project: string, own: string): void {
  cpSync(project, own, { recursive: true });
  const modules = join(own, "node_modules");
  mkdirSync(modules);
  symlinkSync(repository, join(modules, manifest.name));
  symlinkSync(join(repository, "node_modules", "@pulumi"), join(modules, "@pulumi"));
}

/** Reader of the engine's events while the CLI writes them. */
class EventLog {
  private readonly watcher: FSWatcher;
  private position = 0;

  constructor(
    readonly file: string,
    private readonly onEvent: (event: EngineEvent) => void,
  ) {
    writeFileSync(file, "");
    this.watcher = watch(file, () => this.read());
  }

  close(): void {
    this.watcher.close();
    this.read();
  }

  private read(): void {
    const added = readFileSync(this.file).subarray(this.position);
    const whole = added.lastIndexOf("\n") + 1;
    this.position += whole;
    for (const line of added.toString("utf8", 0, whole).split("\n")) if (line) this.onEvent(JSON.parse(line));
  }
}
