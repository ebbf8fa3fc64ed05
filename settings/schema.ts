import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { AuditTrailsArgs } from "../components";
import { auditTrailsShape } from "../components/auditTrails/schema";
import { type Kinds, yesOrNo } from "../components/values";

/** Pattern of a date in YAML after the CLI has read it: Go's form of the first moment of that day. */
const dateByCli = /^(\d{4}-\d{2}-\d{2}) 00:00:00 \+0000 UTC$/;

/**
 * Returns the schema of a text in a stack's configuration. At the top level all values are text. Inside objects the CLI
 * stores numbers, booleans and dates as such, even if text is meant.
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
      .array(text(id), `must be a list or an object with ids of ${what}`)
      .refine((all) => new Set(all).size === all.length, "must not contain the same id twice")
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

/** Returns a schema that reads the empty text and the empty object as undefined. They mean "not set" in Pulumi.yaml. */
const unlessEmpty = (schema: z.ZodType) =>
  z.preprocess((given) => {
    const value = parseJson(given);
    return value === "" || (isObject(value) && Object.keys(value).length === 0) ? undefined : given;
  }, schema);

/** Returns a schema that parses its value as JSON. */
const json = (schema: z.ZodType) => z.preprocess(parseJson, schema);

declare module "zod" {
  /** Description of a key in Pulumi.yaml and in docs/configuration.md. `npm run generate` writes both. */
  interface GlobalMeta {
    /** Default value; absent if the key is required. The empty text and the empty object mean "not set". */
    default?: string | number | boolean | Readonly<Record<string, unknown>>;
    /** Link from docs/configuration.md to the text that says more. */
    more?: string;
  }
}

/** Returns the schema of the stack's configuration as Pulumi passes it: every value is text, objects are JSON. */
function schemaWith(kinds: Kinds, adopted = false) {
  const shape = auditTrailsShape(kinds, adopted);
  return z.object({
    organizationId: shape.organizationId.meta({
      description: "Id of the organization whose audit logs are delivered.",
    }),
    folderId: shape.folderId.meta({
      description: "Id of the folder of the trails and of all resources that are created for them.",
    }),
    bucketName: shape.bucketName.meta({
      description:
        "Name of the bucket, 3 to 63 characters of a-z, 0-9, - and ., unique in the whole service. Avoid dots: a bucket " +
        "with dots has no HTTPS on its own host name.",
    }),
    bucketFolderId: unlessEmpty(shape.bucketFolderId).meta({
      description:
        "Id of the bucket's folder, if the bucket exists already. Without it a new bucket is created.",
      default: "",
      more: "#what-exists-already",
    }),
    encryption: json(shape.encryption).meta({
      description: "Key that encrypts the logs: a new key, an existing one, or none.",
      default: { key: "new" },
      more: "#encryption",
    }),
    trails: json(shape.trails).meta({
      description:
        "Trails, by keys that name their resources. A trail shares every setting that it does not set itself.",
      default: { organization: {} },
      more: "#trails",
    }),
    retention: unlessEmpty(json(shape.retention)).meta({
      description:
        "Retention of logs in new buckets, and their storage classes. Without it the preset standard applies.",
      default: {},
      more: "#retention",
    }),
    objectLock: unlessEmpty(json(shape.objectLock)).meta({
      description: "Lock of new logs in new buckets. Not verified on the real service.",
      default: {},
      more: "#hardening",
    }),
    maxSizeGiB: unlessEmpty(shape.maxSizeGiB).meta({
      description: "Largest size of a new bucket, in GiB. A full bucket stops its trails.",
      default: "",
      more: "#hardening",
    }),
    accessLogsBucketName: unlessEmpty(shape.accessLogsBucketName).meta({
      description: "Name of another new bucket that receives the access logs of the other new buckets.",
      default: "",
      more: "#hardening",
    }),
    access: unlessEmpty(json(shape.access)).meta({
      description: "Policy of new buckets. It denies access to everybody who is not listed.",
      default: {},
      more: "#hardening",
    }),
    serviceAccountId: unlessEmpty(shape.serviceAccountId).meta({
      description: "Id of an existing service account for the trails. Without it a new account is created.",
      default: "",
      more: "#what-exists-already",
    }),
    serviceAccountName: unlessEmpty(shape.serviceAccountName).meta({
      description:
        "Name of a new service account, unique in its cloud. If it is not set, the name is audit-trails-account.",
      default: "",
    }),
    roles: json(shape.roles).meta({
      description:
        "Roles of the trails' accounts. uploader is folder or bucket, the resource on which storage.uploader is granted. " +
        "key is encrypterDecrypter or encrypter, the role on the key.",
      default: { uploader: "folder", key: "encrypterDecrypter" },
      more: "#roles",
    }),
    protected: kinds.yesOrNo(yesOrNo).meta({
      description:
        "Protects everything from deletion. To remove the stack, set it to false and run pulumi up first.",
      default: true,
      more: "remove.md",
    }),
    preflight: kinds.yesOrNo(yesOrNo).meta({
      description:
        "If true, pulumi up first checks that it has everything it needs. If something is missing, it changes nothing. Previews do not check.",
      default: false,
      more: "commands/preflight.md#in-every-update",
    }),
    onRemoval: shape.onRemoval.meta({
      description:
        "Treatment of buckets and keys that leave the stack: keep, deleteIfEmpty or deleteWithLogs.",
      default: "keep",
      more: "remove.md",
    }),
    rolePropagationTimeoutSeconds: shape.rolePropagationTimeoutSeconds.meta({
      description:
        "Seconds for which an update retries a trail that the service denies, because new roles need time to take effect. 0 disables retries.",
      default: 120,
    }),
    activeTimeoutSeconds: shape.activeTimeoutSeconds.meta({
      description:
        "Seconds for which an update waits until the trails are ACTIVE. Then it fails. 0 disables the check.",
      default: 60,
    }),
    activeWindowSeconds: shape.activeWindowSeconds.meta({
      description: "Seconds for which a trail must stay ACTIVE if it was changed in the last five minutes.",
      default: 10,
    }),
    labels: unlessEmpty(json(shape.labels)).meta({
      description: "Labels of keys and trails, and tags of buckets, at most 64.",
      default: {},
    }),
    adopted: shape.adopted.meta({
      description:
        "Set by audit-trails adopt. If true, pulumi up changes only settings that the configuration sets.",
      default: false,
      more: "commands/adopt.md#the-key-adopted",
    }),
  });
}

