/** An IAM token, and when it ends if the service says. */
export interface IssuedToken {
  readonly iamToken: string;
  readonly expiresAt?: Date;
}

/** Milliseconds before its end at which a token is renewed. */
const margin = 5 * 60_000;

/** Keeps a token until shortly before its end; one whose end is not known is asked for each time. */
export function renewed(issue: () => Promise<IssuedToken>): () => Promise<string> {
  let kept: Promise<IssuedToken> | undefined;
  let renewal = 0;
  return async () => {
    if (!kept || Date.now() >= renewal) {
      // Until the answer is here, all wait for this one.
      renewal = Number.POSITIVE_INFINITY;
      kept = issue();
      kept.then(
        ({ expiresAt }) => {
          renewal = (expiresAt?.getTime() ?? 0) - margin;
        },
        () => {
          kept = undefined;
        },
      );
    }
    return (await kept).iamToken;
  };
}
