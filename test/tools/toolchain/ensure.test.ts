import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureToolchain } from "../../../tools/toolchain";
import { cleanGoCache } from "../../../tools/toolchain/cacheFolder";
import { engineKey, providerOf } from "../../../tools/toolchain/programs";
import { buildableProvider, pinnedRelease } from "../../../tools/toolchain/release";
import { usedRelease } from "../../../tools/toolchain/unavailable";
import { TemporaryFolder, withEnvironment } from "../../support/fakes";

/** Runs with an empty cache, nothing installed, and a `go` that does what the script says. */
async function inCache(goScript: string, task: (cache: string) => Promise<unknown>): Promise<void> {
  using folder = new TemporaryFolder();
  folder.script("bin/go", goScript);
  const cache = join(folder.path, "cache");
  const PATH = `${folder.path}/bin:/usr/bin:/bin`;
  const own = { PATH, AUDIT_TRAILS_CACHE: cache, PULUMI_HOME: folder.path, AUDIT_TRAILS_PROVIDER: undefined };
  await withEnvironment({ ...own, GOCACHE: undefined, GOMODCACHE: undefined }, () => task(cache));
}

test("a build that fails half way leaves nothing that a later run would trust", async () => {
  const go = "echo go1.26.8"; // Builds seem to work, and give nothing.
  await inCache(go, async (cache) => {
    await expect(ensureToolchain(() => {})).rejects.toThrow();
    expect(readdirSync(cache)).toEqual([]);
  });
});

/** Each download writes a line that the first build waits for, and which it then fails with. */
const oneDownloads = `
lines=$(dirname $0)/lines
case $1 in
  env) mkfifo $lines; echo go1.26.8 ;;
  list) echo "downloading for $(basename $PWD)" > $lines ;;
  build) exec 3<>$lines; timeout 20 head -n 3 <&3 >&2; echo "caches: $GOCACHE $GOMODCACHE" >&2; exit 1 ;;
esac`;

test("modules of all other programs are downloaded while the first is built, into caches of its own", async () => {
  await inCache(oneDownloads, async (cache) => {
    const lines: string[] = [];
    const failed = await ensureToolchain((line) => lines.push(line)).catch((error: Error) => error.message);
    for (const folder of ["nodejs", "bridge", "provider"])
      expect(failed).toContain(`downloading for ${folder}\n`);
    expect(failed).toContain(`caches: ${cache}/go/build ${cache}/go/modules`);
    expect(lines.filter((line) => !line.startsWith("Preparing"))).toEqual([
      "An ordinary Pulumi installation makes these builds unnecessary: https://www.pulumi.com/docs/install",
      "Building Pulumi CLI, Node language host, Pulumi plugin terraform-provider, Terraform provider yandex: up to 11 minutes on 2 cores.",
      `Up to 6 GB of Go modules and compiled packages stay in ${cache}/go until: npm run toolchain -- --clean`,
    ]);
  });
});

test("leftovers of builds can be deleted, and the programs stay", async () => {
  using folder = new TemporaryFolder();
  const modules = join(folder.path, "go", "modules");
  mkdirSync(modules, { recursive: true });
  mkdirSync(join(folder.path, "engine-1"));
  await withEnvironment({ AUDIT_TRAILS_CACHE: folder.path }, cleanGoCache);
  expect(readdirSync(folder.path)).toEqual(["engine-1"]);
});

test("leftovers of a killed run are deleted, and other files of the cache are not", async () => {
  await inCache("echo go1.0", async (cache) => {
    const unfinished = join(cache, `${engineKey(pinnedRelease())}.unfinished-1`);
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(cache, "other"), "");
    await expect(ensureToolchain(() => {})).rejects.toThrow("too old: go1.0");
    expect(existsSync(unfinished)).toBe(false);
    expect(readdirSync(cache)).toEqual(["other"]);
  });
});

test("a folder without a stamp is recreated, and the reason is reported", async () => {
  await inCache("echo go1.0", async (cache) => {
    mkdirSync(join(cache, engineKey(pinnedRelease())), { recursive: true });
    const lines: string[] = [];
    await expect(ensureToolchain((line) => lines.push(line))).rejects.toThrow();
    expect(lines[0]).toContain("it is missing or incomplete");
  });
});

test("a cache that cannot be written is reported with the variable that moves it", async () => {
  using folder = new TemporaryFolder();
  const file = join(folder.path, "file");
  writeFileSync(file, "");
  const ensure = () => ensureToolchain(() => {});
  await expect(withEnvironment({ AUDIT_TRAILS_CACHE: join(file, "cache") }, ensure)).rejects.toThrow(
    "AUDIT_TRAILS_CACHE",
  );
});

/** A `pulumi` that fetches plugins and providers as an ordinary installation does, and makes an SDK. */
const ordinaryPulumi = `
case "$1 $2" in
  version*) echo v3.300.0 ;;
  "plugin install") target=$PULUMI_HOME/plugins/resource-terraform-provider-v$5/pulumi-resource-terraform-provider ;;
  "package get-schema")
    target=$PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR/registry.opentofu.org/yandex-cloud/yandex/$5
    target=$target/linux_${process.arch === "x64" ? "amd64" : process.arch}/terraform-provider-yandex_v$5 ;;
  "package gen-sdk") echo "no SDK here" >&2; exit 1 ;;
esac
[ -z "$target" ] || { mkdir -p $(dirname $target); echo "#!/bin/sh" > $target; chmod +x $target; }`;

