import { bucketPolicyOf } from "../../components/bucket/policy";
import { Hidden, type Properties, type Value } from "./engineJson";
import { at, listOf, textOf } from "./values";

/** Access to a bucket by its policy. */
export interface Access {
  readonly uploaders: readonly string[];
  readonly administrators: readonly string[];
  readonly readers: readonly string[];
  readonly denyDelete: boolean;
  readonly tlsOnly: boolean;
}

/** Reads the access in a policy that this library wrote; undefined for any other policy. */
export function accessOf(policy: string, bucket: string): Access | undefined {
  const statements = new Map(
    listOf(at(parsedJson(policy), "Statement")).map((one) => [textOf(at(one, "Sid")), one] as const),
  );
  const users = (sid: string) =>
    listOf(at(statements.get(sid), "Principal", "CanonicalUser")).flatMap((id) => textOf(id) ?? []);
  const access = {
    administrators: users("administrators"),
    readers: users("readers-read"),
    denyDelete: statements.has("nobody-deletes"),
    tlsOnly: statements.has("tls-only"),
  };
  const uploaders = users("trails-upload");
  const isOurs = canonical(bucketPolicyOf(bucket, uploaders, access)) === canonical(policy);
  return isOurs ? { uploaders, ...access } : undefined;
}

/** Returns a policy as JSON with sorted members, so that equal policies have equal texts. */
export const canonical = (policy: string): string => JSON.stringify(sorted(parsedJson(policy) ?? policy));

/** Parses JSON; undefined for any other text. */
export function parsedJson(json: string): Value | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || value instanceof Hidden) return value;
  const entries = Object.entries(value as Properties).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item)]));
}
