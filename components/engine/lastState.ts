import * as pulumi from "@pulumi/pulumi";

/** The stack's resources as its state has them, by URN. */
export type LastState = Readonly<
  Record<string, { readonly type: string; readonly outputs: Readonly<Record<string, unknown>> }>
>;

/** Reads the state that the last update left; empty where there is none yet. */
export async function readLastState(): Promise<LastState> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  return outputs ?? {};
}
