import { CloudError } from "./errors";

/** Default quotas of a cloud. Tests raise them, as a support request would. Source: the limits page of each service. */
export const defaultQuotas = { trails: 3, serviceAccounts: 100, buckets: 25, storageBytes: 1024 * 2 ** 30 };

/** Quotas of a cloud: numbers of resources by kind, and bytes in its buckets. */
export type Quotas = typeof defaultQuotas;

/** Patterns of fields, from the vendor's API reference. */
const rules = {
  resourceName: {
    pattern: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    text: "1 to 63 characters of a-z, 0-9 and -",
  },
  keyName: { pattern: /^.{0,100}$/su, text: "at most 100 characters" },
  bucketName: {
    pattern:
      /^(?!\d+\.\d+\.\d+\.\d+$)(?=.{3,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    text: "3 to 63 characters of a-z, 0-9, - and .",
  },
  description: { pattern: /^.{0,1024}$/su, text: "at most 1024 characters" },
  shortDescription: { pattern: /^.{0,256}$/su, text: "at most 256 characters" },
} as const;

/** Checks a value. @throws {CloudError} INVALID_ARGUMENT for a value that breaks its rule. */
export function requireValid(field: string, rule: keyof typeof rules, value: string | undefined): void {
  if (!rules[rule].pattern.test(value ?? ""))
    throw new CloudError("INVALID_ARGUMENT", `${field} must be ${rules[rule].text}`);
}

/** Checks labels: https://yandex.cloud/en/docs/resource-manager/concepts/labels. @throws {CloudError} INVALID_ARGUMENT */
export function requireValidLabels(labels: Readonly<Record<string, string>> = {}): void {
  const entries = Object.entries(labels);
  const legal = entries.every(
    ([key, value]) => /^[a-z][-_0-9a-z]{0,62}$/.test(key) && /^[-_0-9a-z]{0,63}$/.test(value),
  );
  if (entries.length > 64 || !legal) throw new CloudError("INVALID_ARGUMENT", "labels are not valid");
}
