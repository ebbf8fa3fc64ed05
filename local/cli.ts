import { spawn } from "node:child_process";
import { once } from "node:events";
import {
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
import { stringify } from "yaml";
import { type LocalRun, localEnvironment } from "./environment";
import { backendOf, projectName, type StackState, stackName, stateOf } from "./state";

const repository = join(__dirname, "..");

/** A stack on a local cloud, driven by the Pulumi CLI as users drive it. */
export interface CliStackOptions extends LocalRun {
  /** Configuration, keys without namespace. @default what Pulumi.dev.yaml says */
  readonly config?: Readonly<Record<string, unknown>>;
  /** File of a program that takes the place of index.ts. @default index.ts */
  readonly program?: string;
  /** More environment variables of the CLI and the program. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** How an operation of the CLI is run. */
export interface OperationOptions {
  /** More arguments of the CLI, such as `--refresh`. */
  readonly args?: readonly string[];
  /** Is told of the engine's events as they come. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** What an operation of the CLI gave. */
export interface OperationResult {
  /** All that it printed. */
  readonly output: string;
  /** How many resources went through each kind of operation. */
  readonly changes: Readonly<Record<string, number>>;
}

/** A run of the CLI that failed; the message is all that it printed. */
export class CliError extends Error {
  override readonly name = "CliError";
}

/** The stack `dev` of a program on a local cloud. Several may be open on the same folder, one after the other. */
export class CliStack {
  private constructor(private readonly options: CliStackOptions) {}

  /** Opens the stack; makes it if the folder holds none. */
  static async open(options: CliStackOptions): Promise<CliStack> {
    const stack = new CliStack(options);
    if (!existsSync(backendOf(options.folder))) {
      mkdirSync(backendOf(options.folder), { recursive: true });
      await stack.run(["stack", "init", stackName], repository);
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

  /** Runs a command line as a message tells it: `pulumi …`. */
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

  /** The state that the CLI keeps. */
  state(): StackState {
    return stateOf(this.options.folder);
  }

  /** @throws {CliError} if the CLI fails. */
  private async operate(
    command: readonly string[],
    { args = [], onEvent }: OperationOptions = {},
  ): Promise<OperationResult> {
    const { folder, config, program } = this.options;
    const configFile = join(folder, "Pulumi.dev.yaml");
    const devFile = readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8");
    writeFileSync(configFile, config ? configurationOf(config, devFile) : devFile);
    const changes: Record<string, number> = {};
    const events = new EventLog(join(folder, "events.jsonl"), (event) => {
      Object.assign(changes, event.summaryEvent?.resourceChanges);
      onEvent?.(event);
    });
    try {
      const stack = ["--stack", stackName, "--config-file", configFile, "--event-log", events.file];
      const output = await this.run(
        [...command, ...stack, "--non-interactive", ...args],
        program ? projectOf(program, folder) : repository,
      );
      return { output, changes };
    } finally {
      events.close();
    }
  }

  private run(args: readonly string[], cwd: string): Promise<string> {
    // The variable lets the CLI take --event-log.
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

/** A stack's file: values under the project's name, and the salt of the empty passphrase. */
function configurationOf(config: Readonly<Record<string, unknown>>, devFile: string): string {
  const values = Object.entries(config).map(([key, value]) => [`${projectName}:${key}`, value]);
  const salt = /^encryptionsalt: .*$/m.exec(devFile)?.[0] ?? "";
  return `${stringify({ config: Object.fromEntries(values) })}${salt}\n`;
}

/** A project like this one with another program, in a folder of its own: the CLI runs nothing from outside a project. */
function projectOf(program: string, folder: string): string {
  const project = join(folder, "project");
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project);
  for (const name of ["node_modules", "package.json", "register.cjs"])
    symlinkSync(join(repository, name), join(project, name));
  symlinkSync(program, join(project, "program.ts"));
  const settings = readFileSync(join(repository, "Pulumi.yaml"), "utf8");
  writeFileSync(join(project, "Pulumi.yaml"), settings.replace("main: index.ts", "main: program.ts"));
  return project;
}

/** Reads the engine's events while the CLI writes them. */
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
