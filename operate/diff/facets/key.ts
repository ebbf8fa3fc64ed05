import { canonicalDuration } from "../../../components/duration";
import { onRemoval, protection } from "./common";
import { type Facet, facet, flag, isTrue, listed, moreIsWeaker, orNone, shown } from "./facet";
import { grantsOn, referenceTo } from "./grants";

export const keyFacets: readonly Facet[] = [
  facet<string>({
    name: "rotation",
    input: "rotationPeriod",
    read: ({ inputs }) => shown(inputs.rotationPeriod),
    show: (period) => (period ? `every ${period}` : "none"),
    judge: (before, after) => (secondsOf(after) > secondsOf(before) ? "weaker" : "stronger"),
    worst: "weaker",
    harm: "One version of the key encrypts more logs.",
  }),
  facet<string>({
    name: "algorithm",
    input: "defaultAlgorithm",
    read: ({ inputs }) => shown(inputs.defaultAlgorithm),
    show: orNone,
    judge: (before, after) => (after === "AES_128" || before === "AES_256_HSM" ? "weaker" : undefined),
    worst: "weaker",
    harm: "New logs are encrypted less strongly, or outside of a hardware module.",
  }),
  flag({
    name: "deletion protection in KMS",
    input: "deletionProtection",
    read: ({ inputs }) => isTrue(inputs.deletionProtection),
    harm: "KMS no longer refuses to delete the key. Without it no log can be read.",
  }),
  facet<readonly string[]>({
    name: "roles on it",
    read: (key, world) => grantsOn(referenceTo(key, world), world),
    show: listed,
    judge: moreIsWeaker,
    harm: "More people or accounts may decrypt the logs, or change the key.",
  }),
  onRemoval,
  protection,
];

/** Seconds of a period such as `8760h`; no period never ends. */
function secondsOf(period: string | undefined): number {
  const units = /^(\d+)h(\d+)m(\d+)s$/.exec(period ? canonicalDuration(period) : "");
  if (!units) return Number.POSITIVE_INFINITY;
  const [hours = 0, minutes = 0, seconds = 0] = units.slice(1).map(Number);
  return (hours * 60 + minutes) * 60 + seconds;
}
