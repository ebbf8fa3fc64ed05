import * as pulumi from "@pulumi/pulumi";

/** Outputs of the stack's resources as its state has them, by URN; empty where there is no state yet. */
export async function readLastState(): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  return outputs ?? {};
}