test("with an ordinary Pulumi installation no Go is needed: CLI, language host, plugin and provider come from it", async () => {
  using folder = new TemporaryFolder();
  folder.script("bin/pulumi", ordinaryPulumi);
  folder.script("bin/pulumi-language-nodejs", "echo 3.300.0");
  const environment = {
    PATH: `${folder.path}/bin:/usr/bin:/bin`,
    AUDIT_TRAILS_CACHE: join(folder.path, "cache"),
    PULUMI_HOME: join(folder.path, "home"),
    AUDIT_TRAILS_PROVIDER: undefined,
  };
  const lines: string[] = [];
  const made = withEnvironment(environment, () => ensureToolchain((line) => lines.push(line)));
  await expect(made).rejects.toThrow("Generating the SDK failed: no SDK here");
  expect(lines.filter((line) => !line.startsWith("Preparing"))).toEqual([
    `${folder.path}/bin/pulumi v3.300.0 is used: CLI and Node language host have the same suitable version.`,
    `Pulumi CLI v3.259.0: copied from ${folder.path}/bin/pulumi`,
    `Node language host v3.259.0: copied from ${folder.path}/bin/pulumi-language-nodejs`,
    "Pulumi plugin terraform-provider v1.1.3: fetched by pulumi",
    `Terraform provider yandex v${pinnedRelease().provider}: fetched by pulumi`,
  ]);
});

/**
 * Builds programs that note how they are run; none of them can fetch a provider. `calls` gets what is built, and what the
 * built `pulumi` is asked for.
 */
const buildsWork = `
calls=$(dirname $0)/calls
case $1 in
  env) echo go1.26.8 ;;
  build)
    while [ "$1" != -o ]; do shift; done
    echo "build $(basename $2)" >> $calls
    printf '#!/bin/sh\\necho "$1 $2 $5" >> %s; exit 1\\n' $calls > $2
    chmod +x $2 ;;
esac`;

/** Runs the toolchain, and returns its calls and messages. The SDK cannot be generated from such programs. */
async function runs(cache: string): Promise<{ calls: string[]; lines: string[] }> {
  const calls = join(dirname(cache), "bin", "calls");
  rmSync(calls, { force: true });
  const lines: string[] = [];
  await expect(ensureToolchain((line) => lines.push(line))).rejects.toThrow("Generating the SDK failed");
  return { calls: existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [], lines };
}

test("a change of the language host builds the language host alone", async () => {
  await inCache(buildsWork, async (cache) => {
    const built = ({ calls }: { calls: string[] }) => calls.filter((call) => call.startsWith("build"));
    expect(built(await runs(cache))).toEqual([
      "build pulumi",
      "build pulumi-language-nodejs",
      "build pulumi-resource-terraform-provider",
      `build terraform-provider-yandex_v${buildableProvider}`,
    ]);
    for (const name of readdirSync(cache))
      if (/^(engine|built-pulumi-language)/.test(name)) rmSync(join(cache, name), { recursive: true });
    expect(built(await runs(cache))).toEqual(["build pulumi-language-nodejs"]);
  });
});

describe("a release that cannot be downloaded", () => {
  const { provider } = pinnedRelease();
  const asked = `package get-schema ${provider}`;
  const aDayAgo = new Date(Date.now() - 25 * 60 * 60_000);

  test("is searched for once a day, and the release that can be built replaces it with one line of output", async () => {
    await inCache(buildsWork, async (cache) => {
      expect(usedRelease()).toEqual(pinnedRelease());
      expect((await runs(cache)).calls).toContain(asked);
      expect(usedRelease()).toEqual({ ...pinnedRelease(), provider: buildableProvider });

      const { calls, lines } = await runs(cache);
      expect(calls).not.toContain(asked);
      expect(lines.filter((line) => !line.startsWith("Preparing"))).toEqual([
        `Provider ${provider}, which Pulumi.yaml names, could not be downloaded. Using ${buildableProvider}, the newest release ` +
          "that the Go module proxy serves. To try the download again: npm run toolchain -- --retry",
      ]);

      utimesSync(join(cache, `provider-${provider}.unavailable`), aDayAgo, aDayAgo);
      expect((await runs(cache)).calls).toContain(asked);
    });
  });

  test("is taken at once when somebody puts it into the Pulumi folder", async () => {
    await inCache(buildsWork, async (cache) => {
      await runs(cache);
      const file = join(process.env.PULUMI_HOME ?? "", providerOf(pinnedRelease()).path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "", { mode: 0o755 });
      const { lines } = await runs(cache);
      expect(lines).toContain(`Terraform provider yandex v${provider}: copied from ${file}`);
    });
  });

  test("is not needed if AUDIT_TRAILS_PROVIDER names a binary of it", async () => {
    await inCache(buildsWork, async (cache) => {
      await runs(cache);
      const binary = join(dirname(cache), "provider");
      writeFileSync(binary, "", { mode: 0o755 });
      process.env.AUDIT_TRAILS_PROVIDER = `${provider}:${binary}`;
      const { lines } = await runs(cache);
      expect(lines).toContain(`Terraform provider yandex v${provider}: copied from ${binary}`);
      expect(usedRelease()).toEqual({ ...pinnedRelease(), binary });
    });
  });
});
