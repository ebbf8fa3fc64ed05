import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** A provider whose engine has ended. It may still complete calls that it began. */
export interface Orphan {
  readonly pid: number;
  readonly name: string;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Commands of providers that create resources in the cloud. */
const provider = /(?:^|\/)(pulumi-resource-(?:yandex|terraform-provider)\S*)/;

/** Milliseconds between two checks. */
const pause = 500;

/**
 * Finds providers on this machine that still run although their engine has ended. The function waits some seconds for them to
 * end. A provider notices the end of its engine within five minutes.
 *
 * @param patience Milliseconds to wait for providers that are ending.
 * @throws {Error} if the processes of the machine cannot be listed.
 */
export async function orphansLeft(patience = 10_000): Promise<Orphan[]> {
  const end = Date.now() + patience;
  for (;;) {
    const left = orphans();
    if (left.length === 0 || Date.now() > end) return left;
    await delay(pause);
  }
}

function orphans(): Orphan[] {
  const all = processes();
  const engines = new Set(all.filter(({ command }) => /(?:^|\/)pulumi /.test(command)).map(({ pid }) => pid));
  return all.flatMap(({ pid, parent, command }) => {
    const [, name] = provider.exec(command) ?? [];
    return name && !engines.has(parent) && !isOfOtherBackend(pid) ? [{ pid, name }] : [];
  });
}

/** Lists all processes: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ps.html */
function processes(): Process[] {
  const printed = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return printed.split("\n").flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command ? [{ pid: Number(pid), parent: Number(parent), command }] : [];
  });
}

const variable = "PULUMI_BACKEND_URL=";

/** Returns the address of a backend in one spelling. */
const placeOf = (url: string | undefined): string | undefined =>
  url
    ?.replace(/\?.*$/, "")
    .replace(/^file:\/\/~/, `file://${homedir()}`)
    .replace(/\/+$/, "");

/** Checks whether a process works for another backend. Only Linux shows it. */
function isOfOtherBackend(pid: number): boolean {
  const own = placeOf(process.env.PULUMI_BACKEND_URL);
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    const backend = placeOf(variables.find((one) => one.startsWith(variable))?.slice(variable.length));
    return backend !== own;
  } catch {
    return false;
  }
}
