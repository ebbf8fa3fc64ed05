import type { Clock } from "../clock";
import type { Switches } from "../switches";

/** State of a key for encryption. */
export interface KeyState {
  readonly status: "ACTIVE" | "INACTIVE";
  /** Id of the version that encrypts new data. */
  readonly versionId: string;
}

/** Former state of a key that stays in effect until a time. */
export interface KeyLag extends KeyState {
  readonly until: string;
}

/** Key with its former state, if that is still in effect. */
interface LaggingKey {
  readonly status: KeyState["status"];
  readonly primaryVersion: { readonly id: string };
  readonly lag?: KeyLag;
}

/** Hours until a change takes effect: https://yandex.cloud/en/docs/kms/concepts/consistency */
const hoursOfLag = 3;

/** Services of the cloud that this one uses. */
interface Needs {
  readonly clock: Clock;
  readonly switches: Switches;
}

/** Returns the time until which the former state stays in effect; undefined if changes take effect at once. */
export const endOfLag = ({ switches, clock }: Needs): string | undefined =>
  switches.keyChanges === "after-3-hours" ? clock.in({ hours: hoursOfLag }) : undefined;

/** Returns the state of a key that is in effect now. */
export function effective(
  { clock }: Pick<Needs, "clock">,
  { status, primaryVersion, lag }: LaggingKey,
): KeyState {
  if (lag && lag.until > clock.now().toISOString()) return lag;
  return { status, versionId: primaryVersion.id };
}

/** Returns the former state that a change leaves in effect for a while. */
export function lagOf(cloud: Needs, key: LaggingKey): KeyLag | undefined {
  const until = endOfLag(cloud);
  return until ? { ...effective(cloud, key), until } : undefined;
}
