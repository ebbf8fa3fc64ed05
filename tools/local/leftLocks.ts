import { StateFiles } from "../../operate/recover/stateFiles";
import { mayRun } from "../../operate/state/lock";
import { backendOf, projectName, stackName } from "./state";

/**
 * Removes the locks that engines of killed runs left on the stack `dev`. If an engine may still run, its lock stays.
 *
 * @param folder Folder that keeps everything of a run.
 * @returns sentences for people: the locks that were removed, or the holder of a lock and the command that removes the lock.
 */
export function removeLeftLocks(folder: string): string[] {
  const files = StateFiles.of(`file://${backendOf(folder)}`, projectName, stackName);
  const holders = files?.lockHolders() ?? [];
  if (holders.length === 0) return [];
  const running = holders.flatMap((holder) => {
    const found = mayRun(holder);
    return found ? [{ ...found, pid: holder.pid }] : [];
  });
  if (running.length > 0)
    return running.map(({ reason, isCertain, pid }) => {
      const command = isCertain ? `kill ${pid}` : `npm run pulumi -- cancel --stack ${stackName} --yes`;
      return `${reason} If it is left over from an earlier run: ${command}`;
    });
  files?.unlock();
  return [
    `A run that was killed left the stack ${stackName} locked. The lock was removed.`,
    `If the update fails: npm run audit-trails -- recover --stack ${stackName}`,
  ];
}
