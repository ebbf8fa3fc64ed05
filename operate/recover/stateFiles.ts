import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { isOurs } from "../stack/urn";
import type { LockHolder } from "../state/lock";
import { readIfThere } from "../state/readIfThere";

/** A problem with the files of a stack in a `file://` backend, and its repair. */
export interface Repair {
  /** The problem and the repair, in sentences for people. */
  readonly what: string;
  make(): void;
}

/** A resource in a copy of the state. */
export interface CopiedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** A copy of the state with resources that the state lacks. */
export interface FullerCopy {
  readonly file: string;
  /** Resources of this library that the state lacks. */
  readonly lost: readonly CopiedResource[];
}

/** Files of a stack in a `file://` backend. */
export class StateFiles {
  private readonly stacks: string;
  private readonly history: string;
  private readonly locks: string;

  private constructor(
    root: string,
    project: string,
    private readonly stack: string,
  ) {
    this.stacks = join(root, ".pulumi", "stacks", project);
    this.history = join(root, ".pulumi", "history", project, stack);
    this.locks = join(root, ".pulumi", "locks", "organization", project, stack);
  }

  /** Returns the files of a stack; undefined for a backend of another kind. */
  static of(backend: string, project: string, stack: string): StateFiles | undefined {
    if (!backend.startsWith("file://")) return undefined;
    const path = backend.slice("file://".length).replace(/\?.*$/, "");
    // Like the CLI: relative to the home folder, or to the current one.
    return new StateFiles(resolve(decodeURI(path.replace(/^~/, homedir()))), project, stack);
  }

  /** Returns the engines that locked the stack. An incomplete lock file names none. */
  lockHolders(): LockHolder[] {
    return this.lockFiles().map((file) => {
      const { hostname, pid, timestamp } = (parsed(file) ?? {}) as Record<string, unknown>;
      const host = String(hostname ?? "an unknown machine");
      return { host, pid: Number(pid ?? 0), since: String(timestamp ?? "an unknown time") };
    });
  }

  /** Deletes the lock files. Call it only if their engines have ended. */
  unlock(): void {
    rmSync(this.locks, { recursive: true, force: true });
  }

  /** Copies all files of the stack into a folder. */
  backUp(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const file of this.ownFiles()) cpSync(file, join(folder, basename(file)));
  }

  /** Returns the repairs that make the state readable again. */
  repairs(): Repair[] {
    // A killed engine leaves this file empty. It only holds a checksum, and the engine works without it.
    const broken = [...this.ownFiles(), ...filesIn(this.history), ...filesIn(this.locks)].filter(
      (file) => file.endsWith(".attrs") && parsed(file) === undefined,
    );
    const repairs: Repair[] = broken.map((file) => ({
      what: `${file} is incomplete. It only holds a checksum, and is removed.`,
      make: () => rmSync(file),
    }));
    const locks = this.lockFiles()
      .filter((file) => parsed(file) === undefined)
      .map((file) => ({
        what: `${file} is an incomplete lock. It is removed.`,
        make: () => rmSync(file),
      }));
    return [...repairs, ...locks, ...this.stateRepair()];
  }

  /**
   * Finds the newest copy of the state that has resources of this library which the state lacks.
   *
   * @param known URNs in the state.
   */
  fullerCopy(known: ReadonlySet<string>): FullerCopy | undefined {
    for (const file of this.copies()) {
      const lost = resourcesIn(file).filter(({ urn }) => isOurs(urn) && !known.has(urn));
      if (lost.length > 0) return { file, lost };
    }
    return undefined;
  }

  /** Returns the ids of resources that the state had when an update ended. */
  idsOfPast(): string[] {
    return this.checkpoints().flatMap((file) => resourcesIn(file).flatMap(({ id }) => id ?? []));
  }

  /** Replaces the state by a copy. */
  restore(copy: string): void {
    rmSync(`${this.stateFile}.attrs`, { force: true });
    mkdirSync(this.stacks, { recursive: true });
    writeFileSync(this.stateFile, readFileSync(copy), { mode: 0o600 });
  }

  private get stateFile(): string {
    return join(this.stacks, `${this.stack}.json`);
  }

  /** Returns the readable copies of the state, newest first. */
  private copies(): string[] {
    return [`${this.stateFile}.bak`, ...this.checkpoints().sort().reverse()].filter(isState);
  }

  /** Returns the files with the states at the ends of updates. */
  private checkpoints(): string[] {
    return filesIn(this.history).filter((file) => file.endsWith(".checkpoint.json"));
  }

  private stateRepair(): Repair[] {
    const file = this.stateFile;
    // This does not read compressed states. The engine writes them as a whole too.
    if (this.ownFiles().some((other) => /\.json\.(gz|zst)$/.test(other))) return [];
    if (isState(file)) return [];
    // `pulumi stack rm` deletes the history, and leaves a copy of the state. Such a stack must not come back.
    if (!existsSync(file) && this.checkpoints().length === 0) return [];
    const [source] = this.copies();
    if (source)
      return [
        {
          what: `${file} ${existsSync(file) ? "cannot be read" : "is missing"}. It is restored from ${source}, the newest readable copy.`,
          make: () => this.restore(source),
        },
      ];
    if (!existsSync(file)) return [];
    return [
      {
        what: `${file} cannot be read, and there is no readable copy. It is removed.`,
        make: () => {
          rmSync(`${file}.attrs`, { force: true });
          rmSync(file);
        },
      },
    ];
  }

  private lockFiles(): string[] {
    return filesIn(this.locks).filter((file) => file.endsWith(".json"));
  }

  private ownFiles(): string[] {
    return filesIn(this.stacks).filter((file) => basename(file).startsWith(`${this.stack}.json`));
  }
}

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => join(folder, name))
    : [];

const parsed = (file: string): unknown => readIfThere(file, JSON.parse);

const stateSchema = z.object({
  checkpoint: z.object({
    stack: z.string(),
    latest: z
      .object({
        resources: z
          .array(
            z.object({
              urn: z.string(),
              type: z.string(),
              id: z.string().optional(),
              inputs: z.record(z.string(), z.unknown()).optional(),
            }),
          )
          .nullish(),
      })
      .nullish(),
  }),
});

const isState = (file: string): boolean => stateSchema.safeParse(parsed(file)).success;

const resourcesIn = (file: string): CopiedResource[] =>
  stateSchema.safeParse(parsed(file)).data?.checkpoint.latest?.resources ?? [];
