import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** Go's duration syntax, which the provider takes: https://pkg.go.dev/time#ParseDuration. */
const goDuration = /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/;
/** Rule of trails and service accounts: https://yandex.cloud/en/docs/audit-trails/api-ref/grpc/Trail/create. */
const resourceName = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** https://yandex.cloud/en/docs/storage/concepts/bucket#naming. */
const bucketName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const ipAddress = /^\d+\.\d+\.\d+\.\d+$/;
/** https://yandex.cloud/en/docs/storage/concepts/object#key. */
const forbiddenInObjectKeys = /[:*?"<>|!\p{Cc}]/u;
/** An object's key has less than 1024 bytes; trail id, date and file name need about 100 of them. */
const maxPrefixBytes = 900;

const id = (what: string) =>
  z.string().regex(/^[^\s\p{C}]{1,50}$/u, `must be the id of ${what}: 1 to 50 characters without spaces`);

const yesOrNo = z.stringbool({ truthy: ["true"], falsy: ["false"], error: "must be true or false" });

const seconds = z
  .string()
  .regex(/^\d{1,4}$/, "must be a whole number of seconds, at most 9999")
  .transform(Number);

/** Ids of what exists already; empty where it is to be made. */
const optionalId = (what: string) =>
  z.union(
    [z.literal("").transform(() => undefined), id(what)],
    `must be empty, or the id of ${what} without spaces`,
  );

const name = z
  .string()
  .regex(
    resourceName,
    "must be 1 to 63 characters of a-z, 0-9 and -, begin with a letter and not end with a hyphen",
  );

const labels = z
  .record(
    z
      .string()
      .regex(
        /^[a-z][-_0-9a-z]{0,62}$/,
        "a label's key must be 1 to 63 characters of a-z, 0-9, - and _, and begin with a letter",
      ),
    z
      .string("a label's value must be a string")
      .regex(/^[-_0-9a-z]{0,63}$/, "a label's value must be at most 63 characters of a-z, 0-9, - and _"),
    "must be an object of strings; set one with: pulumi config set --path labels.<key> <value>",
  )
  .refine((all) => Object.keys(all).length <= 64, "must be at most 64 labels");

/** The stack's configuration as Pulumi hands it over: every value is text, objects are JSON. */
const settingsSchema = z.strictObject({
  organizationId: id("an organization"),
  folderId: id("a folder"),
  bucketName: z
    .string()
    .min(3, { error: "must be 3 to 63 characters", abort: true })
    .max(63, { error: "must be 3 to 63 characters", abort: true })
    .regex(
      bucketName,
      "must be of a-z, 0-9, - and ., with a letter or digit at both ends and on both sides of a dot",
    )
    .refine((bucket) => !ipAddress.test(bucket), "must not look like an IP address"),
  bucketFolderId: optionalId("the folder of an existing bucket"),
  encrypted: yesOrNo,
  keyId: optionalId("an existing key"),
  protected: yesOrNo,
  retainLogs: yesOrNo,
  objectPrefix: z
    .string()
    .refine(
      (prefix) => !forbiddenInObjectKeys.test(prefix),
      'must not contain : * ? " < > | ! or control characters',
    )
    .refine(
      (prefix) => !/^\/|\/$|\/\//.test(prefix),
      "must not begin or end with / or contain //: the service adds the separators",
    )
    .refine(
      (prefix) => !prefix.split("/").some((part) => part === "." || part === ".."),
      "must not have . or .. as a part",
    )
    .refine(
      (prefix) => Buffer.byteLength(prefix) <= maxPrefixBytes,
      `must be at most ${maxPrefixBytes} bytes`,
    )
    .transform((prefix) => prefix || undefined),
  trailName: name,
  trailDescription: z.string().max(1024, "must be at most 1024 characters"),
  serviceAccountId: optionalId("an existing service account"),
  serviceAccountName: name,
  keyName: z.string().regex(/^.{1,100}$/u, "must be 1 to 100 characters"),
  keyAlgorithm: z.enum(
    ["AES_128", "AES_192", "AES_256", "AES_256_HSM"],
    "must be AES_128, AES_192, AES_256 or AES_256_HSM",
  ),
  keyRotationPeriod: z
    .string()
    .regex(goDuration, "must be a Go duration such as 8760h")
    .refine((period) => /[1-9]/.test(period), "must be longer than zero"),
  rolePropagationTimeout: seconds,
  activeTimeout: seconds,
  labels: z.preprocess(parseJson, labels),
});

type Values = Readonly<Record<string, string | undefined>>;

/** Keys that are legal each by itself and not together. */
const contradictions: readonly { key: string; when: (values: Values) => boolean; message: string }[] = [
  {
    key: "keyId",
    when: ({ encrypted, keyId }) => encrypted === "false" && Boolean(keyId),
    message: "must be empty while encrypted is false; set encrypted to true to use the key",
  },
  {
    key: "bucketFolderId",
    when: ({ encrypted, keyId, bucketFolderId }) => encrypted === "true" && !keyId && Boolean(bucketFolderId),
    message: "an existing bucket needs the id of its key in keyId; set encrypted to false if it has none",
  },
];

/** What the stack is to be: the program's whole input. */
export type Settings = z.infer<typeof settingsSchema>;

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
 * Checks the values of the stack's configuration.
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
  const sound = contradictions.filter(({ key }) => !issues.some(({ path }) => path[0] === key));
  const faults = [
    ...issues.flatMap((issue) => describe(issue, values, isSecret)),
    ...sound.filter(({ when }) => when(values)).map(({ key, message }) => `${key}: ${message}`),
  ];
  if (result.success && faults.length === 0) return result.data;
  throw new pulumi.RunError(
    `The stack's configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}; nothing was changed.\n` +
      faults.map((fault) => `  - ${fault}`).join("\n"),
  );
}

function describe(issue: z.core.$ZodIssue, values: Values, isSecret: (key: string) => boolean): string[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => `${key}: there is no such key. Keys are ${knownKeys.join(", ")}`);
  const [key, ...path] = issue.path.map(String);
  if (key === undefined) return [issue.message];
  const value = values[key];
  if (value === undefined) return [`${key}: is missing; set it with: pulumi config set ${key} <value>`];
  const message =
    issue.code === "invalid_key" ? issue.issues.map((inner) => inner.message).join("; ") : issue.message;
  return [
    `${[key, ...path].join(".")}: ${message}, not ${isSecret(key) ? "the secret value given" : show(value)}`,
  ];
}

/** Names of all configuration keys. */
export const knownKeys: readonly string[] = Object.keys(settingsSchema.shape);

/** Exported by the SDK, but left out of its type declarations. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

const show = (value: string): string =>
  JSON.stringify(value.length > 120 ? `${value.slice(0, 117)}...` : value);

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
}
