import { canonicalDuration, faultOfDuration } from "../../../components/duration";
import type { Hidden } from "../../stack/engineJson";
import { onRemoval, protection } from "./common";
import { type Facet, facet, flag, isTrue, orNone, shown } from "./facet";
import { type Granted, grantsOn, judgeGranted, referenceTo, showGranted } from "./grants";

/** Algorithms, weakest first, and the default one: https://yandex.cloud/en/docs/kms/concepts/key */
const algorithms: readonly string[] = ["AES_128", "AES_192", "AES_256", "AES_256_HSM"];
const defaultAlgorithm = "AES_128";

export const keyFacets: readonly Facet[] = [
  facet<string>({
    name: "rotation",
    input: "rotationPeriod",
    read: ({ inputs }) => periodOf(shown(inputs.rotationPeriod)),
    show: (period) => (period ? `every ${period}` : "none"),
    // An invalid period counts as weaker, never as shorter.
    judge: (before, after) => (secondsOf(after) < secondsOf(before) ? "stronger" : "weaker"),
    worst: "weaker",
    harm: "One version of the key encrypts more logs.",
  }),
  facet<string>({
    name: "algorithm",
    input: "defaultAlgorithm",
    read: ({ inputs }) => shown(inputs.defaultAlgorithm),
    show: orNone,
    judge: (before = defaultAlgorithm, after = defaultAlgorithm) => {
      const [was, is] = [before, after].map((one) => algorithms.indexOf(one)) as [number, number];
      if (was < 0 || is < 0) return "unknown";
      return is < was ? "weaker" : is > was ? "stronger" : undefined;
    },
    worst: "weaker",
    harm: "New logs are encrypted less strongly, or outside of a hardware module.",
  }),
  flag({
    name: "deletion protection in KMS",
    input: "deletionProtection",
    read: ({ inputs }) => isTrue(inputs.deletionProtection),
    harm: "KMS no longer refuses to delete the key. Without it no log can be read.",
  }),
  facet<string>({
    name: "status",
    input: "status",
    read: ({ inputs }) => {
      const status = shown(inputs.status);
      return typeof status === "string" ? status.toUpperCase() : status;
    },
    show: orNone,
    judge: (before, after) => {
      if (after === undefined) return "unknown";
      if (after !== "ACTIVE") return "unreadable";
      return before === undefined ? undefined : "stronger";
    },
    worst: "unreadable",
    harm: "A key that is not active neither encrypts nor decrypts: trails stop, and no log can be read.",
  }),
  facet<readonly Granted[]>({
    name: "roles on it",
    read: (key, view) => grantsOn(referenceTo(key, view), view),
    show: showGranted,
    judge: judgeGranted,
    harm: "More people or accounts may decrypt the logs, or change the key.",
  }),
  onRemoval,
  protection,
];

/** Returns a period in one spelling, such as `8760h0m0s`, and any other text unchanged. */
function periodOf(text: string | Hidden | undefined): string | Hidden | undefined {
  return typeof text === "string" && faultOfDuration(text) === undefined ? canonicalDuration(text) : text;
}

/** Returns the seconds of a period in that spelling; infinity without a period. */
function secondsOf(period: string | undefined): number {
  if (period === undefined) return Number.POSITIVE_INFINITY;
  const units = /^(\d+)h(\d+)m(\d+)s$/.exec(period);
  if (!units) return Number.NaN;
  const [hours = 0, minutes = 0, seconds = 0] = units.slice(1).map(Number);
  return (hours * 60 + minutes) * 60 + seconds;
}
