import type * as pulumi from "@pulumi/pulumi";

/**
 * What an output holds, aside from the engine: what follows from it is not taken for a secret. In a preview that does not know
 * it, this never settles.
 */
export const heldBy = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });
