import { createHash } from "node:crypto";
import type { Store } from "./store";
import type { Switches } from "./switches";
import type { Table } from "./table";

/** Characters of ids, and their number after the prefix. */
const forms = {
  lowercase: { alphabet: "0123456789abcdefghijklmnopqrstuv", length: 17 },
  mixed: { alphabet: "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_", length: 29 },
} as const satisfies Record<Switches["ids"], object>;

/**
 * Creates the ids of the cloud: 20 characters with the vendor's prefix for their kind. An id depends on the seed, on the
 * names of the resource, and on the number of earlier resources with these names. So the same seed gives the same ids in any
 * order of calls.
 */
export class Ids {
  private readonly occurrences: Table<number>;

  constructor(
    private readonly seed: string,
    store: Store,
    private readonly switches: Switches,
  ) {
    this.occurrences = store.table("occurrences");
  }

  /** Creates the next id for a resource with the given names. @param prefix Three characters, such as `abj` for keys. */
  make(prefix: string, ...names: readonly string[]): string {
    const subject = [prefix, ...names].join("/");
    const occurrence = (this.occurrences.get(subject) ?? 0) + 1;
    this.occurrences.put(subject, occurrence);
    return this.fixed(prefix, ...names, String(occurrence));
  }

  /** Restarts the numbers in the ids of resources with the given names. */
  forget(prefix: string, ...names: readonly string[]): void {
    this.occurrences.delete([prefix, ...names].join("/"));
  }

  /** Returns an id that is the same at each call with the same names. */
  fixed(prefix: string, ...names: readonly string[]): string {
    const digest = createHash("sha256")
      .update([this.seed, prefix, ...names].join("/"))
      .digest();
    const { alphabet, length } = forms[this.switches.ids];
    return prefix + [...digest.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join("");
  }
}
