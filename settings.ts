import { z } from "zod";
import { retentionPresets } from "./components/bucket/retention";
import { faultOfDuration } from "./components/duration";
import { removals } from "./components/engine/removal";

/** Rule of trails and service accounts: https://yandex.cloud/en/docs/audit-trails/api-ref/grpc/Trail/create. */
const resourceName = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** Names resources together with the component's name, which is shorter than 14 characters. */
const trailKey = /^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$/;
/** https://yandex.cloud/en/docs/storage/concepts/bucket#naming. */
const bucketNamePattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const ipAddress = /^\d+\.\d+\.\d+\.\d+$/;
/** https://yandex.cloud/en/docs/storage/concepts/object#key. */
const forbiddenInObjectKeys = /[:*?"<>|!\p{Cc}]/u;
/** An object's key has less than 1024 bytes; trail id, date and file name need about 100 of them. */
const maxPrefixBytes = 900;
/** `yandex.cloud.audit.<service>.<Event>`: https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane. */
const eventType = /^yandex\.cloud\.audit\.[a-z0-9.]+\.[A-Za-z0-9]+$/;

/** Numbers and truth values are text at the top of the configuration, and their own kind inside objects. */
const text = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value) => (typeof value === "number" || typeof value === "boolean" ? String(value) : value),
    schema,
  );

const json = <T extends z.ZodType>(schema: T) => z.preprocess(parseJson, schema);

/** An object without other keys than these. */
const only = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys"
        ? `there is no such key; keys are ${Object.keys(shape).join(", ")}`
        : `must be an object with the keys ${Object.keys(shape).join(", ")}`,
  });

/** Absent where the text is empty. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const id = (what: string) =>
  text(
    z
      .string(`must be the id of ${what}`)
      .regex(/^[^\s\p{C}]{1,50}$/u, `must be the id of ${what}: 1 to 50 characters without spaces`),
  );

const ids = (what: string) =>
  z
    .array(id(what), `must be a list of ids of ${what}`)
    .min(1, `must name at least one id of ${what}, or be left out`)
    .max(1024, "must be at most 1024")
    .refine((all) => new Set(all).size === all.length, "must not name one twice");

const yesOrNo = text(z.stringbool({ truthy: ["true"], falsy: ["false"], error: "must be true or false" }));

const wholeNumber = (unit: string, least: number) =>
  text(
    z
      .string(`must be a whole number of ${unit}`)
      .regex(/^\d{1,5}$/, `must be a whole number of ${unit}, at most 99999`)
      .transform(Number)
      .refine((value) => value >= least, `must be at least ${least}`),
  );

const seconds = text(
  z
    .string()
    .regex(/^\d{1,4}$/, "must be a whole number of seconds, at most 9999")
    .transform(Number),
);
const days = wholeNumber("days", 1).optional();

const name = z
  .string("must be text")
  .regex(
    resourceName,
    "must be 1 to 63 characters of a-z, 0-9 and -, begin with a letter and not end with a hyphen",
  );

const bucketName = z
  .string("must be text")
  .min(3, { error: "must be 3 to 63 characters", abort: true })
  .max(63, { error: "must be 3 to 63 characters", abort: true })
  .regex(
    bucketNamePattern,
    "must be of a-z, 0-9, - and ., with a letter or digit at both ends and on both sides of a dot",
  )
  .refine((bucket) => !ipAddress.test(bucket), "must not look like an IP address");

const description = z.string("must be text").max(1024, "must be at most 1024 characters");

const objectPrefix = z
  .string("must be text")
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
  .refine((prefix) => Buffer.byteLength(prefix) <= maxPrefixBytes, `must be at most ${maxPrefixBytes} bytes`)
  .transform((prefix) => prefix || undefined);

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
    "must be an object of strings",
  )
  .refine((all) => Object.keys(all).length <= 64, "must be at most 64 labels");

const newKey = {
  keyName: z
    .string("must be text")
    .regex(/^.{1,100}$/u, "must be 1 to 100 characters")
    .optional(),
  keyAlgorithm: z
    .enum(
      ["AES_128", "AES_192", "AES_256", "AES_256_HSM"],
      "must be AES_128, AES_192, AES_256 or AES_256_HSM",
    )
    .optional(),
  keyRotationPeriod: z
    .string("must be text")
    .superRefine((period, { addIssue }) => {
      const fault = faultOfDuration(period);
      if (fault) addIssue(fault);
    })
    .optional(),
  deletionProtection: yesOrNo.optional(),
};

/** What encrypts logs: a new key unless it says otherwise. */
const encryption = z.preprocess(
  (value) => (isObject(value) && value.key === undefined ? { key: "new", ...value } : value),
  z.discriminatedUnion(
    "key",
    [
      only({ key: z.literal("new"), ...newKey }),
      only({ key: z.literal("existing"), keyId: id("an existing key") }),
      only({ key: z.literal("none") }),
    ],
    {
      error: ({ input }) =>
        isObject(input) ? "must be new, existing or none" : "must be an object, such as {key: none}",
    },
  ),
);

