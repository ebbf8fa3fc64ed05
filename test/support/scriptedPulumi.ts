import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { TemporaryFolder } from "./fakes";

/** Answers of the stand-in. Texts are those of the real CLI, and an omitted answer is empty. */
export interface Answers {
  /** `pulumi stack export`, until something writes the state. Without it there is no such stack. */
  readonly state?: string;
  /** `pulumi preview --json`. */
  readonly preview?: Answer;
  /** `pulumi preview --json --refresh`. @default no changes */
  readonly refreshed?: Answer;
  /** The state after `pulumi import --file`, which takes it from the cloud. */
  readonly imported?: string;
  /** `pulumi stack history --json`, as JSON. @default no updates */
  readonly history?: string;
  /** `pulumi config --json`, as JSON. @default nothing is configured */
  readonly config?: string;
  /** Address of the backend. @default `file://` and a folder of its own */
  readonly backend?: string;
  /** The refusal of everything that writes the state, until `pulumi cancel`. */
  readonly lock?: string;
}

interface Answer {
  readonly text: string;
  readonly fails?: boolean;
}

const noChanges: Answer = { text: JSON.stringify({ steps: [], changeSummary: { same: 1 } }) };

/**
 * A stand-in for the Pulumi CLI, as a script that is first on the path of this process until it is disposed. It answers from files and
 * keeps what is imported. It runs no program, so what it says is no proof of what the CLI says: tests in test/engine are.
 */
export class ScriptedPulumi implements Disposable {
  private readonly folder = new TemporaryFolder();
  private readonly path = process.env.PATH;
  readonly backendFolder = join(this.folder.path, "backend");

  constructor(answers: Answers) {
    const { backend = `file://${this.backendFolder}`, preview = noChanges, refreshed = noChanges } = answers;
    const { state, imported = state, lock, config = "{}", history = "[]" } = answers;
    const files = {
      state,
      imported,
      lock,
      config,
      history,
      preview: preview.text,
      refreshed: refreshed.text,
    };
    for (const [name, text] of Object.entries(files)) if (text !== undefined) this.write(name, text);
    this.folder.script(
      "pulumi",
      `cd '${this.folder.path}'
echo "$*" >>commands
unlocked() { [ ! -e lock ] || { cat lock >&2; exit 255; }; }
case "$*" in
"whoami "*) echo '{"url": "${backend}"}' ;;
"stack export "*) [ -e state ] || { echo "error: no stack named 'dev' found" >&2; exit 255; }; cat state ;;
"stack history "*) cat history ;;
"stack init "*) echo '{"version": 3, "deployment": {}}' >state ;;
"stack import "*) unlocked; cp "$4" state ;;
"config --json "*) cat config ;;
"preview "*"--refresh"*) cat refreshed; exit ${refreshed.fails ? 255 : 0} ;;
"preview "*) cat preview; exit ${preview.fails ? 255 : 0} ;;
"import "*) unlocked; cp imported state ;;
"cancel "*) rm -rf lock backend/.pulumi/locks ;;
*) echo "The stand-in does not know: $*" >&2; exit 1 ;;
esac`,
    );
    process.env.PATH = [this.folder.path, this.path].join(delimiter);
  }

  /** Commands that ran, by their first words, in order. */
  get commands(): string[] {
    const lines = this.read("commands").trim().split("\n");
    return lines.map((line) => /^(stack |config )?[a-z-]+/.exec(line)?.[0] ?? "");
  }

  get state(): string {
    return this.read("state");
  }

  set state(text: string) {
    this.write("state", text);
  }

  set preview(text: string) {
    this.write("preview", text);
  }

  /** A folder for what commands keep. */
  get backup(): string {
    return join(this.folder.path, "backup");
  }

  private read(name: string): string {
    return readFileSync(join(this.folder.path, name), "utf8");
  }

  private write(name: string, text: string): void {
    writeFileSync(join(this.folder.path, name), text);
  }

  [Symbol.dispose](): void {
    process.env.PATH = this.path;
    rmSync(this.folder.path, { recursive: true, force: true });
  }
}
