/** Settings that would lead a run to a real account or through somebody's proxy. */
const foreign = /^(YC_|AWS_|PULUMI_|TF_)|_PROXY$/i;

/**
 * Takes everything out of this process's environment that points to real accounts, so that neither it nor the engine
 * that it starts can reach one.
 */
export function isolateFromRealAccounts(): void {
  for (const name of Object.keys(process.env)) if (foreign.test(name)) delete process.env[name];
}
