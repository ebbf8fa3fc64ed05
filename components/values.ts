import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { KeyRole, UploaderPlace } from "./choices";
import { faultOfDuration } from "./duration";

/**
 * Pattern for names of trails and service accounts:
 * https://yandex.cloud/en/docs/audit-trails/api-ref/grpc/Trail/create.
 */
const resourceName = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** Pattern for names of buckets: https://yandex.cloud/en/docs/storage/concepts/bucket#naming. */
const bucketNamePattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const ipAddress = /^\d+\.\d+\.\d+\.\d+$/;
/** Characters that object keys must not contain: https://yandex.cloud/en/docs/storage/concepts/object#key. */
const forbiddenInObjectKeys = /[:*?"<>|!\p{Cc}]/u;
/**
 * Maximum length of a prefix in bytes. An object's key has less than 1024 bytes, of these about 100 for trail id, date
 * and file name.
 */
const maxPrefixBytes = 900;
/**
 * Pattern `yandex.cloud.audit.<service>.<Event>`: https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane.
 */
const eventTypePattern = /^yandex\.cloud\.audit\.[a-z0-9.]+\.[A-Za-z0-9]+$/;

/** Wrappers of schemas, by kind of value: arguments may be outputs, and a stack's configuration is text. */
export interface Kinds {
  /** Value that may be an output: a text, a number, a list or a whole object. */
  readonly late: (schema: z.ZodType) => z.ZodType;
  /** Text that becomes part of a resource's id. Pulumi cannot keep it secret. */
  readonly inId: (schema: z.ZodType) => z.ZodType;
  /** Text that decides which resources exist, or becomes part of another text. It cannot be an output. */
  readonly plainText: (schema: z.ZodType) => z.ZodType;
  readonly number: (schema: z.ZodType) => z.ZodType;
  readonly yesOrNo: (schema: z.ZodType) => z.ZodType;
  /** Ids of several resources. `what` names the resources in messages. */
  readonly ids: (what: string, id: z.ZodType) => z.ZodType;
}

/** Fault in a key of an object. */
interface KeyFault {
  readonly message: string;
  /** `isWhole`: the message is complete. Otherwise the key seen is appended to it. */
  readonly params: { readonly key: string; readonly isWhole: boolean };
}

/** Returns a check of the keys of an object. It runs even if the values have faults. */
function keysCheck<T>(faultsOf: (key: string) => readonly KeyFault[]): z.core.$ZodCheck<T> {
  const check = new z.core.$ZodCheck({ check: "custom", when: () => true }) as z.core.$ZodCheck<T>;
  check._zod.check = ({ value, issues }) => {
    for (const key of isRecord(value) ? Object.keys(value) : [])
      for (const fault of faultsOf(key)) issues.push({ code: "custom", path: [key], input: key, ...fault });
  };
  return check;
}

/** Returns the schema of an object that allows no other keys. */
export function only<Shape extends z.core.$ZodShape>(shape: Shape) {
  const allowed = Object.keys(shape);
  const list = allowed.join(", ");
  const unknownKeys = keysCheck<object>((key) => {
    if (allowed.includes(key)) return [];
    const advice = suggestionFor(key, allowed) ?? `Keys are ${list}`;
    return [{ message: `there is no such key. ${advice}`, params: { key, isWhole: true } }];
  });
  return z.looseObject(shape, `must be an object with the keys ${list}`).check(unknownKeys);
}

/** Returns the number of wrong letters up to which a key is recognized: a third of its letters. */
const mostWrong = (key: string): number => Math.max(1, Math.floor(key.length / 3));

/** Returns a question that suggests a similar key; undefined if there is none. */
export function suggestionFor(key: string, allowed: readonly string[]): string | undefined {
  const similar = closest(
    key.toLowerCase(),
    allowed.map((one) => one.toLowerCase()),
  );
  if (distance(key.toLowerCase(), similar) > mostWrong(key)) return undefined;
  return `Did you mean ${allowed.find((one) => one.toLowerCase() === similar)}?`;
}

/**
 * Returns the schema of an object with a row for each key. It reports faults of keys and of rows together. `z.record`
 * alone skips the rows of invalid keys.
 */
export const table = (key: z.ZodType, row: z.ZodType, error: string) =>
  z.record(z.string(), row, error).check(
    keysCheck((name) =>
      (key.safeParse(name).error?.issues ?? []).map(({ message }) => ({
        message,
        params: { key: name, isWhole: false },
      })),
    ),
  );

/**
 * Returns the sentence for an issue.
 *
 * @param seen Value with the issue, in the form for messages.
 */
export function sentenceFor(issue: z.core.$ZodIssue, seen: string): string {
  const { key, isWhole } = (issue.code === "custom" && issue.params) || {};
  if (isWhole) return issue.message;
  return `${issue.message}, not ${key === undefined ? seen : JSON.stringify(key)}`;
}

const isRecord = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns the schema of a resource's id. */
export const id = (what: string) => {
  const allowed = `must be the id of ${what}: 1 to 50 letters a-z and A-Z, digits, -, _ and .`;
  return z.string(allowed).regex(/^[-\w.]{1,50}$/, allowed);
};

/** Schema of the name of a trail or a service account. */
export const name = z
  .string("must be text")
  .regex(
    resourceName,
    "must be 1 to 63 characters of a-z, 0-9 and -, begin with a letter and not end with a hyphen",
  );

export const keyName = z.string("must be text").regex(/^.{1,100}$/u, "must be 1 to 100 characters");

export const bucketName = z
  .string("must be text")
  .min(3, { error: "must be 3 to 63 characters", abort: true })
  .max(63, { error: "must be 3 to 63 characters", abort: true })
  .regex(
    bucketNamePattern,
    "must consist of a-z, 0-9, - and ., with a letter or digit at both ends and on both sides of each dot",
  )
  .refine((bucket) => !ipAddress.test(bucket), "must not look like an IP address");

export const description = z.string("must be text").max(1024, "must be at most 1024 characters");

/** Schema of a duration in Go's syntax, which the provider accepts: https://pkg.go.dev/time#ParseDuration. */
export const duration = z.string("must be text").superRefine((text, { addIssue }) => {
  const message = faultOfDuration(text);
  if (message) addIssue({ code: "custom", message });
});

/** Schema of the prefix of an existing trail: everything that the service accepts. */
const existingObjectPrefix = z
  .string("must be text")
  .refine(
    (prefix) => !forbiddenInObjectKeys.test(prefix),
    'must not contain : * ? " < > | ! or control characters',
  )
  .refine((prefix) => Buffer.byteLength(prefix) <= maxPrefixBytes, `must be at most ${maxPrefixBytes} bytes`);

/** Schema of the prefix of a new trail. */
const newObjectPrefix = existingObjectPrefix
  .refine(
    (prefix) => !/^\/|\/$|\/\//.test(prefix),
    "must not begin or end with / or contain //: the service adds the separators",
  )
  .refine(
    (prefix) => !prefix.split("/").some((part) => part === "." || part === ".."),
    "must not contain . or .. as a part between slashes",
  );

/** Returns the schema of a trail's prefix. @param adopted True if the trail existed before: it keeps its prefix. */
export const objectPrefix = (adopted = false) => (adopted ? existingObjectPrefix : newObjectPrefix);

/**
 * Returns the schema of the labels of a key or a trail, or the tags of a bucket:
 * https://yandex.cloud/en/docs/resource-manager/concepts/labels.
 */
export const labels = ({ late }: Kinds) =>
  table(
    z
      .string()
      .regex(
        /^[a-z][-_0-9a-z]{0,62}$/,
        "a label's key must be 1 to 63 characters of a-z, 0-9, - and _, and begin with a letter",
      ),
    late(
      z
        .string("a label's value must be text")
        .regex(/^[-_0-9a-z]{0,63}$/, "a label's value must be at most 63 characters of a-z, 0-9, - and _"),
    ),
    "must be an object with a text for each label",
  ).refine((all) => Object.keys(all).length <= 64, "must be at most 64 labels");

export const wholeNumber = (unit: string, least: number) =>
  z
    .number(`must be a whole number of ${unit}`)
    .int(`must be a whole number of ${unit}`)
    .min(least, `must be at least ${least}`)
    .max(99_999, "must be at most 99999");

export const days = wholeNumber("days", 1);
export const seconds = wholeNumber("seconds", 0);

export const yesOrNo = z.boolean("must be true or false");

export const eventTypes = z
  .array(
    z.string("must be text").regex(eventTypePattern, "must be like yandex.cloud.audit.kms.Decrypt"),
    "must be a list of event types",
  )
  .min(1, "must name at least one event type, or be left out")
  .max(1024, "must be at most 1024");

/**
 * Schema of the name of a service with data events:
 * https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane.
 */
export const service = z
  .string("must be text")
  .regex(/^[a-z][a-z0-9.]{0,62}$/, "must be the name of a service, such as kms");

/** Returns the schema of one of the values of an `as const` object. */
export const oneOf = <const T extends Readonly<Record<string, string>>>(choices: T) => {
  const all = Object.values(choices);
  return z.enum(all as [T[keyof T], ...T[keyof T][]], `must be ${listed(all)}`);
};

const listed = (all: readonly string[]): string =>
  all.length > 1 ? `${all.slice(0, -1).join(", ")} or ${all.at(-1)}` : all.join("");

/** The choice of the roles of the trails' accounts. */
export const roles = ({ plainText }: Kinds) =>
  only({
    uploader: plainText(oneOf(UploaderPlace)).optional(),
    key: plainText(oneOf(KeyRole)).optional(),
  });
