import type * as pulumi from "@pulumi/pulumi";

/**
 * Returns the value of an output without its engine metadata, so that derived values are not secret. In a preview that
 * does not know the value, the promise never settles.
 */
export const heldBy = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });
