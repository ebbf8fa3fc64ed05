import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { isOurs } from "../stack/urn";
import type { LockHolder } from "../state/lock";
import { readIfThere } from "../state/readIfThere";

/** What was wrong with the files of a stack in a backend that is a folder, and what puts it right. */
export interface Repair {
  /** In a sentence, for people. */
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

/** A copy of the state that has more than the state. */
export interface FullerCopy {
  readonly file: string;
  /** Resources of this library that the state lacks. */
  readonly lost: readonly CopiedResource[];
}

/** The files that a backend of `file://` keeps of a stack. */
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

  /** @returns nothing for a backend of another kind. */
  static of(backend: string, project: string, stack: string): StateFiles | undefined {
    if (!backend.startsWith("file://")) return undefined;
    const path = backend.slice("file://".length).replace(/\?.*$/, "");
    // As the CLI takes it: from the home folder, or from the current one.
    return new StateFiles(resolve(decodeURI(path.replace(/^~/, homedir()))), project, stack);
  }

  /** Who holds the stack. A lock file that is cut off does not say. */
  lockHolders(): LockHolder[] {
    return this.lockFiles().map((file) => {
      const { hostname, pid, timestamp } = (parsed(file) ?? {}) as Record<string, unknown>;
      const host = String(hostname ?? "a machine that it does not name");
      return { host, pid: Number(pid ?? 0), since: String(timestamp ?? "an unknown time") };
    });
  }

  /** Takes the lock files away, of engines that have ended. */
  unlock(): void {
    rmSync(this.locks, { recursive: true, force: true });
  }

  /** Copies all files of the stack into a folder. */
  backUp(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const file of this.ownFiles()) cpSync(file, join(folder, basename(file)));
  }

  /** What is to be put right, so that the state can be read again. */
  repairs(): Repair[] {
    // A killed engine leaves this file empty. It holds nothing but a checksum, which the engine does without.
    const broken = [...this.ownFiles(), ...filesIn(this.history), ...filesIn(this.locks)].filter(
      (file) => file.endsWith(".attrs") && parsed(file) === undefined,
    );
    const repairs: Repair[] = broken.map((file) => ({
      what: `${file} is cut off. It only holds a checksum, and is removed.`,
      make: () => rmSync(file),
    }));
    const locks = this.lockFiles()
      .filter((file) => parsed(file) === undefined)
      .map((file) => ({
        what: `${file} is a lock that is cut off. It is removed.`,
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

  /** Puts a copy in the place of the state. */
  restore(copy: string): void {
    rmSync(`${this.stateFile}.attrs`, { force: true });
    mkdirSync(this.stacks, { recursive: true });
    writeFileSync(this.stateFile, readFileSync(copy), { mode: 0o600 });
  }

  private get stateFile(): string {
    return join(this.stacks, `${this.stack}.json`);
  }

  /** Copies of the state that can be read, the newest first. */
  private copies(): string[] {
    return [`${this.stateFile}.bak`, ...this.checkpoints().sort().reverse()].filter(isState);
  }

  /** States at the ends of updates. */
  private checkpoints(): string[] {
    return filesIn(this.history).filter((file) => file.endsWith(".checkpoint.json"));
  }

  private stateRepair(): Repair[] {
    const file = this.stateFile;
    // Compressed states are written as a whole too; this reads none of them.
    if (this.ownFiles().some((other) => /\.json\.(gz|zst)$/.test(other))) return [];
    if (isState(file)) return [];
    // `pulumi stack rm` takes the history away, and leaves a copy of the state: that stack is not to come back.
    if (!existsSync(file) && this.checkpoints().length === 0) return [];
    const [source] = this.copies();
    if (source)
      return [
        {
          what: `${file} ${existsSync(file) ? "cannot be read" : "is missing"}. It is restored from ${source}, the newest that can be read.`,
          make: () => this.restore(source),
        },
      ];
    if (!existsSync(file)) return [];
    return [
      {
        what: `${file} cannot be read, and there is no copy that can. It is taken away.`,
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
