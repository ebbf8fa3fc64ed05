import type { Clock } from "../clock";
import type { Switches } from "../switches";
import type { KeyRow } from "./symmetricKeys";

/** What holds for encryption with a key. */
export interface KeyState {
  readonly status: "ACTIVE" | "INACTIVE";
  /** The version that encrypts. */
  readonly versionId: string;
}

/** What still holds until a time, after a change that takes effect late. */
export interface KeyLag extends KeyState {
  readonly until: string;
}

/** https://yandex.cloud/en/docs/kms/concepts/consistency */
const hoursOfLag = 3;

/** What is needed of the cloud. */
interface Needs {
  readonly clock: Clock;
  readonly switches: Switches;
}

/** Until when what a change ends goes on, if it does not end at once. */
export const endOfLag = ({ switches, clock }: Needs): string | undefined =>
  switches.keyChanges === "after-3-hours" ? clock.in({ hours: hoursOfLag }) : undefined;

/** What holds for a key now. */
export function effective(
  { clock }: Pick<Needs, "clock">,
  { status, primaryVersion, lag }: KeyRow,
): KeyState {
  if (lag && lag.until > clock.now().toISOString()) return lag;
  return { status, versionId: primaryVersion.id };
}

/** What a change of the key leaves in effect for a while. */
export function lagOf(cloud: Needs, key: KeyRow): KeyLag | undefined {
  const until = endOfLag(cloud);
  return until ? { ...effective(cloud, key), until } : undefined;
}
