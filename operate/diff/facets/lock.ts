import { Hidden, type Value } from "../../stack/engineJson";
import { at, textOf } from "../../stack/values";
import { facet, numberOf } from "./facet";

/** Default object lock of a bucket. */
interface Lock {
  /** Empty without a default. */
  readonly mode: string;
  readonly days: number;
}

/** Facet of the object lock. */
export const lock = facet<Lock>({
  name: "lock",
  input: "objectLockConfiguration",
  read: ({ inputs }) => lockOf(inputs.objectLockConfiguration),
  show: (lock) => (lock ? (lock.mode ? `${lock.mode}, ${lock.days} days` : "on, without a default") : "none"),
  note: (_, after) =>
    after?.mode === "COMPLIANCE"
      ? `Nobody can delete a new log for ${after.days} days after its delivery. Nobody can undo this for logs that are locked.`
      : after?.mode === "GOVERNANCE"
        ? "Accounts that may bypass the lock can delete logs earlier. Locked logs stay locked after the setting is removed."
        : undefined,
  judge: (before, after) => {
    const loosened = before?.mode === "COMPLIANCE" && after?.mode !== "COMPLIANCE";
    return loosened || !after || after.days < (before?.days ?? 0) ? "weaker" : "stronger";
  },
  worst: "weaker",
  harm: "New logs can be deleted earlier.",
});

function lockOf(lock: Value | undefined): Lock | Hidden | undefined {
  const enabled = textOf(at(lock, "objectLockEnabled"));
  // The only value of the service.
  if (enabled && enabled !== "Enabled") return undefined;
  const retention = at(lock, "rule", "defaultRetention");
  if (retention instanceof Hidden) return retention;
  const mode = textOf(at(retention, "mode"));
  if (!mode) return enabled ? { mode: "", days: 0 } : undefined;
  const [days, years] = [numberOf(at(retention, "days")), numberOf(at(retention, "years"))];
  if (days instanceof Hidden) return days;
  if (years instanceof Hidden) return years;
  return { mode, days: days ?? (years ?? 0) * 365 };
}
