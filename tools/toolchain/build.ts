import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { goCacheFolder } from "./cacheFolder";
import { ToolchainError } from "./errors";
import { leastGo, type Program, type Source } from "./programs";

/** Function that receives one line of progress for people. */
export type Report = (line: string) => void;

/** Variables of the environment that Go needs. The others, such as GOFLAGS, must not change the result. */
const inheritedVariables =
  /^(PATH|HOME|TMPDIR|GOROOT|GOPATH|GOCACHE|GOMODCACHE|GOPROXY|GONOPROXY|GOPRIVATE|GOINSECURE|GOAUTH|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL)_PROXY)$/i;

function goEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => inheritedVariables.test(name));
  return {
    GOCACHE: join(goCacheFolder(), "build"),
    GOMODCACHE: join(goCacheFolder(), "modules"),
    ...Object.fromEntries(inherited),
    GO111MODULE: "on",
    GOTOOLCHAIN: "local",
    GOENV: process.env.GOENV,
    // Builds only modules that the committed go.sum contains. -modcacherw makes the modules deletable like other files.
    GOFLAGS: "-mod=readonly -modcacherw -trimpath -buildvcs=false",
    CGO_ENABLED: "0",
  };
}

/**
 * Checks that Go is installed and new enough to build the programs.
 *
 * @throws {ToolchainError} that says which Go is needed.
 */
export function requireGo(): void {
  const { stdout, error } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8", env: goEnvironment() });
  const needed = `Go ${leastGo} or newer is required to build the Pulumi engine and the provider. Install it from https://go.dev/dl`;
  if (error) throw new ToolchainError(`There is no Go on the PATH. ${needed}`);
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout) ?? [];
  const [leastMajor, leastMinor] = leastGo.split(".").map(Number) as [number, number];
  if (Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor)) return;
  throw new ToolchainError(`The Go on the PATH is too old: ${stdout.trim()}. ${needed}`);
}

/** Starts to download the modules of a program. If that fails, the build fails too and reports the reason. */
export function download(source: Source): ChildProcess {
  return spawn("go", ["list", "-deps", source.package], {
    cwd: source.folder,
    env: goEnvironment(),
    stdio: "ignore",
  }).on("error", () => {});
}

/**
 * Builds a program from the Go module proxy.
 *
 * @param output Path of the file to write.
 * @throws {ToolchainError} that says why the build failed.
 */
export async function build(
  program: Program & { readonly source: Source },
  output: string,
  report: Report,
): Promise<void> {
  const { source, version } = program;
  const started = Date.now();
  const flags = source.versionVariable ? `-s -w -X ${source.versionVariable}=${version}` : "-s -w";
  const go = spawn("go", ["build", "-v", "-ldflags", flags, "-o", output, source.package], {
    cwd: source.folder,
    env: goEnvironment(),
    stdio: ["ignore", "ignore", "pipe"],
  });

  let compiled = 0;
  let downloaded = 0;
  const messages: string[] = [];
  createInterface({ input: go.stderr }).on("line", (line) => {
    if (line.startsWith("go: downloading ")) downloaded += 1;
    else if (/^[\w.-]+(\/\S+)*$/.test(line)) compiled += 1;
    else messages.push(line);
  });
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    report(
      `  ${program.name}: ${seconds} s, ${downloaded} modules downloaded, ${compiled} packages compiled`,
    );
  }, 15_000);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      go.once("error", reject).once("close", resolve);
    });
    if (exitCode !== 0) throw new ToolchainError(explain(program, messages.join("\n")));
  } finally {
    clearInterval(progress);
  }
}

function explain(program: Program, message: string): string {
  const what = `Building ${program.name} ${program.version} failed`;
  if (/no space left on device/i.test(message)) return `${what}: the disk is full. A build needs about 8 GB.`;
  if (
    /dial tcp|no such host|connection refused|i\/o timeout|proxyconnect|TLS handshake|: (403|404|410) /i.test(
      message,
    )
  )
    return `${what}: the Go module proxy did not serve a required module. Check the network, or set GOPROXY to a proxy that you can reach.\n${message}`;
  return `${what}:\n${message}`;
}