export const settingsSchema = schemaWith(kinds);

/** Schema of the configuration of an adopted set-up. */
export const adoptedSettingsSchema = schemaWith(kinds, true);

/** Returns the schema of a trail's row. */
export const trailSchema = (adopted: boolean) => auditTrailsShape(kinds, adopted).trails.unwrap().valueType;

/** First words of the message about a value that cannot be kept secret. */
export const notSecret = "cannot be kept secret";
const shown = (why: string) => z.custom(() => false, `${notSecret}: ${why}`);

/**
 * Schema of a value that the configuration marks as secret. Only texts that are not part of a resource's id stay
 * secret.
 */
export const secretSettingsSchema = schemaWith(
  {
    late: (schema) => text(schema).transform((value) => pulumi.secret(value)),
    inId: () => shown("ids of resources show it"),
    plainText: () => shown("it decides which resources exist"),
    number: () => shown("only text can be"),
    yesOrNo: () => shown("only text can be"),
    ids: () => shown("ids of resources show it"),
  },
  true,
);

/** Settings of the stack: the whole input of the program. */
export interface Settings extends AuditTrailsArgs {
  /** True if everything is protected from deletion. */
  readonly protected: boolean;
  /** True if an update checks all its requirements first. */
  readonly preflight: boolean;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Pattern of numbers with more digits than JavaScript keeps, and of strings, which may contain such digits too. */
const stringsAndLongNumbers = /"(?:[^"\\]|\\.)*"|(?<![-+.\deE])-?\d{16,}(?![\d.eE])/g;

/** Parses a JSON text; returns the text itself if it is not JSON. Numbers that would lose digits stay text. */
export function parseJson(given: unknown): unknown {
  try {
    return JSON.parse(
      String(given).replace(stringsAndLongNumbers, (part) => (part.startsWith('"') ? part : `"${part}"`)),
    );
  } catch {
    return given;
  }
}
