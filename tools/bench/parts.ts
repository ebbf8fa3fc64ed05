import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { columns } from "../local/report";

const run = promisify(execFile);

/** Log lines of the engine at which one part of a preview ends and the next begins. */
const boundaries: readonly { readonly part: string; readonly endsWith: RegExp }[] = [
  { part: "engine: reads project, configuration and state", endsWith: /GetRequiredPackages\(.*executing/ },
  { part: "language host: searches for packages", endsWith: /langhost\[nodejs\]\.Run\(.*executing/ },
  {
    part: "Node: loads Pulumi's runner and SDK",
    endsWith: /RegisterResource received: t=pulumi:pulumi:Stack/,
  },
  {
    part: "Node: loads the program and the provider's SDK",
    endsWith: /Launching plugin 'terraform-provider/,
  },
  {
    part: "plugin and provider: start and configuration",
    endsWith: /Provider\[.*\]\.Configure\(\) executing/,
  },
  { part: "resources: checks and diffs", endsWith: /langhost\[nodejs\]\.Run\(.*success/ },
  { part: "engine: ends", endsWith: /^$/ },
];

/**
 * Splits one preview into parts, by the engine's own log.
 *
 * @param command Path of the CLI and its arguments.
 * @returns rows of a part and its milliseconds. The first one contains the start of the process.
 */
export async function partsOfPreview(
  [program = "", ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string[]> {
  const started = Date.now();
  const { stderr } = await run(program, [...args, "-v=9", "--logtostderr"], {
    ...options,
    maxBuffer: 1 << 28,
  });
  const ended = Date.now();
  const lines = stderr.split("\n").flatMap((line) => {
    try {
      const { time, msg } = JSON.parse(line);
      return [{ time: Date.parse(time), msg: String(msg) }];
    } catch {
      return []; // This line does not belong to the log.
    }
  });
  const rows: string[][] = [];
  let from = started;
  for (const { part, endsWith } of boundaries) {
    const end = lines.find(({ time, msg }) => time >= from && endsWith.test(msg))?.time ?? ended;
    rows.push([part, `${end - from} ms`]);
    from = end;
  }
  return columns(rows);
}
