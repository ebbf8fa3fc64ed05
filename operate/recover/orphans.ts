import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** A provider whose engine has ended. What it had begun it may still end. */
export interface Orphan {
  readonly pid: number;
  readonly name: string;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Which programs make something in the cloud. */
const provider = /(?:^|\/)(pulumi-resource-(?:yandex|terraform-provider)\S*)/;

/** Milliseconds. */
const pause = 500;

/**
 * Providers on this machine that live on after their engine, after some seconds in which they may end: they see that it is gone within
 * five minutes.
 *
 * @param patience Milliseconds for which what is about to end is waited for.
 * @throws {Error} if the machine does not tell what runs on it.
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

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ps.html */
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

/** A backend's address in one spelling. */
const placeOf = (url: string | undefined): string | undefined =>
  url
    ?.replace(/\?.*$/, "")
    .replace(/^file:\/\/~/, `file://${homedir()}`)
    .replace(/\/+$/, "");

/** Whether a process is known to work for a stack that is kept elsewhere. Only Linux tells. */
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
