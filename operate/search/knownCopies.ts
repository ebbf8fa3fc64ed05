import { createHash } from "node:crypto";
import { type AuditEvent, memberColumns } from "../logs/record";
import { columnOf } from "./predicate";

/** Maximum number of event ids that are remembered. */
const remembered = 100_000;

/** Ids of the latest events with digests of their contents, to recognize copies. */
export class KnownCopies {
  private readonly digests = new Map<string, readonly string[]>();

  /**
   * Compares an event with its earlier copies, and remembers it. Events without an id have no copies.
   *
   * @param rest Text of the column `rest`.
   * @returns `first` if no copy came before, `equal` if an equal copy did, `different` if only others did.
   */
  note(event: AuditEvent, rest: string | undefined): "first" | "equal" | "different" {
    const { event_id: id } = event;
    if (!id) return "first";
    const digest = digestOf(event, rest);
    const known = this.digests.get(id) ?? [];
    if (known.includes(digest)) return "equal";
    this.digests.set(id, [...known, digest]);
    if (this.digests.size > remembered) this.digests.delete(this.digests.keys().next().value ?? "");
    return known.length === 0 ? "first" : "different";
  }
}

/** Returns a digest of the values that the cache compares too. */
const digestOf = (event: AuditEvent, rest: string | undefined): string =>
  createHash("sha256")
    .update(JSON.stringify([memberColumns.map(({ name }) => columnOf(event, name) ?? null), rest ?? null]))
    .digest("base64");
