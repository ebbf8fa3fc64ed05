import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Subject } from "./access";
import { type Clock, type Duration, inMilliseconds } from "./clock";
import { CloudError } from "./errors";
import type { Store, Table } from "./store";

/** IAM tokens live for 12 hours at most: https://yandex.cloud/en/docs/iam/concepts/authorization/iam-token. */
const longestLife: Duration = { hours: 12 };

/** Issues and verifies IAM tokens, `t1.<contents>.<signature>`: the form that clients use without exchanging it. */
export class Tokens {
  private readonly secret: Buffer;

  constructor(
    store: Store,
    private readonly clock: Clock,
  ) {
    const secrets: Table<string> = store.table("tokenSecret");
    const secret = secrets.get("current") ?? randomBytes(32).toString("base64");
    if (!secrets.get("current")) secrets.put("current", secret);
    this.secret = Buffer.from(secret, "base64");
  }

  issue(subject: Subject, lifetime: Duration = longestLife): string {
    const expires = this.clock.now().getTime() + inMilliseconds(lifetime);
    const contents = Buffer.from(JSON.stringify({ ...subject, expires })).toString("base64url");
    return `t1.${contents}.${this.sign(contents)}`;
  }

  /**
   * Who a token stands for.
   *
   * @throws {CloudError} UNAUTHENTICATED for one that is missing, forged or expired.
   */
  verify(token: string | undefined): Subject {
    const [, contents, signature] = /^t1\.([\w-]+)\.([\w-]+)$/.exec(token ?? "") ?? [];
    const refused = new CloudError("UNAUTHENTICATED", "The token is invalid or has expired");
    if (!contents || !signature) throw refused;
    const [given, right] = [Buffer.from(signature), Buffer.from(this.sign(contents))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw refused;
    const { id, type, expires } = JSON.parse(Buffer.from(contents, "base64url").toString());
    if (expires <= this.clock.now().getTime()) throw refused;
    return { id, type };
  }

  private sign(contents: string): string {
    return createHmac("sha256", this.secret).update(contents).digest("base64url");
  }
}

/** What may be shown of a token. */
export const masked = (token: string): string => `${token.slice(0, 9)}****`;
