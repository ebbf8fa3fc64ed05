import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { AuditTrailsArgs } from "./components";
import { contradictionsOf } from "./components/auditTrails/rules";
import { type Settings, settingsSchema } from "./settings";

type Values = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the configuration of the stack that runs. Optional keys have their defaults in Pulumi.yaml.
 *
 * @throws {pulumi.RunError} that lists every fault, before any resource exists; or that says which variable of the
 * environment keeps the provider from working.
 */
export function readSettings(): Settings {
  requireUsableEnvironment(process.env);
  const namespace = `${pulumi.getProject()}:`;
  const values = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(namespace))
    .map(([key, value]) => [key.slice(namespace.length), value] as const);
  return checkSettings(Object.fromEntries(values), (key) => isConfigSecret(namespace + key));
}

/**
 * The provider gives its S3 client a transport of its own, which this variable cannot be applied to: it then fails for every
 * resource with LoadCustomCABundleError.
 *
 * @throws {pulumi.RunError} if the variable is set.
 */
function requireUsableEnvironment({ AWS_CA_BUNDLE }: NodeJS.ProcessEnv): void {
  if (AWS_CA_BUNDLE)
    throw new pulumi.RunError(
      `The environment variable AWS_CA_BUNDLE is set (${AWS_CA_BUNDLE}), and the provider cannot work with it; nothing was ` +
        "changed. Run the command without it: env -u AWS_CA_BUNDLE pulumi up. Own certificates go into SSL_CERT_FILE.",
    );
}

/**
 * Checks the values of the stack's configuration, each by itself and all together.
 *
 * @param values Configuration keys, without namespace, and their text.
 * @param isSecret Tells whose values must not appear in messages.
 * @throws {pulumi.RunError} that lists every fault: key, value, what is allowed.
 */
export function checkSettings(
  values: Readonly<Record<string, string>>,
  isSecret: (key: string) => boolean = () => false,
): Settings {
  const result = settingsSchema.safeParse(values);
  const issues = result.error?.issues ?? [];
  const faults = issues.flatMap((issue) => describe(issue, values, isSecret));
  const faulty = new Set(issues.map(({ path }) => path[0]));
  for (const { path, reason } of contradictionsOf(result.data ?? soundPart(values)))
    if (!faulty.has(path.split(".")[0] ?? "")) faults.push(`${path}: ${reason}`);
  if (result.success && faults.length === 0) return result.data;
  throw new pulumi.RunError(
    `The stack's configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}; nothing was changed.\n` +
      faults.map((fault) => `  - ${fault}`).join("\n"),
  );
}

/** The values that are right by themselves; the others are told of already. */
function soundPart(values: Values): AuditTrailsArgs {
  const parsed = Object.entries(settingsSchema.shape).flatMap(([key, schema]) => {
    const { success, data } = schema.safeParse(values[key]);
    return success ? [[key, data] as const] : [];
  });
  return Object.fromEntries(parsed) as unknown as AuditTrailsArgs;
}

function describe(issue: z.core.$ZodIssue, values: Values, isSecret: (key: string) => boolean): string[] {
  const [key, ...path] = issue.path.map(String);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((unknown) =>
      key === undefined
        ? `${unknown}: there is no such key. Keys are ${knownKeys.join(", ")}`
        : `${[key, ...path, unknown].join(".")}: ${issue.message}`,
    );
  if (key === undefined) return [issue.message];
  const value = values[key];
  if (value === undefined) return [`${key}: is missing; set it with: pulumi config set ${key} <value>`];
  const message =
    issue.code === "invalid_key" ? issue.issues.map((inner) => inner.message).join("; ") : issue.message;
  return [
    `${[key, ...path].join(".")}: ${message}, not ${isSecret(key) ? "the secret value given" : show(valueAt(value, path))}`,
  ];
}

/** Names of all configuration keys. */
export const knownKeys: readonly string[] = Object.keys(settingsSchema.shape);

/** Exported by the SDK, but left out of its type declarations. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** What stands at a path inside a JSON text; the text itself where there is no such path. */
function valueAt(text: string, path: readonly string[]): unknown {
  try {
    const found = path.reduce((value, part) => value?.[part], JSON.parse(text));
    return path.length > 0 && found !== undefined ? found : text;
  } catch {
    return text;
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}..."` : text;
}
