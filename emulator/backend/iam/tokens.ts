import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type Clock, type Duration, inMilliseconds } from "../clock";
import { CloudError } from "../errors";
import type { ResourceTree } from "../resourceManager/resourceTree";
import type { Store } from "../store";
import type { Table } from "../table";
import type { Subject } from "./access";

/** Longest life of an IAM token: https://yandex.cloud/en/docs/iam/concepts/authorization/iam-token. */
const longestLife: Duration = { hours: 12 };

/** An IAM token, and its expiry as ISO text. */
export interface IssuedToken {
  readonly iamToken: string;
  readonly expiresAt: string;
}

/**
 * Issues and verifies tokens, `<kind>.<contents>.<signature>`. IAM tokens begin with `t1`: clients use them without an
 * exchange. OAuth tokens begin with `y0`.
 */
export class Tokens {
  private readonly secret: Buffer;
  /** Expiry times of revoked tokens, by signature. */
  private readonly revoked: Table<string>;

  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly tree: ResourceTree,
  ) {
    const secrets: Table<string> = store.table("tokenSecret");
    const secret = secrets.get("current") ?? randomBytes(32).toString("base64");
    if (!secrets.get("current")) secrets.put("current", secret);
    this.secret = Buffer.from(secret, "base64");
    this.revoked = store.table("revokedTokens");
    clock.onTick(() => {
      const now = clock.now().toISOString();
      for (const [signature, end] of this.revoked.entries()) if (end <= now) this.revoked.delete(signature);
    });
  }

  issue(subject: Subject, lifetime: Duration = longestLife): string {
    return this.make("t1", subject, lifetime);
  }

  /** Issues a token with its expiry. */
  issueWithEnd(subject: Subject): IssuedToken {
    return { iamToken: this.issue(subject), expiresAt: this.clock.in(longestLife) };
  }

  /** Issues an OAuth token of a user, which clients exchange for IAM tokens. */
  issueOauth(subject: Subject): string {
    return this.make("y0", subject, { hours: 365 * 24 });
  }

  /**
   * Returns the subject of a token.
   *
   * @throws {CloudError} UNAUTHENTICATED for a missing, forged, expired or revoked token, or one of a deleted account.
   */
  verify(token: string | undefined): Subject {
    return this.read("t1", token).subject;
  }

  verifyOauth(token: string | undefined): Subject {
    return this.read("y0", token).subject;
  }

  /** Revokes a token. @returns its subject. */
  revoke(token: string): Subject {
    const { subject, expires, signature } = this.read("t1", token);
    this.revoked.put(signature, new Date(expires).toISOString());
    return subject;
  }

  private make(kind: string, subject: Subject, lifetime: Duration): string {
    const expires = this.clock.now().getTime() + inMilliseconds(lifetime);
    const contents = Buffer.from(JSON.stringify({ ...subject, expires })).toString("base64url");
    return `${kind}.${contents}.${this.sign(`${kind}.${contents}`)}`;
  }

  private read(kind: string, token: string | undefined) {
    const [, seen, contents, signature] = /^(\w+)\.([\w-]+)\.([\w-]+)$/.exec(token ?? "") ?? [];
    const refused = new CloudError("UNAUTHENTICATED", "The token is invalid or has expired");
    if (seen !== kind || !contents || !signature) throw refused;
    const [given, right] = [Buffer.from(signature), Buffer.from(this.sign(`${kind}.${contents}`))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw refused;
    const { id, type, expires } = JSON.parse(Buffer.from(contents, "base64url").toString());
    if (expires <= this.clock.now().getTime() || this.revoked.get(signature)) throw refused;
    if (type === "serviceAccount" && !this.tree.get(id)) throw refused;
    return { subject: { id, type } as Subject, expires: expires as number, signature };
  }

  private sign(text: string): string {
    return createHmac("sha256", this.secret).update(text).digest("base64url");
  }
}

/** Returns the part of a token that may be shown. */
export const masked = (token: string): string => `${token.slice(0, 9)}****`;
