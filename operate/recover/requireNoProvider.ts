import { inert } from "../inert";
import { withProgress } from "../progress";
import { Halt } from "../state/halt";
import { type Orphan, orphansLeft } from "./orphans";

/** Waits for providers of an engine that has ended. @throws {Halt} if one may still be creating something. */
export async function requireNoProvider(engineEnded = false): Promise<void> {
  let running: readonly Orphan[] = [];
  try {
    running = await withProgress("Waiting for providers of an engine that has ended", orphansLeft());
  } catch (error) {
    if (!engineEnded)
      throw new Halt(
        `It is unknown whether a provider still runs: ${inert((error as Error).message)}. Nothing was changed. If none does, run ` +
          "this again with --engine-ended.",
      );
  }
  const [first] = running;
  if (first)
    throw new Halt(
      `${first.name} is running on this machine (process ${first.pid}), and its engine has ended. It may still be creating a resource. ` +
        "Nothing was changed. It ends by itself within five minutes; run this again then.",
    );
}
