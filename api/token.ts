/** IAM token, with its expiry time if the service returns it. */
export interface IssuedToken {
  readonly iamToken: string;
  readonly expiresAt?: Date;
}

/** Time before expiry at which a token is renewed, in milliseconds. */
const margin = 5 * 60_000;

/**
 * Returns a function that caches a token until shortly before its expiry. A token without a known expiry is not cached.
 */
export function renewed(issue: () => Promise<IssuedToken>): () => Promise<string> {
  let kept: Promise<IssuedToken> | undefined;
  let renewal = 0;
  return async () => {
    if (!kept || Date.now() >= renewal) {
      // Until the answer arrives, all callers wait for this request.
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
