import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { AuditTrailsArgs } from "../components";
import { faultsAcross } from "../components/auditTrails/rules";
import type { Fault } from "../components/guard";
import { sentenceFor, suggestionFor } from "../components/values";
import {
  adoptedSettingsSchema,
  isObject,
  notSecret,
  parseJson,
  type Settings,
  secretSettingsSchema,
  settingsSchema,
  trailSchema,
} from "./schema";

type Values = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the configuration of the stack that runs. Optional keys have their defaults in Pulumi.yaml.
 *
 * @throws {pulumi.RunError} that lists every fault, before any resource exists.
 */
export function readSettings(): Settings {
  const namespace = `${pulumi.getProject()}:`;
  const values = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(namespace))
    .map(([key, value]) => [key.slice(namespace.length), value] as const);
  return checkSettings(Object.fromEntries(values), (key) => isConfigSecret(namespace + key));
}

/**
 * Checks the values of the stack's configuration, each by itself and all together.
 *
 * @param values Configuration keys, without namespace, and their text.
 * @param isSecret Checks whether the value of a key must not appear in messages.
 * @throws {pulumi.RunError} that lists every fault: key, value, allowed values.
 */
export function checkSettings(values: Values, isSecret: (key: string) => boolean = () => false): Settings {
  const given = withoutUnset(values);
  const result = schemaFor(given).safeParse(given);
  const issues = result.error?.issues ?? [];
  const faults = [
    ...issues.map((issue) => describe(issue, given, isSecret)),
    ...Object.keys(given).flatMap((key) => unknownKey(key) ?? []),
  ];
  const across = result.success ? found(result.data as Settings) : certainFaults(given);
  faults.push(...across.map(({ path, reason }) => `${path}: ${reason}`));
  const secrets = Object.keys(given)
    .filter(isSecret)
    .map((key) => secretly(key, given));
  faults.push(...secrets.flatMap((secret) => secret.faults));
  if (result.success && faults.length === 0)
    return Object.assign(result.data as Settings, ...secrets.map(({ settings }) => settings));
  throw new pulumi.RunError(
    `The stack's configuration has ${faults.length === 1 ? "an error" : `${faults.length} errors`}. Nothing was changed.\n` +
      faults.map((fault) => `  - ${fault}`).join("\n"),
  );
}

const isAdopted = ({ adopted }: Values): boolean => adopted === "true";

const schemaFor = (values: Values) => (isAdopted(values) ? adoptedSettingsSchema : settingsSchema);

/** Removes required keys with an empty value, since the default of a required key is the empty text. */
const withoutUnset = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(([key, value]) => value !== "" || !requiredKeys.includes(key)),
  );

/** Reads a value that the configuration marks as secret, so that the engine keeps it secret too. */
function secretly(key: string, values: Values): { settings: object; faults: readonly string[] } {
  const schema = secretSettingsSchema.shape[key as keyof Settings];
  const { success, data, error } = schema?.safeParse(values[key]) ?? {};
  if (success) return { settings: { [key]: data }, faults: [] };
  const shown = error?.issues.filter(({ message }) => message.startsWith(notSecret)) ?? [];
  return {
    settings: {},
    faults: shown.map(
      ({ path, message }) =>
        `${[key, ...path].join(".")}: ${message}. Set it without --secret: pulumi config set ${key} <value>`,
    ),
  };
}

const found = (args: AuditTrailsArgs): Fault[] =>
  faultsAcross(args).filter((fault) => typeof fault === "object");

/** Returns faults between the valid values. Faults that may be caused only by an invalid value are left out. */
function certainFaults(values: Values): Fault[] {
  const sound: Record<string, unknown> = {};
  const faulty = new Set<string>();
  for (const [key, schema] of Object.entries(schemaFor(values).shape)) {
    const { success, data } = schema.safeParse(values[key]);
    if (success) sound[key] = data;
    else faulty.add(key);
  }
  const faultsWith = (trails: unknown) =>
    found({ ...sound, trails } as unknown as AuditTrailsArgs).filter(
      ({ path }) => !faulty.has(path.split(".")[0] ?? ""),
    );
  if (!faulty.has("trails")) return faultsWith(sound.trails);

  const given = parseJson(values.trails);
  if (isObject(given)) faulty.delete("trails");
  const rows = Object.entries(isObject(given) ? given : {}).flatMap(([key, row]) => {
    const { success, data } = trailSchema(isAdopted(values)).safeParse(row);
    return success ? [[key, data] as const] : [];
  });
  // An invalid trail may be meant to have its own bucket, which rules about other values require.
  const withOneMore = faultsWith({ ...Object.fromEntries(rows), "": { bucketName: "of-a-faulty-trail" } });
  return faultsWith(Object.fromEntries(rows)).filter((one) =>
    withOneMore.some(({ path, reason }) => path === one.path && reason === one.reason),
  );
}

function describe(issue: z.core.$ZodIssue, values: Values, isSecret: (key: string) => boolean): string {
  const [key = "", ...path] = issue.path.map(String);
  const value = values[key];
  if (value === undefined) return `${key}: is missing; set it with: pulumi config set ${key} <value>`;
  const seen = isSecret(key) ? "the secret value given" : show(valueAt(value, path));
  return `${[key, ...path].join(".")}: ${sentenceFor(issue, seen)}`;
}

/** Returns the message about an unknown configuration key; undefined for a known key. */
function unknownKey(key: string): string | undefined {
  if (knownKeys.includes(key)) return undefined;
  const [first = "", ...inner] = key.split(".");
  const advice =
    inner.length > 0 && knownKeys.includes(first)
      ? `To set ${inner.join(".")} inside ${first}: pulumi config rm ${key} && pulumi config set --path ${key} <value>`
      : (suggestionFor(key, knownKeys) ?? `Keys are ${knownKeys.join(", ")}`);
  return `${key}: there is no such key. ${advice}`;
}

/** Names of all configuration keys. */
export const knownKeys: readonly string[] = Object.keys(settingsSchema.shape);

const requiredKeys = Object.entries(settingsSchema.shape).flatMap(([key, schema]) =>
  schema.meta()?.default === undefined ? [key] : [],
);

/** The SDK exports this function, but its type declarations do not. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** Returns the value at a path inside a JSON text; the text itself if there is no such path. */
function valueAt(text: string, path: readonly string[]): unknown {
  if (path.length === 0) return text;
  const found = path.reduce<unknown>((value, part) => Object(value)[part], parseJson(text));
  return found === undefined ? text : found;
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}..."` : text;
}
