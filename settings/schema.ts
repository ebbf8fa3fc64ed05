import { z } from "zod";
import { faultOfDuration } from "../components/duration";
import { removals } from "../components/removal";
import { retentionPresets } from "../components/retention";

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

/** What the CLI makes of a date in YAML: Go's form of that day's first moment. */
const dateByCli = /^(\d{4}-\d{2}-\d{2}) 00:00:00 \+0000 UTC$/;

/** At the top of the configuration every value is text. Inside objects the CLI stores some text as another kind. */
const text = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => {
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return typeof value === "string" ? value.replace(dateByCli, "$1") : value;
  }, schema);

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

/** The values of a closed choice, for people. */
const oneOf = (values: readonly string[]) => `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;

const choice = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, `must be ${oneOf(values)}`);

/** Ids are printed into commands to copy, where other characters would have a meaning of their own. */
const id = (what: string) => {
  const allowed = `must be the id of ${what}: 1 to 50 letters a-z and A-Z, digits, -, _ and .`;
  return text(z.string(allowed).regex(/^[-\w.]{1,50}$/, allowed));
};

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

const name = text(
  z
    .string("must be text")
    .regex(
      resourceName,
      "must be 1 to 63 characters of a-z, 0-9 and -, begin with a letter and not end with a hyphen",
    ),
);

const bucketName = text(
  z
    .string("must be text")
    .min(3, { error: "must be 3 to 63 characters", abort: true })
    .max(63, { error: "must be 3 to 63 characters", abort: true })
    .regex(
      bucketNamePattern,
      "must be of a-z, 0-9, - and ., with a letter or digit at both ends and on both sides of a dot",
    )
    .refine((bucket) => !ipAddress.test(bucket), "must not look like an IP address"),
);

const description = text(z.string("must be text").max(1024, "must be at most 1024 characters"));

const objectPrefix = text(
  z
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
    .refine(
      (prefix) => Buffer.byteLength(prefix) <= maxPrefixBytes,
      `must be at most ${maxPrefixBytes} bytes`,
    )
    .transform((prefix) => prefix || undefined),
);

const labels = z
  .record(
    z
      .string()
      .regex(
        /^[a-z][-_0-9a-z]{0,62}$/,
        "a label's key must be 1 to 63 characters of a-z, 0-9, - and _, and begin with a letter",
      ),
    text(
      z
        .string("a label's value must be text")
        .regex(/^[-_0-9a-z]{0,63}$/, "a label's value must be at most 63 characters of a-z, 0-9, - and _"),
    ),
    "must be an object with a text for each label",
  )
  .refine((all) => Object.keys(all).length <= 64, "must be at most 64 labels");

const newKey = {
  keyName: text(z.string("must be text").regex(/^.{1,100}$/u, "must be 1 to 100 characters")).optional(),
  keyAlgorithm: choice(["AES_128", "AES_192", "AES_256", "AES_256_HSM"]).optional(),
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

const presets = Object.keys(retentionPresets) as (keyof typeof retentionPresets)[];

const retention = only({
  preset: choice(presets).optional(),
  versioning: yesOrNo.optional(),
  coldAfterDays: days,
  iceAfterDays: days,
  expireAfterDays: days,
  oldVersionsExpireAfterDays: days,
  abortUploadsAfterDays: days,
});

const objectLock = only({
  mode: choice(["GOVERNANCE", "COMPLIANCE"]),
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

/** The value of the key `trails`, also with some of its rows only. */
export const trailsSchema = z.record(
  z
    .string()
    .regex(
      trailKey,
      "a trail's key must be 1 to 50 characters of a-z, 0-9 and -, begin with a letter and not end with a hyphen",
    ),
  trail,
  "must be an object with a key for each trail",
);

declare module "zod" {
  /** What Pulumi.yaml and the README's table say of a key. Both are made of it by `npm run generate`. */
  interface GlobalMeta {
    /** Absent: the key is required. The empty text and the empty object stand for "not set". */
    default?: string | number | boolean | Readonly<Record<string, unknown>>;
    /** Heading of the README's section that says more. */
    section?: string;
  }
}

/** The stack's configuration as Pulumi hands it over: every value is text, objects are JSON. */
export const settingsSchema = z.strictObject({
  organizationId: id("an organization").meta({
    description: "Id of the organization whose audit logs are delivered.",
  }),
  folderId: id("a folder").meta({
    description: "Id of the folder that holds the trails, and what is made for them.",
  }),
  bucketName: bucketName.meta({
    description:
      "Name of the bucket, 3 to 63 characters of a-z, 0-9, - and ., unique in the whole service. Avoid dots, since such a " +
      "bucket has no HTTPS on its own host name.",
  }),
  bucketFolderId: optional(id("the folder of an existing bucket")).meta({
    description: "Id of the folder of an existing bucket with that name. Without it a new bucket is made.",
    default: "",
    section: "What exists already",
  }),
  encryption: json(encryption).meta({
    description: "What encrypts the logs. A new key, an existing one, or none.",
    default: { key: "new" },
    section: "Encryption",
  }),
  trails: json(trailsSchema).meta({
    description:
      "The trails, by keys that name their resources. What a trail does not say, it shares with the others.",
    default: { organization: {} },
    section: "Trails",
  }),
  retention: unlessEmpty(retention).meta({
    description: "How long logs are kept in new buckets, and where. Without it the preset standard applies.",
    default: {},
    section: "Retention",
  }),
  objectLock: unlessEmpty(objectLock).meta({
    description: "Lock of new logs in new buckets. Unverified on the real service.",
    default: {},
    section: "Hardening",
  }),
  maxSizeGiB: optional(wholeNumber("GiB", 1)).meta({
    description: "Size in GiB at which a new bucket takes no more logs. A full bucket stops its trails.",
    default: "",
    section: "Hardening",
  }),
  accessLogsBucketName: optional(bucketName).meta({
    description: "Name of another bucket, made for a log of the requests to the others.",
    default: "",
    section: "Hardening",
  }),
  access: unlessEmpty(access).meta({
    description: "Policy of new buckets that shuts out everybody who is not listed.",
    default: {},
    section: "Hardening",
  }),
  serviceAccountId: optional(id("an existing service account")).meta({
    description: "Id of an existing service account for the trails. Without it a new account is made.",
    default: "",
    section: "What exists already",
  }),
  serviceAccountName: name.meta({
    description: "Name of a new service account, unique in its cloud.",
    default: "audit-trails-account",
  }),
  protected: yesOrNo.meta({
    description:
      "Whether everything is protected from deletion. To take the stack down, set it to false and run pulumi up first.",
    default: true,
    section: "Taking it down",
  }),
  onRemoval: choice(removals).meta({
    description: `What becomes of buckets and keys that leave the stack, which is ${oneOf(removals)}.`,
    default: "keep",
    section: "Taking it down",
  }),
  rolePropagationTimeout: seconds.meta({
    description:
      "Seconds during which a denied trail is tried again, since roles that were granted just now may not work yet. 0 for " +
      "not at all.",
    default: 120,
  }),
  activeTimeout: seconds.meta({
    description:
      "Seconds that an update waits for the trails to be ACTIVE before it fails. 0 for not looking.",
    default: 60,
  }),
  activeWindow: seconds.meta({
    description: "Seconds that a trail which was changed in the last five minutes must stay ACTIVE.",
    default: 10,
  }),
  labels: json(labels).meta({
    description: "Labels of keys and trails, and tags of buckets, at most 64.",
    default: {},
  }),
});

/** What the stack is to be: the program's whole input. */
export type Settings = z.infer<typeof settingsSchema>;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Numbers with more digits than JavaScript keeps, beside the strings that may hold such digits too. */
const stringsAndLongNumbers = /"(?:[^"\\]|\\.)*"|(?<![-+.\deE])-?\d{16,}(?![\d.eE])/g;

/** What a JSON text says; the text itself if it is none. Numbers that would lose digits stay text. */
export function parseJson(given: unknown): unknown {
  try {
    return JSON.parse(
      String(given).replace(stringsAndLongNumbers, (part) => (part.startsWith('"') ? part : `"${part}"`)),
    );
  } catch {
    return given;
  }
}
