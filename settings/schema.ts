import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { AuditTrailsArgs } from "../components";
import { auditTrailsShape } from "../components/auditTrails/schema";
import { type Kinds, yesOrNo } from "../components/values";

/** What the CLI makes of a date in YAML: Go's form of that day's first moment. */
const dateByCli = /^(\d{4}-\d{2}-\d{2}) 00:00:00 \+0000 UTC$/;

/**
 * Values of a stack's configuration. At its top all are text; inside objects the CLI stores numbers, truth values and dates
 * as such, also where text is meant.
 */
const text = (schema: z.ZodType) =>
  z.preprocess((value) => {
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return typeof value === "string" ? value.replace(dateByCli, "$1") : value;
  }, schema);
const kinds: Kinds = {
  late: text,
  inId: text,
  plainText: text,
  number: (schema) =>
    z.preprocess(
      (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
      schema,
    ),
  yesOrNo: (schema) =>
    z.preprocess((value) => (value === "true" || value === "false" ? value === "true" : value), schema),
  ids: (what, id) => {
    const byKey = z.record(z.string(), text(id));
    const list = z
      .array(text(id), `must be a list of ids of ${what}, or an object with them`)
      .refine((all) => new Set(all).size === all.length, "must not name one twice")
      // An id that is known names its role binding.
      .transform((all) => Object.fromEntries(all.map((one) => [String(one), one])));
    return z.unknown().transform((value, { issues }) => {
      const { success, data, error } = (isObject(value) ? byKey : list).safeParse(value);
      if (success) return data;
      issues.push(...error.issues.map((issue) => ({ ...issue, input: value }) as z.core.$ZodRawIssue));
      return z.NEVER;
    });
  },
};

/** Nothing for the empty text and the empty object, which stand for "not set" in Pulumi.yaml. */
const unlessEmpty = (schema: z.ZodType) =>
  z.preprocess((given) => {
    const value = parseJson(given);
    return value === "" || (isObject(value) && Object.keys(value).length === 0) ? undefined : given;
  }, schema);

/** An object is given as JSON. */
const json = (schema: z.ZodType) => z.preprocess(parseJson, schema);

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
function schemaWith(kinds: Kinds, adopted = false) {
  const shape = auditTrailsShape(kinds, adopted);
  return z.object({
    organizationId: shape.organizationId.meta({
      description: "Id of the organization whose audit logs are delivered.",
    }),
    folderId: shape.folderId.meta({
      description: "Id of the folder that holds the trails, and what is made for them.",
    }),
    bucketName: shape.bucketName.meta({
      description:
        "Name of the bucket, 3 to 63 characters of a-z, 0-9, - and ., unique in the whole service. Avoid dots, since such a " +
        "bucket has no HTTPS on its own host name.",
    }),
    bucketFolderId: unlessEmpty(shape.bucketFolderId).meta({
      description: "Id of the folder of an existing bucket with that name. Without it a new bucket is made.",
      default: "",
      section: "What exists already",
    }),
    encryption: json(shape.encryption).meta({
      description: "What encrypts the logs. A new key, an existing one, or none.",
      default: { key: "new" },
      section: "Encryption",
    }),
    trails: json(shape.trails).meta({
      description:
        "The trails, by keys that name their resources. What a trail does not say, it shares with the others.",
      default: { organization: {} },
      section: "Trails",
    }),
    retention: unlessEmpty(json(shape.retention)).meta({
      description:
        "How long logs are kept in new buckets, and where. Without it the preset standard applies.",
      default: {},
      section: "Retention",
    }),
    objectLock: unlessEmpty(json(shape.objectLock)).meta({
      description: "Lock of new logs in new buckets. Unverified on the real service.",
      default: {},
      section: "Hardening",
    }),
    maxSizeGiB: unlessEmpty(shape.maxSizeGiB).meta({
      description: "Size in GiB at which a new bucket takes no more logs. A full bucket stops its trails.",
      default: "",
      section: "Hardening",
    }),
    accessLogsBucketName: unlessEmpty(shape.accessLogsBucketName).meta({
      description: "Name of another bucket, made for a log of the requests to the others.",
      default: "",
      section: "Hardening",
    }),
    access: unlessEmpty(json(shape.access)).meta({
      description: "Policy of new buckets that shuts out everybody who is not listed.",
      default: {},
      section: "Hardening",
    }),
    serviceAccountId: unlessEmpty(shape.serviceAccountId).meta({
      description: "Id of an existing service account for the trails. Without it a new account is made.",
      default: "",
      section: "What exists already",
    }),
    serviceAccountName: unlessEmpty(shape.serviceAccountName).meta({
      description:
        "Name of a new service account, unique in its cloud. Without it the name is audit-trails-account.",
      default: "",
    }),
    roles: json(shape.roles).meta({
      description:
        "Which of the vendor's documents the roles of the trails' accounts follow. uploader is folder or bucket, where storage.uploader " +
        "is granted. key is encrypterDecrypter or encrypter, the role on the key.",
      default: { uploader: "folder", key: "encrypterDecrypter" },
    }),
    protected: kinds.yesOrNo(yesOrNo).meta({
      description:
        "Whether everything is protected from deletion. To take the stack down, set it to false and run pulumi up first.",
      default: true,
      section: "Taking it down",
    }),
    preflight: kinds.yesOrNo(yesOrNo).meta({
      description:
        "Whether pulumi up first checks all that it needs, and changes nothing where something is missing. Previews do not check.",
      default: false,
      section: "Before anything is made",
    }),
    onRemoval: shape.onRemoval.meta({
      description:
        "What becomes of buckets and keys that leave the stack, which is keep, deleteIfEmpty or deleteWithLogs.",
      default: "keep",
      section: "Taking it down",
    }),
    rolePropagationTimeoutSeconds: shape.rolePropagationTimeoutSeconds.meta({
      description:
        "Seconds during which a denied trail is tried again, since roles that were granted just now may not work yet. 0 for " +
        "not at all.",
      default: 120,
    }),
    activeTimeoutSeconds: shape.activeTimeoutSeconds.meta({
      description:
        "Seconds that an update waits for the trails to be ACTIVE before it fails. 0 for not looking.",
      default: 60,
    }),
    activeWindowSeconds: shape.activeWindowSeconds.meta({
      description: "Seconds that a trail which was changed in the last five minutes must stay ACTIVE.",
      default: 10,
    }),
    labels: unlessEmpty(json(shape.labels)).meta({
      description: "Labels of keys and trails, and tags of buckets, at most 64.",
      default: {},
    }),
    adopted: shape.adopted.meta({
      description:
        "Whether the set-up was taken over by audit-trails adopt. What the configuration does not say then stays as it is.",
      default: false,
      section: "Taking over a set-up",
    }),
  });
}

export const settingsSchema = schemaWith(kinds);

/** The configuration of a set-up that was taken over. */
export const adoptedSettingsSchema = schemaWith(kinds, true);

/** The row of a trail. */
export const trailSchema = (adopted: boolean) => auditTrailsShape(kinds, adopted).trails.unwrap().valueType;

/** How the message begins about a value that cannot be kept secret. */
export const notSecret = "cannot be kept secret";
const shown = (why: string) => z.custom(() => false, `${notSecret}: ${why}`);

/** Reads a value that the configuration marks as secret. Only texts that no id of a resource shows stay secret. */
export const secretSettingsSchema = schemaWith(
  {
    late: (schema) => text(schema).transform((value) => pulumi.secret(value)),
    inId: () => shown("ids of resources show it"),
    plainText: () => shown("it decides which resources there are"),
    number: () => shown("only text can be"),
    yesOrNo: () => shown("only text can be"),
    ids: () => shown("ids of resources show it"),
  },
  true,
);

/** What the stack is to be: the program's whole input. */
export interface Settings extends AuditTrailsArgs {
  /** Whether everything is protected from deletion. */
  readonly protected: boolean;
  /** Whether an update first looks at all that it needs. */
  readonly preflight: boolean;
}

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