const retention = only({
  preset: z.enum(Object.keys(retentionPresets), "must be guide, standard, archive or year").optional(),
  versioning: yesOrNo.optional(),
  coldAfterDays: days,
  iceAfterDays: days,
  expireAfterDays: days,
  oldVersionsExpireAfterDays: days,
  abortUploadsAfterDays: days,
});

const objectLock = only({
  mode: z.enum(["GOVERNANCE", "COMPLIANCE"], "must be GOVERNANCE or COMPLIANCE"),
  days,
  years: wholeNumber("years", 1).optional(),
  confirmation: z.string("must be text").optional(),
});

const access = only({
  administrators: z.array(id("a user or service account"), "must be a list of ids"),
  readers: z.array(id("a user or service account"), "must be a list of ids").optional(),
  tlsOnly: yesOrNo.optional(),
  denyDelete: yesOrNo.optional(),
});

const eventTypes = z
  .array(
    z.string("must be text").regex(eventType, "must be like yandex.cloud.audit.kms.Decrypt"),
    "must be a list of event types",
  )
  .min(1, "must name at least one event type, or be left out")
  .max(1024, "must be at most 1024");

const scope = { clouds: ids("clouds").optional(), folders: ids("folders").optional() };

const dataEvents = z
  .record(
    z.string().regex(/^[a-z][a-z0-9.]{0,62}$/, "must be the name of a service, such as kms"),
    only({ includedEvents: eventTypes.optional(), excludedEvents: eventTypes.optional(), ...scope }),
    "must be an object with a key for each service, such as {kms: {}}",
  )
  .refine((services) => Object.keys(services).length < 128, "must be fewer than 128 services");

const trail = only({
  trailName: name.optional(),
  trailDescription: description.optional(),
  ...scope,
  managementEvents: yesOrNo.optional(),
  dataEvents: dataEvents.optional(),
  allowRecursion: yesOrNo.optional(),
  objectPrefix: objectPrefix.optional(),
  bucketName: bucketName.optional(),
  bucketFolderId: id("the folder of an existing bucket").optional(),
  encryption: encryption.optional(),
  serviceAccountId: id("an existing service account").optional(),
  serviceAccountName: name.optional(),
  labels: labels.optional(),
});

/** Nothing for the empty object, which stands for "not set" in Pulumi.yaml. */
const unlessEmpty = <T extends z.ZodType>(schema: T) =>
  json(
    z.preprocess(
      (value) => (isObject(value) && Object.keys(value).length === 0 ? undefined : value),
      schema.optional(),
    ),
  );

/** The stack's configuration as Pulumi hands it over: every value is text, objects are JSON. */
export const settingsSchema = z.strictObject({
  organizationId: id("an organization"),
  folderId: id("a folder"),
  bucketName,
  bucketFolderId: optional(id("the folder of an existing bucket")),
  encryption: json(encryption),
  trails: json(
    z.record(
      z
        .string()
        .regex(
          trailKey,
          "a trail's key must be 1 to 50 characters of a-z, 0-9 and -, begin with a letter and not end with a hyphen",
        ),
      trail,
      "must be an object with a key for each trail",
    ),
  ),
  retention: unlessEmpty(retention),
  objectLock: unlessEmpty(objectLock),
  maxSizeGiB: optional(wholeNumber("GiB", 1)),
  accessLogsBucketName: optional(bucketName),
  access: unlessEmpty(access),
  serviceAccountId: optional(id("an existing service account")),
  serviceAccountName: name,
  protected: yesOrNo,
  onRemoval: z.enum(removals, "must be keep, deleteIfEmpty or deleteWithLogs"),
  rolePropagationTimeout: seconds,
  activeTimeout: seconds,
  activeWindow: seconds,
  labels: json(labels),
});

/** What the stack is to be: the program's whole input. */
export type Settings = z.infer<typeof settingsSchema>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseJson(given: unknown): unknown {
  try {
    return JSON.parse(String(given));
  } catch {
    return given;
  }
}
